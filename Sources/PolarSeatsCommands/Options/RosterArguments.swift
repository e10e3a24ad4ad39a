public import ArgumentParser
internal import Foundation
public import RosterFormats
internal import Rosters
internal import SeatRuns

extension Preset: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}

/// Which rosters, and how they are to be understood.
struct RosterArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp("CSV, XML or JSON files, - for standard input.", valueName: "roster"),
        completion: .rosterFile)
    var rosters: [String]

    @OptionGroup(title: "Reading") var reading: ReadingArguments

    func load(console: Console, defaultAction: RosterAction = .assign, keepsCells: Bool = true) throws -> LoadedRosters
    {
        try reading.load(rosters, console: console, defaultAction: defaultAction, keepsCells: keepsCells)
    }
}

/// The options that say how a roster is to be read.
struct ReadingArguments: ParsableArguments {
    @Option(
        name: .customLong("map"),
        help: ArgumentHelp("Map a roster column to a field. Repeatable.", valueName: "field=column"))
    var maps: [String] = []

    @Option(
        help: ArgumentHelp("The export of a directory, whose columns are known.", valueName: "name")
    )
    var preset: Preset?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Keep only rows whose column has one of these values; ~ instead of = matches a part. Repeatable.",
            valueName: "column=value,...")
    )
    var wheres: [String] = []

    @Option(
        name: .customLong("exclude"),
        help: ArgumentHelp(
            "Leave out rows whose column has one of these values; ~ instead of = matches a part. Repeatable.",
            valueName: "column=value,...")
    )
    var excludes: [String] = []

    @Option(
        help: ArgumentHelp(
            "Copy these columns to plans and reports; all others but fields are ignored. Repeatable.",
            valueName: "column,...")
    )
    var carry: [String] = []

    @Option(help: ArgumentHelp("The text encoding of CSV, if the file does not say.", valueName: "name"))
    var encoding: TextEncoding?

    @Option(help: ArgumentHelp("The delimiter of CSV: a character, or tab.", valueName: "char"))
    var delimiter: String?

    @Flag(name: .customLong("no-header"), help: "CSV has no header; --map names columns by number.")
    var noHeader = false

    @Option(
        name: .customLong("xml-record"),
        help: ArgumentHelp("The element that is a record in foreign XML.", valueName: "name"))
    var xmlRecord: String?

    @Option(help: ArgumentHelp("An XSD that XML must satisfy.", valueName: "file"), completion: .file())
    var schema: String?

    func validate() throws {
        if let delimiter, delimiterByte == nil {
            throw ValidationError("--delimiter takes one ASCII character, or tab; got '\(delimiter)'")
        }
        for (flag, arguments) in [("--where", wheres), ("--exclude", excludes)] {
            if let bad = arguments.first(where: { RowFilter(.keep, $0) == nil }) {
                throw ValidationError(
                    "\(flag) takes COLUMN=VALUE[,VALUE...], COLUMN= for an empty cell, or COLUMN~PART; got '\(bad)'")
            }
        }
        if carry.contains(where: { Self.names($0).isEmpty }) {
            throw ValidationError("--carry takes the names of columns, separated by commas")
        }
    }

    var delimiterByte: UInt8? {
        guard let delimiter else { return nil }
        if ["tab", "\\t"].contains(delimiter.lowercased()) { return 0x09 }
        guard delimiter.utf8.count == 1, let byte = delimiter.utf8.first, byte >= 0x20, byte != UInt8(ascii: "\"")
        else {
            return nil
        }
        return byte
    }

    func readingOptions(_ map: ColumnMap) throws -> ReadingOptions {
        var options = ReadingOptions()
        options.encoding = encoding
        options.delimiter = delimiterByte
        options.hasHeader = !noHeader
        options.xmlRecord = xmlRecord
        // A preset knows more columns than those that are mapped.
        if xmlRecord != nil, preset == nil, !map.paths.isEmpty {
            let filters = rosterOptions(map).filters.map(\.column)
            options.xmlPaths = Set(map.paths + filters + carry.flatMap(Self.names)).sorted()
        }
        if let schema {
            guard let data = FileManager.default.contents(atPath: schema) else {
                throw Failure(.missingFile, "--schema \(schema): cannot be read")
            }
            options.schema = [UInt8](data)
        }
        return options
    }

    func rosterOptions(_ map: ColumnMap) -> RosterOptions {
        var options = RosterOptions()
        options.map = map
        options.preset = preset
        options.filters = wheres.compactMap { RowFilter(.keep, $0) } + excludes.compactMap { RowFilter(.leaveOut, $0) }
        options.carried = carry.flatMap(Self.names)
        return options
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    func load(
        _ names: [String], console: Console, defaultAction: RosterAction, keepsCells: Bool
    ) throws -> LoadedRosters {
        let map = try ColumnMap.parse(maps)
        let reading = try readingOptions(map)
        var options = rosterOptions(map)
        options.defaultAction = defaultAction
        options.keepsCells = keepsCells
        try Self.refuseSecondInput(names)
        var builder = RosterBuilder(options)
        var facts: [RosterFile.Facts] = []
        for name in names {
            builder.beginSource(named: name, byteCount: Self.size(of: name))
            do {
                facts.append(try read(name, reading, into: &builder, console))
            } catch let error as RosterFormatError {
                throw Failure(error, in: name)
            }
            try builder.endSource()
        }
        var roster = try builder.finish()
        roster.writeSentences()
        return LoadedRosters(roster: roster, facts: facts, reading: RosterReading(reading))
    }

    static func refuseSecondInput(_ names: [String]) throws {
        if names.count(where: { $0 == "-" }) > 1 { throw Failure(.usage, "standard input can be read only once") }
    }

    /// One pass over a roster, with progress shown.
    func read(
        _ name: String, _ options: ReadingOptions, into sink: inout some RecordSink, _ console: Console
    ) throws -> RosterFile.Facts {
        let progress = ReadingProgress(name: name, size: Self.size(of: name), console: console)
        defer { progress.end() }
        return try RosterFile(name).read(options, into: &sink, progress: progress.report)
    }

    /// The bytes of a file; nil for standard input, pipes and what is not there.
    static func size(of name: String) -> Int? {
        guard name != "-", let facts = try? FileManager.default.attributesOfItem(atPath: name),
            facts[.type] as? FileAttributeType == .typeRegular
        else { return nil }
        return (facts[.size] as? NSNumber)?.intValue
    }
}

