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
        help: ArgumentHelp("CSV or XML files, - for standard input.", valueName: "roster"), completion: .rosterFile)
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
        help: ArgumentHelp("Which column is which field, repeatable.", valueName: "field=column"))
    var maps: [String] = []

    @Option(
        help: ArgumentHelp("The export of a directory, whose columns are known.", valueName: "name")
    )
    var preset: Preset?

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
        if xmlRecord != nil { options.xmlPaths = map.paths }
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
        return options
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
        return LoadedRosters(roster: try builder.finish(), facts: facts)
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

    var planRosters: [PlanRoster] {
        zip(roster.sources, facts).enumerated().map { index, pair in
            let source = roster.entries.sources[index]
            return PlanRoster(
                name: pair.0.name, path: pair.1.path, bytes: pair.1.bytes, rows: pair.0.records, sha256: pair.1.sha256,
                columns: source.columns, extraColumns: source.extraColumns)
        }
    }
}

/// Says how far a long reading is: a line that is redrawn on a terminal, otherwise a line every few seconds. Small files are
/// read before anybody could look.
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
