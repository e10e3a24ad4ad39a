/// A record as the reader holds it, valid only inside ``RecordSink/record(_:)``.
///
/// Cells are bytes in place: nothing is copied, and nothing unescaped, before a cell is asked for.
public struct RecordView {
    /// The number of the data record, from 1; the header does not count.
    public let number: Int
    /// The physical line on which the record begins.
    public let line: Int
    /// How many cells the record has, those that it inherits included.
    public let count: Int
    /// A defect of severity error was reported for this record just before; its cells are the best guess.
    public let isDamaged: Bool
    /// CSV: the record has fewer or more cells than there are columns.
    public let isRagged: Bool

    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let start: Int
    /// For each cell the offset from `base` of the byte after it; the next cell begins one byte later.
    @usableFromInline let ends: UnsafePointer<UInt32>
    /// XML and JSON: each cell's column.
    @usableFromInline let columns: UnsafePointer<UInt32>?
    /// XML and JSON: each cell's line.
    @usableFromInline let lines: UnsafePointer<UInt32>?
    /// JSON: each cell's column on its line, in characters.
    @usableFromInline let lineColumns: UnsafePointer<UInt32>?
    /// CSV: room for the record's unescaped cells, at least as long as the record.
    @usableFromInline let scratch: UnsafeMutableRawPointer?
    @usableFromInline let beginning: RecordStart
    /// How many of the cells are the record's own; the others are `shared`.
    @usableFromInline let ownCount: Int
    @usableFromInline let shared: SharedCells

    /// XML: cells that the record has from the elements around it. They stand once in memory, however many records have
    /// them.
    @usableFromInline struct SharedCells {
        @usableFromInline var count = 0
        @usableFromInline var base: UnsafeRawPointer?
        /// As `ends` and `columns` of the record itself.
        @usableFromInline var ends: UnsafePointer<UInt32>?
        @usableFromInline var columns: UnsafePointer<UInt32>?

        @usableFromInline static var none: SharedCells { SharedCells() }

        @usableFromInline init() {}

        @usableFromInline func column(_ i: Int) -> Int {
            guard let columns else { return 0 }
            return Int(columns[i])
        }

        @usableFromInline func bytes(_ i: Int) -> UnsafeRawBufferPointer {
            guard let base, let ends else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            let from = i == 0 ? 0 : Int(ends[i - 1])
            return UnsafeRawBufferPointer(start: base + from, count: Int(ends[i]) - from)
        }
    }

    /// Where the record begins, and in what the offsets count.
    @usableFromInline struct RecordStart {
        @usableFromInline var column: Int
        @usableFromInline var byteOffset: Int
        @usableFromInline var encoding: TextEncoding
        /// JSON: the offset of the byte after the record.
        @usableFromInline var endOffset: Int?

        @usableFromInline init(column: Int, byteOffset: Int, encoding: TextEncoding, endOffset: Int? = nil) {
            self.endOffset = endOffset
            self.column = column
            self.byteOffset = byteOffset
            self.encoding = encoding
        }
    }

    init(
        number: Int, line: Int, count: Int, isDamaged: Bool, isRagged: Bool, base: UnsafeRawPointer, start: Int,
        ends: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>? = nil, lines: UnsafePointer<UInt32>? = nil,
        lineColumns: UnsafePointer<UInt32>? = nil, scratch: UnsafeMutableRawPointer?, beginning: RecordStart,
        shared: SharedCells = .none
    ) {
        self.number = number
        self.line = line
        self.count = count &+ shared.count
        ownCount = count
        self.shared = shared
        self.isDamaged = isDamaged
        self.isRagged = isRagged
        self.base = base
        self.start = start
        self.ends = ends
        self.columns = columns
        self.lines = lines
        self.lineColumns = lineColumns
        self.scratch = scratch
        self.beginning = beginning
    }

    /// The column of cell `i`, as an index into the columns announced. Of a CSV row that is too long, the cells beyond
    /// the last column have indices beyond it.
    @inlinable public func column(_ i: Int) -> Int {
        precondition(i >= 0 && i < count)
        guard let columns else { return i }
        return i < ownCount ? Int(columns[i]) : shared.column(i - ownCount)
    }

    /// Cell `i` as UTF-8, unescaped; valid only inside the callback.
    @inlinable public func bytes(_ i: Int) -> UnsafeRawBufferPointer {
        precondition(i >= 0 && i < count)
        guard i < ownCount else { return shared.bytes(i - ownCount) }
        let from = i == 0 ? start : Int(ends[i - 1]) + 1
        let to = Int(ends[i])
        if to > from, base.load(fromByteOffset: from, as: UInt8.self) == 0x22, let scratch {
            return unquoted(from, to, scratch)
        }
        return UnsafeRawBufferPointer(start: base + from, count: to - from)
    }

