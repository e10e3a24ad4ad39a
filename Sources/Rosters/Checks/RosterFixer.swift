public import RosterFormats

/// Writes a copy of a roster in which what is safe to fix is fixed, and keeps the rest as it is: UTF-8, commas,
/// LF; no blanks around the values of known fields, no invisible characters in addresses. Columns, rows and their order
/// stay. A row that is damaged otherwise is written as it stood, so that its defect is found again.
public struct RosterFixer: RecordSink {
    /// What was changed, where; severity note.
    public private(set) var notes: [Defect] = []

    private let source: Roster.Source
    private let hasHeader: Bool
    private let write: (UnsafeRawBufferPointer) throws -> Void
    private var isCSV = true
    private var wroteHeader = false
    private var line: [UInt8] = []
    private var fixed: [UInt8] = []

    /// - Parameters:
    ///   - source: the roster as a first pass understood it; XML's columns are not known before.
    ///   - hasHeader: whether the roster has one, and so its copy.
    ///   - write: takes the copy, a line at a time.
    public init(
        _ source: Roster.Source, hasHeader: Bool = true, write: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.source = source
        self.hasHeader = hasHeader
        self.write = write
    }

    /// Takes the roster's form, and notes how the copy's differs.
    public mutating func began(_ dialect: Dialect) {
        isCSV = dialect.format == .csv
        if !isCSV { changed(.format) }
        if dialect.encoding != .utf8 {
            changed(.encoding(dialect.encoding))
        } else if dialect.hadByteOrderMark {
            changed(.byteOrderMark)
        }
        if dialect.hasSeparatorLine { changed(.separatorLine) }
        if let delimiter = dialect.delimiter, delimiter != UInt8(ascii: ",") {
            changed(.delimiter(delimiter))
        }
        if isCSV, let ending = dialect.lineEnding, ending != .lf {
            changed(.lineEnds(ending))
        }
    }

    /// Takes a column; the copy's columns are those of the first pass, so nothing is done.
    public mutating func columnAdded(_ name: String, at index: Int) {}

    /// Defects are the first pass's affair.
    public mutating func defect(_ defect: FormatDefect) {}

    /// Writes one row of the copy; throws what `write` throws.
    public mutating func record(_ record: RecordView) throws {
        try writeHeader()
        line.removeAll(keepingCapacity: true)
        if record.isDamaged, isCSV {
            copyDamaged(record)
        } else if isCSV {
            for cell in 0..<record.count { put(record, cell) }
        } else {
            var at = [Int](repeating: -1, count: source.columns.count)
            for cell in (0..<record.count).reversed() where record.column(cell) < at.count {
                at[record.column(cell)] = cell
            }
            for (column, cell) in at.enumerated() where source.columns[column].isPresent {
                if cell < 0 { separate() } else { put(record, cell) }
            }
        }
        try endLine()
    }

    /// Ends the copy. One without rows still has its header.
    public mutating func finish() throws {
        try writeHeader()
    }

    private mutating func writeHeader() throws {
        guard !wroteHeader else { return }
        wroteHeader = true
        guard hasHeader || !isCSV else { return }
        line.removeAll(keepingCapacity: true)
        for column in source.columns where column.isPresent {
            var name = column.name
            name.withUTF8 { bytes in
                let inner = TrimmedRange(UnsafeRawBufferPointer(bytes), lineBreaks: true)
                separate()
                // The name is known without its guard.
                let text = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[inner.start..<inner.end])
                guard let guarded = CSVGuard.guarded(text) else { return quote(text) }
                guarded.withUnsafeBytes { quote($0) }
            }
        }
        try endLine()
    }

    private mutating func put(_ record: RecordView, _ cell: Int) {
        separate()
        let column = record.column(cell)
        let bytes = record.bytes(cell)
        guard column < source.columns.count, let field = source.columns[column].field, !field.isMetadata else {
            quoteGuarded(bytes)
            return
        }
        let blanks = TrimmedRange(bytes, lineBreaks: true)
        let inner = UnsafeRawBufferPointer(rebasing: bytes[blanks.start..<blanks.end])
        if blanks.sawWhiteSpace { changed(.blanks, record, cell) }
        if blanks.sawInvisible {
            changed(.invisibleAround, record, cell)
        }
        if field == .email, let address = Self.withoutInvisible(inner) {
            changed(.invisibleInside, record, cell)
            fixed = Array(address.utf8)
            let copy = fixed
            copy.withUnsafeBytes { quote($0) }
        } else {
            quoteGuarded(inner)
        }
    }

    /// A cell of XML has no guard against formulas yet; one of CSV keeps what it has.
    private mutating func quoteGuarded(_ bytes: UnsafeRawBufferPointer) {
        guard !isCSV, let guarded = CSVGuard.guarded(bytes) else { return quote(bytes) }
        fixed = guarded
        let copy = fixed
        copy.withUnsafeBytes { quote($0) }
    }

    /// An address that is refused for the invisible characters in it alone, without them.
    private static func withoutInvisible(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.contains(where: { $0 >= 0x80 }), case .rejected = EmailAddress.judge(bytes) else { return nil }
        let kept = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { scalar in
            switch scalar.value {
            // The joiners U+200C and U+200D stay: some scripts are spelled with them.
            case 0x00AD, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF:
                false
            default: true
            }
        }
        let text = String(String.UnicodeScalarView(kept))
        if case .accepted = EmailAddress.judge(text) { return text }
        return nil
    }

    /// A row with stray quotes, cell by cell as it stands in the file.
    private mutating func copyDamaged(_ record: RecordView) {
        for cell in 0..<record.count {
            separate()
            let raw = record.rawBytes(cell)
            let needsQuotes = raw.contains(UInt8(ascii: ",")) && raw.first != UInt8(ascii: "\"")
            if needsQuotes { quote(raw) } else { line.append(contentsOf: raw) }
        }
    }

    private mutating func separate() {
        if line.isEmpty {
            line.append(0x0A)
        } else {
            line.append(UInt8(ascii: ","))
        }
    }

    /// The cell, in quotes where a reader that looks for delimiters might take it for several.
    private mutating func quote(_ bytes: UnsafeRawBufferPointer) {
        let needsQuotes = bytes.contains { byte in
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09, 0x0A, 0x0D, UInt8(ascii: "\""): true
            default: false
            }
        }
        guard needsQuotes else {
            line.append(contentsOf: bytes)
            return
        }
        line.append(UInt8(ascii: "\""))
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { line.append(byte) }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }

    /// The line was begun with its break, which now goes to its end.
    private mutating func endLine() throws {
        if line.count == 1 { line.append(contentsOf: "\"\"".utf8) }
        line.append(0x0A)
        try line.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[1...])) }
    }

    private mutating func changed(_ fix: Defect.Fix) {
        notes.append(Defect(.note, .fixed(fix), source: source.name))
    }

    private mutating func changed(_ fix: Defect.Fix, _ record: RecordView, _ cell: Int) {
        let position = record.position(of: cell)
        notes.append(
            Defect(
                .note, .fixed(fix), source: source.name, line: position.line,
                column: position.column > 0 ? position.column : nil,
                field: source.columns[record.column(cell)].name,
                value: String(decoding: record.bytes(cell), as: UTF8.self)))
    }
}

extension RosterField {
    var isMetadata: Bool { if case .metadata = self { true } else { false } }
}
