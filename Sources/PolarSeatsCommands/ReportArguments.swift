public import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatPlanning
public import SeatReports
internal import SeatRuns

extension ReportFormat: ExpressibleByArgument {}

/// How CSV is written.
struct CSVArguments: ParsableArguments {
    @Flag(name: .customLong("raw-csv"), help: "Write CSV cells as they are, without the guard against formulas.")
    var rawCSV = false

    @Flag(help: "Begin CSV with a byte order mark, for Excel.")
    var bom = false

    @Flag(help: "End CSV lines with CRLF.")
    var crlf = false

    @Option(help: ArgumentHelp("The columns wanted, in this order, separated by commas.", valueName: "names"))
    var columns: String?

    var options: ReportOptions {
        ReportOptions(
            rawCSV: rawCSV, bom: bom, crlf: crlf,
            columns: columns.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } })
    }
}

/// A format, by option or by a file's extension.
enum ReportPlace {
    static func format(of path: String) throws -> ReportFormat {
        let known = ReportFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
        guard let format = ReportFormat(pathExtension: (path as NSString).pathExtension) else {
            throw Failure(.usage, "\(path): the extension names no format of a report", hints: ["use one of \(known)"])
        }
        return format
    }
}

/// The reports of a run: their places are opened before the run, and written after it.
struct ReportSet {
    private var reports: [(file: OutputFile, format: ReportFormat)] = []
    private var failed: OutputFile?
    private let options: ReportOptions

    init(_ paths: [String], failed: String?, options: ReportOptions) throws {
        self.options = options
        for path in paths { reports.append((try OutputFile(path), try ReportPlace.format(of: path))) }
        self.failed = try failed.map { try OutputFile($0) }
    }

    var paths: [String] { reports.map(\.file.path) }
    var failedPath: String? { failed?.path }

    /// - Returns: how many rows the file of failed rows holds.
    func write(_ plan: PlanFile) throws -> Int {
        let summary = try plan.summary()
        let extra = try plan.extraColumns()
        for report in reports {
            var writer = try ResultReportWriter(
                format: report.format, options: options, summary: summary, extraColumns: extra, into: report.file)
            try plan.forEachResult { try writer.write($0) }
            try writer.finish().publish()
        }
        guard let failed else { return 0 }
        let sources = try plan.rosters().map {
            RosterSource(name: $0.name, columns: $0.columns, extraColumns: $0.extraColumns)
        }
        var writer = FailedRowsWriter(sources: sources, options: options, into: failed)
        try plan.forEachResult(.missedGoal) { try writer.write($0) }
        let written = writer.written
        try writer.finish().publish()
        return written
    }

    func discard() {
        for report in reports { report.file.discard() }
        failed?.discard()
    }
}