    /// CSV: cell `i` stands between quotes.
    @inlinable public func isQuoted(_ i: Int) -> Bool {
        guard scratch != nil, i < ownCount else { return false }
        let from = i == 0 ? start : Int(ends[i - 1]) + 1
        return Int(ends[i]) > from && base.load(fromByteOffset: from, as: UInt8.self) == 0x22
    }

    /// Cell `i` as a String.
    public func string(_ i: Int) -> String { String(decoding: bytes(i), as: UTF8.self) }

    /// Cell `i` as it stands in the file (CSV: with its quotes), in UTF-8.
    public func rawBytes(_ i: Int) -> UnsafeRawBufferPointer {
        guard i < ownCount else { return shared.bytes(i - ownCount) }
        let from = i == 0 ? start : Int(ends[i - 1]) + 1
        return UnsafeRawBufferPointer(start: base + from, count: Int(ends[i]) - from)
    }

    /// The record as it stands in the file, without its line break (CSV only; of XML it is the cells' text).
    public var rawRecord: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + start, count: ownCount == 0 ? 0 : Int(ends[ownCount - 1]) - start)
    }

    /// Where the record begins.
    public var position: Position {
        Position(line: line, column: beginning.column, byteOffset: beginning.byteOffset)
    }

    /// JSON: bytes from the file's beginning to the end of the record; nil for other formats.
    public var endOffset: Int? { beginning.endOffset }

    /// Where cell `i` begins: for messages, not for every cell. Of XML only the line is known.
    public func position(of i: Int) -> Position {
        precondition(i >= 0 && i < count)
        if let lines {
            return Position(
                line: i < ownCount ? Int(lines[i]) : line, column: lineColumns.map { Int($0[i]) } ?? 0,
                byteOffset: beginning.byteOffset)
        }
        return position(at: beginning(of: i))
    }

    /// The offset from `base` at which a cell of a CSV record begins.
    func beginning(of i: Int) -> Int { i == 0 ? start : Int(ends[i - 1]) + 1 }

    /// The place of a byte of a CSV record, by its offset from `base`.
    func position(at offset: Int) -> Position {
        var place = TextPlace(position, encoding: beginning.encoding)
        place.advance(over: UnsafeRawBufferPointer(start: base + start, count: offset - start))
        return place.position
    }

    /// The bytes inside a quoted cell. A doubled quote is undone into `scratch` at the cell's own offset in the record,
    /// so cells do not overwrite each other and asking again is harmless.
    @usableFromInline func unquoted(_ from: Int, _ to: Int, _ scratch: UnsafeMutableRawPointer)
        -> UnsafeRawBufferPointer
    {
        // A damaged record is split at its delimiters, quotes and all.
        if isDamaged, to - from < 2 || base.load(fromByteOffset: to - 1, as: UInt8.self) != 0x22 {
            return UnsafeRawBufferPointer(start: base + from, count: to - from)
        }
        let inner = UnsafeRawBufferPointer(start: base + from + 1, count: max(0, to - from - 2))
        guard var quote = inner.firstIndex(of: 0x22) else { return inner }
        let out = UnsafeMutableRawBufferPointer(start: scratch + (from - start), count: inner.count)
        var read = 0
        var written = 0
        while true {
            // The quote goes with what stands before it; of a pair the second is passed over.
            let run = UnsafeRawBufferPointer(rebasing: inner[read...quote])
            UnsafeMutableRawBufferPointer(rebasing: out[written...]).copyMemory(from: run)
            written += run.count
            read = quote + 1
            if read < inner.count, inner[read] == 0x22 { read += 1 }
            guard let next = inner[read...].firstIndex(of: 0x22) else { break }
            quote = next
        }
        let rest = UnsafeRawBufferPointer(rebasing: inner[read...])
        UnsafeMutableRawBufferPointer(rebasing: out[written...]).copyMemory(from: rest)
        written += rest.count
        return UnsafeRawBufferPointer(rebasing: out[..<written])
    }
}

/// What a ``RosterReader`` tells of a roster, in the roster's order.
public protocol RecordSink {
    /// Once, before anything else: the form is known. CSV: its header was read; XML: its root element.
    mutating func began(_ dialect: Dialect)
    /// CSV: for each column, right after ``began(_:)``; XML and JSON: when a column first appears, before the record that has it.
    mutating func columnAdded(_ name: String, at index: Int)
    /// Each data record, damaged ones too, so that each is counted.
    mutating func record(_ record: RecordView) throws
    /// A defect; those of a record come before it.
    mutating func defect(_ defect: FormatDefect)
}
