internal import Foundation
internal import RosterFormats
internal import Rosters

/// Writes the usable rows of one roster to one file and the others to a second, in the roster's own format: a second pass over it
/// finds where the rows stand.
struct CheckSplitting {
    private let roster: String
    private let usable: String
    private let unusable: String
    private let arguments: ReadingArguments
    private let console: Console

    init(_ rosters: [String], _ paths: [String], _ arguments: ReadingArguments, _ console: Console) throws {
        guard paths.count == 2 else {
            throw Failure(
                .usage, "--split takes two files, for usable and unusable rows; got \(paths.count)",
                hints: ["put the roster first: polar-seats check ROSTER --split GOOD BAD"])
        }
        roster = try RosterCopying.only(rosters, "--split")
        for path in paths { try RosterCopying.check(path, of: roster, "--split") }
        try OutputPlace.refuseClashes(paths, inputs: arguments.inputs)
        (usable, unusable) = (paths[0], paths[1])
        self.arguments = arguments
        self.console = console
    }

    /// - Returns: nil when the roster cannot be read to its end: there is nothing to copy then.
    func write(_ checked: CheckReading.Result) throws -> CheckOutline.Split? {
        guard let facts = checked.facts[0], let source = checked.roster.sources.first, !source.isAbandoned else {
            console.warn("\(usable) and \(unusable) were not written: the roster cannot be read to its end")
            return nil
        }
        var reading = try arguments.readingOptions(try ColumnMap.parse(arguments.maps))
        reading.schema = nil
        let bad = checked.roster.unusableRecords(source: 0)
        let files = (usable: try OutputFile(usable), unusable: try OutputFile(unusable))
        func write(_ bytes: UnsafeRawBufferPointer, _ isUsable: Bool) throws {
            try (isUsable ? files.usable : files.unusable).write(bytes)
        }
        let counts: RosterSplitter.Counts
        if source.dialect?.format == .xml {
            var splitter = try XMLRosterSplitter(unusable: bad, write: write)
            _ = try arguments.read(roster, reading, into: &splitter, console)
            if splitter.isUnsupported { throw unsupported }
            try splitter.finish()
            counts = splitter.counts
        } else {
            var splitter = RosterSplitter()
            _ = try arguments.read(roster, reading, into: &splitter, console)
            if splitter.isUnsupported { throw unsupported }
            counts = try splitter.copy(roster, unusable: bad, write: write)
        }
        guard RosterFile.sha256(roster) == facts.sha256 else {
            throw Failure(.badData, "\(roster) was changed while it was read", hints: ["run the command again"])
        }
        guard counts.usable + counts.unusable == source.records, counts.unusable == bad.count else {
            throw Failure(
                .internalError,
                "the copies have \(counts.usable) and \(counts.unusable) rows where the roster has \(source.records); "
                    + "they were not kept", hints: ["please report this, with the roster's first lines"])
        }
        try files.usable.publish()
        try files.unusable.publish()
        return CheckOutline.Split(
            usable: .init(path: usable, rows: counts.usable), unusable: .init(path: unusable, rows: counts.unusable))
    }

    private var unsupported: Failure {
        Failure(
            .usage, "--split cannot copy rows of this form of \(roster)",
            hints: ["write a CSV copy with --fixed FILE, and split that"])
    }
}

/// What a copy of a roster needs.
enum RosterCopying {
    /// The one roster that is copied.
    static func only(_ rosters: [String], _ flag: String) throws -> String {
        guard rosters.count == 1, let roster = rosters.first else {
            throw Failure(.usage, "\(flag) works on one roster; \(rosters.count) were given")
        }
        guard roster != "-" else {
            throw Failure(
                .usage, "\(flag) reads the roster twice, and standard input can be read only once",
                hints: ["save it to a file first, and check that"])
        }
        return roster
    }

    /// Refuses what cannot be the place of a copy.
    static func check(_ path: String, of roster: String, _ flag: String) throws {
        guard path != "-" else {
            throw Failure(
                .usage, "\(flag) needs a file: standard output is for what was found", hints: ["name a file"])
        }
        guard !isSame(roster, path) else {
            throw Failure(
                .usage, "\(flag) \(path): that is the roster itself",
                hints: ["name another file; the original is what you can go back to"])
        }
    }

    private static func isSame(_ one: String, _ two: String) -> Bool {
        func place(_ path: String) -> [Int]? {
            guard
                let facts = try? FileManager.default.attributesOfItem(
                    atPath: (path as NSString).resolvingSymlinksInPath)
            else { return nil }
            return [facts[.systemNumber], facts[.systemFileNumber]].compactMap { ($0 as? NSNumber)?.intValue }
        }
        return place(one).map { $0 == place(two) } ?? false
    }
}
