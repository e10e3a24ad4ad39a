public import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import Rosters
public import SeatReports
internal import SeatRuns

extension ReportFormat: ExpressibleByArgument {}

/// How CSV is written.
struct CSVArguments: ParsableArguments {
    @Flag(name: .customLong("raw-csv"), help: "Do not escape cells that look like spreadsheet formulas.")
    var rawCSV = false

    @Flag(help: "Add a UTF-8 byte order mark to CSV (for Excel).")
    var bom = false

    @Flag(help: "End CSV lines with CRLF.")
    var crlf = false

    @Option(
        help: ArgumentHelp(
            "Columns of CSV, HTML and Markdown, in this order, separated by commas.", valueName: "names"))
    var columns: String?

    func validate() throws {
        let names = options.columns ?? []
        if columns != nil, names.isEmpty || names.contains("") {
            throw ValidationError("--columns takes names separated by commas, such as email,status")
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError("--columns names \(twice) twice")
        }
    }

    var options: ReportOptions {
        ReportOptions(
            rawCSV: rawCSV, bom: bom, crlf: crlf,
            columns: columns.map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            })
    }

    /// Options without an effect on any of the outputs are a mistake.
    func rejectUnusedOptions(for formats: [ReportFormat]) throws {
        var idle: [IdleOptions] = []
        if !formats.contains(.csv) {
            idle.append(
                IdleOptions(
                    ["raw-csv", "bom", "crlf"], "because no output is CSV", hint: "use --format csv, or leave it out"))
        }
        if !formats.contains(where: { [.csv, .html, .md].contains($0) }) {
            idle.append(
                IdleOptions(
                    ["columns"],
                    formats.isEmpty
                        ? "because no output is CSV, HTML or Markdown"
                        : "on JSON and XML, which always hold all columns",
                    hint: "use --format csv, html or md, or leave it out"))
        }
        try GivenOptions.current.refuse(idle)
    }
}

/// Where one document goes, and in which form.
struct OutputArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Output format.", valueName: "format"))
    var format: ReportFormat?

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("Write to a file; the file extension selects the format.", valueName: "file"),
        completion: .file())
    var output: String?

    @OptionGroup var csv: CSVArguments

    /// What the options say; nil where they leave it open.
    func chosenFormat(isJSON: Bool) throws -> ReportFormat? {
        let chosen = try format ?? output.flatMap { $0 == "-" ? nil : try ReportPlace.format(of: $0) }
        if let chosen { return chosen }
        return isJSON ? .json : nil
    }
}

/// A format, by option or by a file's extension.
enum ReportPlace {
    static func format(of path: String) throws -> ReportFormat {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw Failure(.cannotWrite, "\(path): is a folder", hints: ["give the name of a file in it"])
        }
        let known = ReportFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
        let name = OutputPlace.split(path).name
        let ending = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
        guard let format = ReportFormat(pathExtension: ending) else {
            throw Failure(.usage, "\(path): unsupported report format '.\(ending)'", hints: ["use one of \(known)"])
        }
        return format
    }
}

extension PlanFacts {
    /// Who writes the report, and how: what an auditor copies. Options that may hold a secret are left out.
    mutating func setWriter(_ arguments: [String] = CommandLine.arguments) {
        preparedBy = "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
        var words = ["polar-seats"]
        var isSecret = false
        var isPlace = false
        for argument in arguments.dropFirst() {
            if isSecret {
                words.append("…")
                isSecret = false
                continue
            }
            let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
            // Where the report goes is no part of what was asked.
            if isPlace || ["-o", "--output", "--format"].contains(name) {
                isPlace = !isPlace && name == argument
                continue
            }
            guard name.hasPrefix("--token") else {
                words.append(shellQuoted(argument))
                continue
            }
            words.append(name == argument ? name : "\(name)=…")
            isSecret = name == argument
        }
        command = words.joined(separator: " ")
    }
}

/// The reports of a run: their places are opened before the run, and written after it.
struct ReportSet {
    private var reports: [(sink: ReportSink, path: String, format: ReportFormat)] = []
    private var failed: OutputFile?
    private let options: ReportOptions

    /// Judges what can be judged before anything is done.
    static func check(
        _ paths: [String], failed: String?, csv: CSVArguments, inputs: [InputFile], others: [String] = []
    ) throws {
        let formats = try paths.map { try ReportPlace.format(of: $0) }
        try csv.rejectUnusedOptions(for: formats + (failed == nil ? [] : [.csv]))
        try OutputPlace.refuseClashes(
            paths + [failed].compactMap(\.self) + others, inputs: inputs)
    }

    init(_ paths: [String], failed: String?, options: ReportOptions, plan: PlanFile) throws {
        self.options = options
        let rosters = try plan.rosters().compactMap { roster in
            roster.path.map { InputFile($0, "the roster \(roster.name)") }
        }
        try OutputPlace.refuseClashes(
            paths + [failed].compactMap(\.self), inputs: [InputFile(plan.path, "the plan")] + rosters)
        for path in paths {
            let format = try ReportPlace.format(of: path)
            // A column that does not exist is found with a report of no rows.
            _ = try ResultReportWriter(
                format: format, options: options, summary: try plan.summary(), extraColumns: try plan.extraColumns(),
                into: MemorySink())
            reports.append((try ReportSink(path), path, format))
        }
        self.failed = try failed.map { try OutputFile($0) }
    }

    var paths: [String] { reports.map(\.path) }
    var failedPath: String? { failed?.path }

    /// - Returns: how many rows the file of failed rows holds.
    func write(_ plan: PlanFile, _ console: Console) throws -> Int {
        let summary = try plan.summary().worded
        let extra = try plan.extraColumns()
        var facts = try PlanFacts(plan)
        facts.setWriter()
        facts.setPace(try plan.defaultRate)
        for report in reports {
            var writer = try ResultReportWriter(
                format: report.format, options: options, summary: summary, facts: facts, extraColumns: extra,
                into: report.sink)
            try plan.forEachResult { try writer.write($0.worded) }
            try writer.finish().publish()
        }
        guard let failed else { return 0 }
        let rows = try FailedRosterRows(plan, console)
        var writer = FailedRowsWriter(sources: rows.sources, options: options, into: failed)
        try plan.forEachResult(.missedGoal) { try writer.write(rows.completed($0.worded)) }
        let written = writer.written
        try writer.finish().publish()
        return written
    }

    func discard() {
        for report in reports { report.sink.discard() }
        failed?.discard()
    }
}
