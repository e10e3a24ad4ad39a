internal import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatPlanning
internal import SeatRuns

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what was understood of rosters, and everything that is wrong with them. Needs no server.")

    @OptionGroup var rosters: RosterArguments
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let console = common.console
        let loaded = try rosters.load(console: console, keepsCells: false)
        let outline = CheckOutline(loaded)
        Console.output(common.json ? try JSONOutput.text(outline) + "\n" : outline.text(console))
        if outline.errors > 0 { throw Failure(.badData) }
    }
}

/// What `check` found, for people and programs.
struct CheckOutline: Encodable {
    struct Source: Encodable {
        var name: String
        var format: String
        var encoding: String
        var delimiter: String?
        var rows: Int
        var bytes: Int
        var columns: [Column]
    }

    struct Column: Encodable {
        var name: String
        var field: String?
    }

    var format = 1
    var sources: [Source]
    var rows: Int
    var errors: Int
    var warnings: Int
    var defects: [Defect]

    init(_ loaded: LoadedRosters) {
        sources = zip(loaded.roster.sources, loaded.facts).map { source, facts in
            Source(
                name: source.name, format: source.dialect?.format.rawValue ?? "unknown",
                encoding: source.dialect?.encoding.rawValue ?? "unknown",
                delimiter: source.dialect?.delimiter.map { $0 == 0x09 ? "tab" : String(UnicodeScalar($0)) },
                rows: source.records, bytes: facts.bytes,
                columns: source.columns.map { Column(name: $0.name, field: $0.field?.spelling) })
        }
        rows = loaded.roster.recordCount
        defects = loaded.roster.defects
        errors = defects.count { $0.severity == .error }
        warnings = defects.count { $0.severity == .warning }
    }

    func text(_ console: Console) -> String {
        var lines: [String] = []
        for source in sources {
            var facts = [source.format, source.encoding]
            if let delimiter = source.delimiter { facts.append(delimiter == "tab" ? "tabs" : "delimiter \(delimiter)") }
            lines.append(
                "\(console.paintOutput(source.name, .bold)): \(facts.joined(separator: ", ")), \(plural(source.rows, "row"))"
            )
            for column in source.columns {
                lines.append("  \(column.name) is \(column.field ?? "unknown, carried to reports")")
            }
        }
        for defect in defects { lines += defectLines(defect, console) }
        lines.append("")
        lines.append(
            defects.isEmpty
                ? "\(plural(rows, "row")), nothing wrong"
                : "\(plural(rows, "row")), \(plural(errors, "error")), \(plural(warnings, "warning"))")
        return lines.joined(separator: "\n") + "\n"
    }

    private func defectLines(_ defect: Defect, _ console: Console) -> [String] {
        let paint: Console.Paint = defect.severity == .error ? .red : defect.severity == .warning ? .yellow : .dim
        let place = [defect.source, defect.line.map(String.init), defect.column.map(String.init)].compactMap(\.self)
            .joined(separator: ":")
        var text = "\(place): \(console.paintOutput(defect.severity.rawValue, paint)): "
        if let field = defect.field { text += "\(field): " }
        text += defect.message
        if let value = defect.value, !value.isEmpty { text += " (\(printable(value)))" }
        return [text] + (defect.remedy.map { ["  \(console.paintOutput("do", .cyan)): \($0)"] } ?? [])
    }
}