/// Rosters as they were read, and what the files were.
struct LoadedRosters: Sendable {
    var roster: Roster
    var facts: [RosterFile.Facts]
    /// How the files were read.
    var reading: RosterReading

    var planRosters: [PlanRoster] {
        zip(roster.sources, facts).enumerated().map { index, pair in
            let source = roster.entries.sources[index]
            return PlanRoster(
                name: pair.0.name, path: pair.1.path, bytes: pair.1.bytes, rows: pair.0.records, sha256: pair.1.sha256,
                columns: source.columns, extraColumns: source.extraColumns, fields: source.fields)
        }
    }
}

/// Says how far a long reading is: a line that is redrawn on a terminal, otherwise a line every few seconds. Small files are
/// read before anyone could look.
final class ReadingProgress {
    private let name: String
    private let size: Int?
    private let console: Console
    private var seen = 0
    private var last = ContinuousClock.now
    private var shown = false

    init(name: String, size: Int?, console: Console) {
        self.name = name == "-" ? "standard input" : name
        self.size = size
        self.console = console
    }

    func report(_ bytes: Int) {
        // The clock is asked once in a while, not for each slice.
        guard bytes - seen >= 4 << 20 else { return }
        seen = bytes
        let now = ContinuousClock.now
        guard now - last >= (console.canRedraw ? .milliseconds(200) : .seconds(5)) else { return }
        last = now
        let part = size.map { $0 > 0 ? ", \(min(100, bytes * 100 / $0)) %" : "" } ?? ""
        let text = "\(name): \(bytes >> 20) MB read\(part)"
        if console.canRedraw {
            shown = true
            Console.redraw(String(printable(text).suffix(max(20, Console.width - 1))))
        } else {
            console.note(text)
        }
    }

    func end() {
        if shown { Console.clearLine() }
        shown = false
    }
}
