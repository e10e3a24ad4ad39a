import Foundation
import RosterFormats
import Rosters
import Testing

/// Reads rosters given as text or as samples of the repository, in chunks of a few bytes to a whole file.
enum RosterReading {
    static func roster(
        _ text: String, named name: String = "team.csv", reading: ReadingOptions = ReadingOptions(),
        options: RosterOptions = RosterOptions()
    ) throws -> Roster {
        try roster(Array(text.utf8), named: name, reading: reading, options: options)
    }

    static func roster(
        _ bytes: [UInt8], named name: String, reading: ReadingOptions = ReadingOptions(),
        options: RosterOptions = RosterOptions()
    ) throws -> Roster {
        var builder = RosterBuilder(options)
        builder.beginSource(named: name)
        try feed(bytes, reading, into: &builder)
        return try builder.finish()
    }

    static func feed(_ bytes: [UInt8], _ reading: ReadingOptions, into sink: inout some RecordSink) throws {
        var reader = RosterReader(reading)
        try bytes.withUnsafeBytes { try reader.feed($0, into: &sink) }
        try reader.finish(into: &sink)
    }

    static func sample(_ name: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try Array(Data(contentsOf: root.appending(path: "samples/\(name)")))
    }
}

extension RosterOptions {
    /// Options that carry columns without a meaning to reports.
    static func carrying(_ columns: String...) -> RosterOptions {
        var options = RosterOptions()
        options.carried = columns
        return options
    }
}

extension Roster {
    /// Each defect as `severity code@line`, in order.
    var outline: [String] {
        defects.map { "\($0.severity.rawValue) \($0.code.rawValue)" + ($0.line.map { "@\($0)" } ?? "") }
    }

    var rows: [RosterRow] { (0..<entries.count).map { entries[$0] } }
}
