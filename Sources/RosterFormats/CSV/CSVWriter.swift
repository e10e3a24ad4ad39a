/// How CSV is written. The delimiter is a comma, always; quotes stand around cells that need them.
public struct CSVOptions: Sendable, Equatable {
    /// CRLF line ends in place of LF.
    public var crlf: Bool
    /// A byte order mark, which Excel needs to take the file for UTF-8.
    public var byteOrderMark: Bool
    /// Cells that a spreadsheet would take for a formula get a leading apostrophe: see ``CSVGuard``.
    public var guardsFormulas: Bool

    /// Creates options; without arguments: LF, no byte order mark, formulas guarded.
    public init(crlf: Bool = false, byteOrderMark: Bool = false, guardsFormulas: Bool = true) {
        self.crlf = crlf
        self.byteOrderMark = byteOrderMark
        self.guardsFormulas = guardsFormulas
    }
}

/// The formula guard: an apostrophe before whatever a spreadsheet could take for a formula.
///
/// A cell that begins with `=`, `+`, `-`, `@`, the full-width forms of these, TAB, CR or LF gets one. Quotes protect only
/// from a reader that splits at commas: where the list separator is another one, a cell of the file may be cut in pieces,
/// so the same signs get one within a cell, too, right after `,`, `;`, TAB, `|` or a line break. Quotes before a sign do
/// not hide it.
///
/// What looks guarded already (apostrophes or quotes, then a sign) gets one more, so that taking one off again is exact for
/// every cell.
public enum CSVGuard {
    /// True for cells that are written with an apostrophe at their beginning.
    public static func isNeeded(_ cell: UnsafeRawBufferPointer) -> Bool {
        let index = sign(cell, from: 0)
        guard index < cell.count else { return false }
        switch cell[index] {
        case 0x09, 0x0A, 0x0D: return true
        default: return isSign(cell, index)
        }
    }

    /// True where an apostrophe is put within a cell: at the byte after a separator.
    static func isNeeded(within cell: UnsafeRawBufferPointer, at place: Int) -> Bool {
        isSign(cell, sign(cell, from: place))
    }

    /// Where the first byte stands that is neither an apostrophe nor a quote.
    private static func sign(_ cell: UnsafeRawBufferPointer, from place: Int) -> Int {
        var index = place
        while index < cell.count, cell[index] == apostrophe || cell[index] == UInt8(ascii: "\"") { index += 1 }
        return index
    }

    private static let apostrophe = UInt8(ascii: "'")

    private static func isSign(_ cell: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        guard index < cell.count else { return false }
        switch cell[index] {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): return true
        case 0xEF: return isFullWidthSign(cell, index)
        default: return false
        }
    }

    /// `＝`, `＋`, `－`, `＠`: Excel in Asian locales takes them for their narrow forms.
    private static func isFullWidthSign(_ cell: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        guard index + 2 < cell.count, cell[index + 1] == 0xBC else { return false }
        switch cell[index + 2] {
        case 0x9D, 0x8B, 0x8D, 0xA0: return true
        default: return false
        }
    }

    /// Whether readers of some locale, or one that ignores quotes, begin a new cell or row after the byte.
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    /// The cell with its guards; nil when it needs none.
    public static func guarded(_ cell: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        if isNeeded(cell) { bytes.append(apostrophe) }
        for (index, byte) in cell.enumerated() {
            bytes.append(byte)
            if isSeparator(byte), isNeeded(within: cell, at: index + 1) { bytes.append(apostrophe) }
        }
        return bytes.count == cell.count ? nil : bytes
    }

    /// The cell as it was before it was guarded; nil when it has no guard.
    public static func unguarded(_ cell: UnsafeRawBufferPointer) -> [UInt8]? {
        guard cell.contains(apostrophe) else { return nil }
        var bytes: [UInt8] = []
        var index = cell[0] == apostrophe && isNeeded(cell) ? 1 : 0
        while index < cell.count {
            let byte = cell[index]
            bytes.append(byte)
            index += 1
            if isSeparator(byte), index < cell.count, cell[index] == apostrophe, isNeeded(within: cell, at: index) {
                index += 1
            }
        }
        return bytes.count == cell.count ? nil : bytes
    }

    /// The cell as it was before it was guarded.
    public static func unguarded(_ cell: String) -> String {
        var copy = cell
        return copy.withUTF8 { unguarded(UnsafeRawBufferPointer($0)) }.map { String(decoding: $0, as: UTF8.self) }
            ?? cell
    }
}

/// CSV rows as bytes, to be drained into a sink.
public struct CSVText: Sendable {
    /// The bytes written so far and not drained.
    public var out = OutputBytes()
    private let options: CSVOptions
    private var cellsInRow = 0
    /// The row so far is nothing but one empty cell, which would read back as a blank line.
    private var isLoneEmptyCell = false

    /// Creates a text that holds nothing, or the byte order mark only.
    public init(_ options: CSVOptions) {
        self.options = options
        if options.byteOrderMark {
            for byte: UInt8 in [0xEF, 0xBB, 0xBF] { out.append(byte) }
        }
    }

