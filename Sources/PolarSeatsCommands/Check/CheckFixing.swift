internal import Foundation
internal import RosterFormats
internal import Rosters

/// Writes the fixed copy of one roster: a second pass over it, and a third over the copy, which must have the same rows
/// and columns before it gets its name.
struct CheckFixing {
    private let roster: String
    private let path: String
    private let arguments: ReadingArguments
    private let console: Console

    init(_ rosters: [String], _ path: String, _ arguments: ReadingArguments, _ console: Console) throws {
        roster = try RosterCopying.only(rosters, "--fixed")
        try RosterCopying.check(path, of: roster, "--fixed")
        guard (path as NSString).pathExtension.lowercased() != "xml" else {
            throw Failure(
                .usage, "--fixed \(path): the copy is CSV, whatever the roster is", hints: ["name a .csv file"])
        }
        try OutputPlace.refuseClashes([path], inputs: arguments.inputs)
        self.path = path
        self.arguments = arguments
        self.console = console
    }

    /// - Returns: nil when the roster cannot be read to its end: there is nothing to copy then.
    func write(_ checked: CheckReading.Result) throws -> CheckOutline.Fixed? {
        guard let facts = checked.facts[0], let source = checked.roster.sources.first, !source.isAbandoned else {
            console.warn("\(path) was not written: the roster cannot be read to its end")
            return nil
        }
        let map = try ColumnMap.parse(arguments.maps)
        var reading = try arguments.readingOptions(map)
        reading.schema = nil
        let file = try OutputFile(path)
        var fixer = RosterFixer(source, hasHeader: reading.hasHeader) { try file.write($0) }
        let again = try arguments.read(roster, reading, into: &fixer, console)
        try fixer.finish()
        guard again.sha256 == facts.sha256 else {
            throw Failure(.badData, "\(roster) was changed while it was read", hints: ["run the command again"])
        }
        let copy = try file.withDraft { try self.read($0, checked, source) }
        try file.publish()
        return CheckOutline.Fixed(
            path: path, rows: copy.sources[0].records, errors: copy.sources[0].defectCount(.error),
            warnings: copy.sources[0].defectCount(.warning), changes: fixer.notes.map(\.withSentence),
            left: copy.sources[0].defectCounts.reduce(into: [:]) {
                if $1.key.severity == .error { $0[$1.key.code.rawValue, default: 0] += $1.value }
            })
    }

    /// Reads the copy as any roster is read, and compares it with what it is a copy of.
    private func read(_ draft: String, _ checked: CheckReading.Result, _ source: Roster.Source) throws -> Roster {
        var plain = arguments
        plain.encoding = nil
        plain.delimiter = ","
        plain.xmlRecord = nil
        plain.schema = nil
        // XML's columns got a header; CSV has one if the roster has.
        plain.noHeader = arguments.noHeader && source.dialect?.format == .csv
        let copy = try CheckReading(console: console, arguments: plain, defectLimit: 1).read([draft]).roster
        let names = source.columns.filter(\.isPresent).count
        guard copy.sources[0].records == source.records, copy.sources[0].columns.count == names else {
            throw Failure(
                .internalError,
                "the fixed copy has \(plural(copy.sources[0].records, "row")) and "
                    + "\(plural(copy.sources[0].columns.count, "column")) where the roster has \(source.records) and "
                    + "\(names); it was not kept",
                hints: ["please report this, with the roster's first lines"])
        }
        return copy
    }
}
