public import ArgumentParser
internal import Foundation
public import RosterFormats
public import SeatPlanning
internal import SeatRuns

extension Preset: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}

/// Which rosters, and how they are to be understood.
struct RosterArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("CSV or XML files, - for standard input.", valueName: "roster"))
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
        help: ArgumentHelp(
            "The export of a directory: \(Preset.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name")
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

    @Option(help: ArgumentHelp("An XSD that XML must satisfy.", valueName: "file"))
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
        if names.filter({ $0 == "-" }).count > 1 { throw Failure(.usage, "standard input can be read only once") }
        var builder = RosterBuilder(options)
        var facts: [RosterFile.Facts] = []
        for name in names {
            builder.beginSource(named: name)
            let progress = ReadingProgress(name: name, console: console)
            do {
                facts.append(try RosterFile(name).read(reading, into: &builder, progress: progress.report))
            } catch let error as RosterFormatError {
                progress.end()
                throw Failure(error, in: name)
            }
            progress.end()
            try builder.endSource()
        }
        return LoadedRosters(roster: try builder.finish(), facts: facts)
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

/// Says how far a long reading is, on a terminal alone; small files are read before anybody could look.
final class ReadingProgress {
    private let name: String
    private let console: Console
    private var last = 0
    private var shown = false

    init(name: String, console: Console) {
        self.name = name
        self.console = console
    }

    func report(_ bytes: Int) {
        guard console.canRedraw, bytes - last >= 32 << 20 else { return }
        last = bytes
        shown = true
        Console.write("\r\(name): \(bytes >> 20) MB read\u{1B}[K", 2)
    }

    func end() {
        if shown { Console.write("\r\u{1B}[K", 2) }
    }
}
