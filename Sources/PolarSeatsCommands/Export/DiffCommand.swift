internal import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import RosterFormats
internal import SeatAudits
internal import SeatReports

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two seat exports and list additions, removals and changes.",
        discussion: """
            Exits with 5 if they differ. Reads CSV, XML, JSON and JSON lines; formats can be mixed. Works offline.

            Examples:
              polar-seats diff january.csv february.csv
              polar-seats diff january.csv february.csv -o changes.html
            """)

    @Argument(help: ArgumentHelp("The older export; - for standard input.", valueName: "old"), completion: .file())
    var old: String

    @Argument(help: ArgumentHelp("The newer export.", valueName: "new"), completion: .file())
    var new: String

    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        if old == "-", new == "-" { throw ValidationError("only one of the two can come from standard input") }
    }

    func run() async throws {
        let chosen = try document.chosenFormat(isJSON: common.json)
        try document.csv.rejectUnusedOptions(for: chosen.map { [$0] } ?? [])
        try OutputPlace.refuseClashes(
            [document.output].compactMap(\.self),
            inputs: [InputFile(old, "the older export"), InputFile(new, "the newer export")])
        // A column that does not exist is found before anything is read.
        _ = try DiffReportWriter(
            format: .csv, options: document.csv.options, old: ComparedExport(old), new: ComparedExport(new),
            into: MemorySink())
        let exports = (old: compared(old), new: compared(new))
        let sink = try chosen.map { _ in try ReportSink(document.output) }
        defer { sink?.discard() }
        let differences = SeatDifference.between(try read(old), try read(new))
        if let chosen, let sink {
            var writer = try DiffReportWriter(
                format: chosen, options: document.csv.options, old: exports.old, new: exports.new, into: sink)
            for difference in differences { try writer.write(difference) }
            do {
                let written = try writer.finish()
                try written.publish()
                common.console.printDestination(
                    written, plural(differences.count, "change"), replaced: writer.replacedCharacters)
            } catch is ClosedPipe {}
        }
        if chosen == nil {
            let outline = DiffOutline(old: exports.old, new: exports.new, differences: differences)
            Console.output(outline.text(common.console))
        }
        if !differences.isEmpty { throw Failure(.differs) }
    }

    /// An export's file, with the time when it was saved.
    private func compared(_ path: String) -> ComparedExport {
        let attributes = path == "-" ? nil : try? FileManager.default.attributesOfItem(atPath: path)
        let date = attributes?[.modificationDate] as? Date
        return ComparedExport(name(path), time: date.map { Timestamp($0).rawValue })
    }

    private func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    private func read(_ path: String) throws -> [ExportedSeat] {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure(.missingFile, "\(path): there is no such file")
            }
            if isFolder.boolValue { throw Failure(.missingFile, "\(path): is a folder, not an export") }
            guard let opened = FileHandle(forReadingAtPath: path) else {
                throw Failure(.missingFile, "\(path): cannot be read")
            }
            handle = opened
        }
        var reader = ExportReader(name: name(path))
        do {
            while let chunk = try handle.read(upToCount: 1 << 18), !chunk.isEmpty {
                try chunk.withUnsafeBytes { try reader.feed($0) }
            }
            return try reader.finish()
        } catch let error as RosterFormatError {
            throw Failure(error, in: name(path))
        } catch let error as ReportError {
            throw Failure(.badData, error.message, hints: [error.remedy])
        }
    }
}
