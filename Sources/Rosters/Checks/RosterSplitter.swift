internal import Foundation
public import RosterFormats

/// Where the records of a roster stand in its file, so that some of them can be copied as they are: with their encoding, their
/// delimiter, their line ends.
public struct RosterSplitter: RecordSink {
    /// What copies are made of one roster.
    public struct Counts: Sendable, Equatable {
        /// Rows in the copy of usable rows, and in that of the others.
        public var usable = 0, unusable = 0
    }

    /// The roster has a form of which records cannot be copied: XML that is not our own, JSON that is not UTF-8.
    public private(set) var isUnsupported = false

    private var format = RosterFormat.csv
    /// The first byte of each record, and for JSON the byte after its last.
    private var starts: [Int] = []
    private var ends: [Int] = []

    /// Creates a sink for one pass over the roster.
    public init() {}

    /// Takes in the form.
    public mutating func began(_ dialect: Dialect) {
        format = dialect.format
        isUnsupported = format == .xml || format == .json && dialect.encoding != .utf8
    }

    /// Columns are copied with their records.
    public mutating func columnAdded(_ name: String, at index: Int) {}

    /// Defects were found before.
    public mutating func defect(_ defect: FormatDefect) {}

    /// Notes where a record stands.
    public mutating func record(_ record: RecordView) {
        while starts.count < record.number { starts.append(record.position.byteOffset) }
        if let end = record.endOffset { ends.append(end) }
    }

    /// Copies every record of the file at `path` to one of two places. Both get what stands before the first record.
    ///
    /// - Parameters:
    ///   - unusable: the numbers of the records that go to the second place.
    ///   - write: takes bytes, with whether they go to the usable rows.
    public func copy(
        _ path: String, unusable: Set<Int>, write: (UnsafeRawBufferPointer, _ isUsable: Bool) throws -> Void
    ) throws -> Counts {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var counts = Counts()
        func put(_ text: String, _ isUsable: Bool) throws {
            try Array(text.utf8).withUnsafeBytes { try write($0, isUsable) }
        }
        func put(_ from: Int, _ to: Int?, _ places: [Bool]) throws {
            try file.seek(toOffset: UInt64(from))
            var left = to.map { $0 - from } ?? .max
            while left > 0, let part = try file.read(upToCount: min(left, 1 << 16)), !part.isEmpty {
                left -= part.count
                for place in places { try part.withUnsafeBytes { try write($0, place) } }
            }
        }
        let isJSON = format == .json
        if isJSON {
            for place in [true, false] { try put("[", place) }
        } else {
            try put(0, starts.first, [true, false])
        }
        for index in starts.indices {
            let isUsable = !unusable.contains(index + 1)
            if isJSON {
                try put((isUsable ? counts.usable : counts.unusable) == 0 ? "\n" : ",\n", isUsable)
                try put(starts[index], ends[index], [isUsable])
            } else {
                try put(starts[index], index + 1 < starts.count ? starts[index + 1] : nil, [isUsable])
            }
            if isUsable { counts.usable += 1 } else { counts.unusable += 1 }
        }
        if isJSON { for place in [true, false] { try put("\n]\n", place) } }
        return counts
    }
}

/// Writes the members of a roster in our own form of XML to one of two documents.
public struct XMLRosterSplitter: RecordSink {
    /// How many rows each document got.
    public private(set) var counts = RosterSplitter.Counts()
    /// The roster is XML of another form, or has fields that our own form has not.
    public private(set) var isUnsupported = false

    private let unusable: Set<Int>
    private let documents: (usable: XMLDocumentWriter, unusable: XMLDocumentWriter)
    private let write: (UnsafeRawBufferPointer, _ isUsable: Bool) throws -> Void
    private var names: [String] = []

    /// - Parameters:
    ///   - unusable: the numbers of the records that go to the second document.
    ///   - write: takes bytes, with whether they go to the usable rows.
    public init(
        unusable: Set<Int>, write: @escaping (UnsafeRawBufferPointer, _ isUsable: Bool) throws -> Void
    ) throws {
        self.unusable = unusable
        self.write = write
        documents = (try XMLDocumentWriter(), try XMLDocumentWriter())
        for document in [documents.usable, documents.unusable] { try document.startElement("roster") }
    }

    /// Takes in the form.
    public mutating func began(_ dialect: Dialect) { isUnsupported = dialect.rootElement != "roster" }

    /// Takes in a field.
    public mutating func columnAdded(_ name: String, at index: Int) {
        while names.count <= index { names.append("") }
        names[index] = name
    }

    /// Defects were found before.
    public mutating func defect(_ defect: FormatDefect) {}

    /// Writes a member.
    public mutating func record(_ record: RecordView) throws {
        let isUsable = !unusable.contains(record.number)
        let document = isUsable ? documents.usable : documents.unusable
        try document.startElement("member")
        var metadata: [(key: String, value: String)] = []
        for cell in 0..<record.count {
            let name = names[record.column(cell)]
            let value = record.string(cell)
            if name.hasPrefix("metadata.") {
                metadata.append((String(name.dropFirst(9)), value))
            } else if name.contains("/") || name == "." {
                if value.contains(where: { !$0.isWhitespace }) { isUnsupported = true }
            } else {
                try document.attribute(name, value)
            }
        }
        for (key, value) in metadata {
            try document.startElement("metadata")
            try document.attribute("key", key)
            try document.text(value)
            try document.endElement()
        }
        try document.endElement()
        if isUsable { counts.usable += 1 } else { counts.unusable += 1 }
        if document.isBlock { try drain(document, isUsable) }
    }

    /// Ends both documents.
    public mutating func finish() throws {
        for (document, isUsable) in [(documents.usable, true), (documents.unusable, false)] {
            try document.endDocument()
            try drain(document, isUsable)
        }
    }

    private func drain(_ document: XMLDocumentWriter, _ isUsable: Bool) throws {
        var sink = ClosureSink { try write($0, isUsable) }
        try document.drain(into: &sink)
    }

    private struct ClosureSink: ByteSink {
        let take: (UnsafeRawBufferPointer) throws -> Void
        mutating func write(_ bytes: UnsafeRawBufferPointer) throws { try take(bytes) }
    }
}