    /// A cell of the user's data: guarded and quoted as needed.
    public mutating func cell(_ text: String) {
        // The string's own bytes, without a copy of the string: counting references would cost more than the cell.
        if text.utf8.withContiguousStorageIfAvailable({ cell(UnsafeRawBufferPointer($0)) }) != nil { return }
        var text = text
        text.withUTF8 { cell(UnsafeRawBufferPointer($0)) }
    }

    /// A cell of the user's data, as UTF-8.
    @inline(__always)
    public mutating func cell(_ bytes: UnsafeRawBufferPointer) {
        let isFirst = cellsInRow == 0
        isLoneEmptyCell = isFirst && bytes.isEmpty
        cellsInRow += 1
        let isGuarded = options.guardsFormulas && CSVGuard.isNeeded(bytes)
        out.write(upTo: 2 * bytes.count + 4) { target in
            var written = 0
            func put(_ byte: UInt8) {
                target[written] = byte
                written += 1
            }
            if !isFirst { put(UInt8(ascii: ",")) }
            guard let source = bytes.baseAddress else { return written }
            if !CSVText.needsQuotes(bytes) {
                if isGuarded { put(UInt8(ascii: "'")) }
                UnsafeMutableRawPointer(target + written).copyMemory(from: source, byteCount: bytes.count)
                return written + bytes.count
            }
            put(UInt8(ascii: "\""))
            if isGuarded { put(UInt8(ascii: "'")) }
            for (index, byte) in bytes.enumerated() {
                if byte == UInt8(ascii: "\"") { put(byte) }
                put(byte)
                if options.guardsFormulas, CSVGuard.isSeparator(byte),
                    CSVGuard.isNeeded(within: bytes, at: index + 1)
                {
                    put(UInt8(ascii: "'"))
                }
            }
            put(UInt8(ascii: "\""))
            return written
        }
    }

    /// A whole row. Of arrays, not of any sequence: from another module a sequence is walked through its witness table,
    /// which costs more than writing the cells.
    public mutating func row(_ cells: [String]) {
        for cell in cells { self.cell(cell) }
        endRow()
    }

    /// A cell that the tool made and that needs no guard: a figure.
    public mutating func number(_ number: Int) {
        separate(isEmpty: false)
        out.append(number: number)
    }

    /// A figure that is text already, such as a decimal fraction.
    public mutating func figure(_ text: String) {
        separate(isEmpty: text.isEmpty)
        out.append(text)
    }

    /// A cell with nothing in it.
    public mutating func emptyCell() { separate(isEmpty: true) }

    /// Ends the row. One that is nothing but an empty cell is written as `""`, so that it does not read back as a
    /// blank line.
    public mutating func endRow() {
        if isLoneEmptyCell {
            out.append(UInt8(ascii: "\""))
            out.append(UInt8(ascii: "\""))
        }
        if options.crlf { out.append(0x0D) }
        out.append(0x0A)
        cellsInRow = 0
        isLoneEmptyCell = false
    }

    private mutating func separate(isEmpty: Bool) {
        if cellsInRow > 0 {
            out.append(UInt8(ascii: ","))
            isLoneEmptyCell = false
        } else {
            isLoneEmptyCell = isEmpty
        }
        cellsInRow += 1
    }

    /// Whether the cell holds a quote, a line break, or a separator of lists in whatever locale. Most cells hold nothing below `-`, no `;` and no `|`:
    /// eight bytes at a time are asked for that, and only those that do are looked at singly.
    static func needsQuotes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let count = bytes.count
        guard count >= 8 else {
            for byte in bytes where isSpecial(byte) { return true }
            return false
        }
        var offset = 0
        while true {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let below = (word &- 0x2D2D_2D2D_2D2D_2D2D) & ~word
            let semicolons = word ^ 0x3B3B_3B3B_3B3B_3B3B
            let bars = word ^ 0x7C7C_7C7C_7C7C_7C7C
            let ones: UInt64 = 0x0101_0101_0101_0101
            let found = below | ((semicolons &- ones) & ~semicolons) | ((bars &- ones) & ~bars)
            if found & 0x8080_8080_8080_8080 != 0 {
                for index in offset..<offset + 8 where isSpecial(bytes[index]) { return true }
            }
            if offset + 8 == count { return false }
            // The last word overlaps the one before it.
            offset = min(offset + 8, count - 8)
        }
    }

    @inline(__always)
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\""), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }
}

/// Writes CSV to a sink row by row; memory is one block and one row.
public struct CSVWriter<Sink: ByteSink> {
    private var text: CSVText
    private var sink: Sink

    /// Creates a writer whose first bytes reach the sink when a block is full, or at the end.
    public init(_ options: CSVOptions = CSVOptions(), into sink: Sink) {
        text = CSVText(options)
        self.sink = sink
    }

    /// Writes a row of the user's data, guarded and quoted as needed; throws what the sink throws.
    public mutating func write(row cells: [String]) throws {
        text.row(cells)
        if text.out.isBlock { try text.out.drain(into: &sink) }
    }

    /// Hands over what is left. The writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        try text.out.drain(into: &sink)
        return sink
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { text.out.capacity }
}
