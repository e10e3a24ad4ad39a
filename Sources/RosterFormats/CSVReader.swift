/// Reads CSV in slices of UTF-8: strict about quotes, tolerant about line ends, one bad row never spoils the next.
///
/// Whole records are handed over where they lie in the slice. Only a record that crosses the end of a slice is copied, with
/// the ends of its cells found so far, so nothing is looked at twice.
final class CSVReader {
    /// Longer slices are cut: an index of one slice stays in the processor's cache.
    static let sliceBytes = 1 << 16

    let delimiter: UInt8
    let encoding: TextEncoding
    let maximumRecordBytes: Int
    private var dialect: Dialect
    private let hasHeader: Bool

    private var indexer: CSVIndexer
    private var index = CSVIndexer.Index(sliceBytes: CSVReader.sliceBytes)
    var carry = Carry()
    private var scratch = RawStore(capacity: CSVReader.sliceBytes)

    private var columnCount: Int?
    private(set) var number = 0
    /// The line and the file's offset at which the record that is being read begins.
    var line: Int
    var offset: Int
    /// The last record ended in CR at the end of its slice: a LF there belongs to it.
    private var skipsFeed = false
    /// A stray quote was found in the record in `carry`, whose line has not ended yet.
    private var isDamaged = false

    /// The record that is not finished, when a slice ends.
    struct Carry: ~Copyable {
        var store = RawStore(capacity: 4096)
        var ends: [UInt32] = []
        var breaks = 0

        mutating func clear() {
            store.count = 0
            ends.removeAll(keepingCapacity: true)
            breaks = 0
        }
    }

    init(_ dialect: Dialect, delimiter: UInt8, hasHeader: Bool, maximumRecordBytes: Int, line: Int, offset: Int) {
        self.dialect = dialect
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.encoding = dialect.encoding
        self.maximumRecordBytes = max(maximumRecordBytes, CSVReader.sliceBytes)
        self.line = line
        self.offset = offset
        indexer = CSVIndexer(delimiter: delimiter)
    }

    /// What the reader holds in buffers; it does not depend on the file's size.
    var bytesHeld: Int {
        carry.store.capacity + scratch.capacity + carry.ends.capacity * 4 + index.capacity * 8
    }

    func feed(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        var from = 0
        while from < bytes.count {
            let to = min(from + CSVReader.sliceBytes, bytes.count)
            try feedSlice(UnsafeRawBufferPointer(rebasing: bytes[from..<to]), into: &sink)
            from = to
        }
    }

    func finish(into sink: inout some RecordSink) throws {
        if isDamaged {
            try endDamaged(into: &sink)
            // What was put back after a quote that was never closed may end without a line break, or be damaged too.
            return try finish(into: &sink)
        }
        if indexer.isInsideQuotes { throw unterminated() }
        if carry.store.count > 0 {
            carry.ends.append(UInt32(truncatingIfNeeded: carry.store.count))
            try deliverCarry(into: &sink)
        }
        guard columnCount != nil else {
            throw RosterFormatError(
                .emptyFile, "the file holds no line with text", remedy: "give a file with a header and rows")
        }
    }

    private func feedSlice(_ slice: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        var from = 0
        while from < slice.count {
            if isDamaged {
                from = try endDamagedLine(slice, from: from, into: &sink)
                continue
            }
            index.clear()
            let stop = indexer.index(slice, from: from, into: &index)
            let rest = try deliver(slice, from: from, into: &sink)
            if stop == slice.count {
                return try keep(slice, rest)
            }
            carry.store.append(UnsafeRawBufferPointer(rebasing: slice[rest.start..<stop]))
            isDamaged = true
            from = stop
        }
    }

    /// Where the record that does not end in the slice begins, and the first of its entries in the index.
    private struct Rest {
        var start: Int
        var firstEnd = 0
        var firstBreak = 0
    }

    /// Hands over the records that end in the slice. Written on local values: the class's own are checked at each access.
    private func deliver(
        _ slice: UnsafeRawBufferPointer, from: Int, into sink: inout some RecordSink
    ) throws -> Rest {
        var rest = Rest(start: from)
        if skipsFeed {
            skipsFeed = false
            if slice[from] == 0x0A { rest.start = step(slice, from, from + 1) }
        }
        if carry.store.count > 0 { try joinCarry(slice, &rest, into: &sink) }
        // Nothing ended, so there is nothing more to hand over.
        guard carry.store.count == 0, let base = slice.baseAddress else { return rest }

        let ends = UnsafePointer(index.ends)
        let endCount = index.endCount
        let breaks = UnsafePointer(index.innerBreaks)
        let breakCount = index.innerBreakCount
        let delimiter = delimiter
        let mayHaveNUL = index.hasNUL
        let scratch = scratch.base
        let encoding = encoding
        var expected = columnCount ?? -1
        var number = number
        var line = line
        var offset = offset
        defer {
            self.number = number
            self.line = line
            self.offset = offset
        }
        var start = rest.start
        var first = rest.firstEnd
        var nextBreak = rest.firstBreak
        var k = first
        while k < endCount {
            let end = Int(ends[k])
            k &+= 1
            let terminator = base.load(fromByteOffset: end, as: UInt8.self)
            if terminator == delimiter { continue }
            let count = k &- first
            if count == expected, count > 1 || !isBlank(base, start, end), !mayHaveNUL {
                number &+= 1
                try sink.record(
                    RecordView(
                        number: number, line: line, count: count, isDamaged: false, isRagged: false, base: base,
                        start: start, ends: ends + first, scratch: scratch,
                        beginning: .init(column: 1, byteOffset: offset, encoding: encoding)))
            } else {
                self.number = number
                try emit(
                    base, start: start, end: end, ends: ends + first, count: count, line: line, offset: offset,
                    into: &sink)
                number = self.number
                expected = columnCount ?? -1
            }
            line &+= 1
            while nextBreak < breakCount, breaks[nextBreak] < UInt32(truncatingIfNeeded: end) {
                nextBreak &+= 1
                line &+= 1
            }
            let next = afterBreak(slice, end, terminator)
            offset &+= encoding.isUTF8 ? next &- start : width(slice, start, next)
            start = next
            first = k
        }
        return Rest(start: start, firstEnd: first, firstBreak: nextBreak)
    }

    /// Where the next line begins.
    @inline(__always)
    private func afterBreak(_ slice: UnsafeRawBufferPointer, _ end: Int, _ terminator: UInt8) -> Int {
        let next = end &+ 1
        guard terminator == 0x0D else { return next }
        if next == slice.count {
            skipsFeed = true
            return next
        }
        return slice[next] == 0x0A ? next &+ 1 : next
    }

    /// Moves the file's offset along with the slice's.
    private func step(_ slice: UnsafeRawBufferPointer, _ from: Int, _ to: Int) -> Int {
        offset += width(slice, from, to)
        return to
    }

    private func width(_ slice: UnsafeRawBufferPointer, _ from: Int, _ to: Int) -> Int {
        sourceWidth(UnsafeRawBufferPointer(rebasing: slice[from..<to]))
    }

    func sourceWidth(_ bytes: UnsafeRawBufferPointer) -> Int {
        if encoding.isUTF8 { return bytes.count }
        return bytes.reduce(0) { $0 + encoding.width(ofUTF8Byte: $1) }
    }

    /// Keeps the beginning of a record until the next slice.
    private func keep(_ slice: UnsafeRawBufferPointer, _ rest: Rest) throws {
        let text = UnsafeRawBufferPointer(rebasing: slice[rest.start...])
        let shift = carry.store.count - rest.start
        carry.store.append(text)
        for i in rest.firstEnd..<index.endCount {
            carry.ends.append(UInt32(truncatingIfNeeded: Int(index.ends[i]) + shift))
        }
        carry.breaks += index.innerBreakCount - rest.firstBreak
        try checkLength()
    }

    private func checkLength() throws {
        guard carry.store.count > maximumRecordBytes else { return }
        let limit = maximumRecordBytes
        if let opened = CSVDiagnosis(carry.store.bytes, delimiter: delimiter).openQuote {
            throw RosterFormatError(
                .limitExceeded, "the quoted cell that begins here is not closed within \(limit) bytes",
                remedy: "close the quote, or double it if it is part of the text", position: place(inCarry: opened))
        }
        throw RosterFormatError(
            .limitExceeded, "the row is longer than \(limit) bytes", remedy: "check that this is a text file",
            position: place(inCarry: 0))
    }

    func unterminated() -> RosterFormatError {
        let opened = CSVDiagnosis(carry.store.bytes, delimiter: delimiter).openQuote ?? 0
        return RosterFormatError(
            .unterminatedQuote, "the quote that opens here is never closed",
            remedy: "close the quote, or double it if it is part of the text", position: place(inCarry: opened))
    }

    func place(inCarry offset: Int) -> Position {
        var place = TextPlace(Position(line: line, column: 1, byteOffset: self.offset), encoding: encoding)
        place.advance(over: UnsafeRawBufferPointer(rebasing: carry.store.bytes[..<offset]))
        return place.position
    }

    /// Where the reading stands: after what is kept.
    var place: Position { place(inCarry: carry.store.count) }

    /// Finishes the record that earlier slices began and hands it over, if it ends in this one.
    private func joinCarry(_ slice: UnsafeRawBufferPointer, _ rest: inout Rest, into sink: inout some RecordSink) throws
    {
        let ends = index.ends
        guard let last = (0..<index.endCount).first(where: { slice[Int(ends[$0])] != delimiter }) else { return }
        let end = Int(ends[last])
        let before = carry.store.count
        carry.store.append(UnsafeRawBufferPointer(rebasing: slice[rest.start..<end]))
        for i in 0...last {
            carry.ends.append(UInt32(truncatingIfNeeded: Int(ends[i]) - rest.start + before))
        }
        try checkLength()
        let breaks = carry.breaks
        let width = sourceWidth(carry.store.bytes)
        try deliverCarry(into: &sink)
        line += 1 + breaks
        while rest.firstBreak < index.innerBreakCount, index.innerBreaks[rest.firstBreak] < ends[last] {
            rest.firstBreak += 1
            line += 1
        }
        let next = afterBreak(slice, end, slice[end])
        offset += width
        rest.start = step(slice, end, next)
        rest.firstEnd = last + 1
    }

    private func deliverCarry(into sink: inout some RecordSink) throws {
        defer { carry.clear() }
        try carry.ends.withUnsafeBufferPointer { ends in
            guard let ends = ends.baseAddress else { return }
            try emit(
                carry.store.base, start: 0, end: carry.store.count, ends: ends, count: carry.ends.count, line: line,
                offset: offset, into: &sink)
        }
    }

    /// Hands over one record, or takes it as the header; whatever is wrong with it.
    private func emit(
        _ base: UnsafeRawPointer, start: Int, end: Int, ends: UnsafePointer<UInt32>, count: Int, line: Int, offset: Int,
        into sink: inout some RecordSink
    ) throws {
        if count == 1, isBlank(base, start, end) { return }
        try emitOdd(
            base, start: start, end: end, ends: ends, count: count, line: line, offset: offset, damage: nil, into: &sink
        )
    }

    @inline(__always)
    private func isBlank(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Bool {
        for i in start..<end {
            let byte = base.load(fromByteOffset: i, as: UInt8.self)
            if byte != 0x20 && byte != 0x09 { return false }
        }
        return true
    }

    /// The header, and records that may have defects.
    @inline(never)
    private func emitOdd<Sink: RecordSink>(
        _ base: UnsafeRawPointer, start: Int, end: Int, ends: UnsafePointer<UInt32>, count: Int, line: Int, offset: Int,
        damage: CSVDiagnosis?, into sink: inout Sink
    ) throws {
        scratch.reserve(end - start)
        let text = UnsafeRawBufferPointer(start: base + start, count: end - start)
        let nul = text.firstIndex(of: 0)
        func view(number: Int, damaged: Bool, ragged: Bool) -> RecordView {
            RecordView(
                number: number, line: line, count: count, isDamaged: damaged, isRagged: ragged, base: base,
                start: start, ends: ends, scratch: scratch.base,
                beginning: .init(column: 1, byteOffset: offset, encoding: encoding))
        }
        guard let columnCount else {
            let header = view(number: 0, damaged: damage != nil, ragged: false)
            try takeHeader(header, nul: nul.map { header.position(at: start + $0) }, damage: damage, into: &sink)
            if !hasHeader {
                try emitOdd(
                    base, start: start, end: end, ends: ends, count: count, line: line, offset: offset,
                    damage: damage, into: &sink)
            }
            return
        }
        number += 1
        let ragged = count != columnCount && damage == nil
        let record = view(number: number, damaged: ragged || nul != nil || damage != nil, ragged: ragged)
        if let damage {
            sink.defect(damage.defect(in: record))
        }
        if let nul {
            sink.defect(
                FormatDefect(
                    .nulByte, isError: true, position: record.position(at: start + nul), record: number,
                    message: "the row holds a NUL byte",
                    remedy: "remove it, or name the encoding if the file is UTF-16"))
        }
        if ragged {
            sink.defect(
                FormatDefect(
                    .raggedRow, isError: true, position: record.position, record: number,
                    message: "the row has \(count) cells, the header \(columnCount)",
                    remedy: count > columnCount
                        ? "quote a cell that holds the delimiter, or remove what is too much"
                        : "add the missing cells, or quote a cell that holds a line break"))
        }
        try sink.record(record)
    }

    private func takeHeader(
        _ header: RecordView, nul: Position?, damage: CSVDiagnosis?, into sink: inout some RecordSink
    ) throws {
        columnCount = header.count
        if hasHeader, let damage {
            let defect = damage.defect(in: header)
            throw RosterFormatError(
                .malformedHeader, "the header cannot be read: \(defect.message)", remedy: defect.remedy,
                position: defect.position)
        }
        if hasHeader, let nul {
            throw RosterFormatError(
                .malformedHeader, "the header holds a NUL byte",
                remedy: "remove it, or name the encoding if the file is UTF-16", position: nul)
        }
        let names = (0..<header.count).map { hasHeader ? header.string($0) : String($0 + 1) }
        dialect.columns = names
        sink.began(dialect)
        var seen: [String: Int] = [:]
        for (i, name) in names.enumerated() {
            sink.columnAdded(name, at: i)
            if !name.isEmpty, let first = seen.updateValue(i, forKey: name) {
                sink.defect(
                    FormatDefect(
                        .duplicateColumn, isError: false, position: header.position(of: i), column: i, value: name,
                        message: "columns \(first + 1) and \(i + 1) have one name",
                        remedy: "rename one of them"))
            }
        }
    }
}

// MARK: - Damaged records

extension CSVReader {
    /// Looks for the end of the damaged record's line, and goes on after it. Returns where.
    private func endDamagedLine(
        _ slice: UnsafeRawBufferPointer, from: Int, into sink: inout some RecordSink
    ) throws -> Int {
        var end = from
        while end < slice.count, slice[end] != 0x0A, slice[end] != 0x0D { end += 1 }
        carry.store.append(UnsafeRawBufferPointer(rebasing: slice[from..<end]))
        try checkLength()
        guard end < slice.count else { return end }
        try endDamaged(into: &sink)
        if carry.store.count > 0 || isDamaged {
            // Lines that an unclosed quote had swallowed were read again; the last of them ends here.
            return end
        }
        return try endLine(slice, end)
    }

    /// Passes over the line break that ends a damaged record.
    private func endLine(_ slice: UnsafeRawBufferPointer, _ end: Int) throws -> Int {
        line += 1
        offset += encoding.width(ofUTF8Byte: 0x0A)
        if slice[end] == 0x0D {
            indexer.resetAfterReturn()
            skipsFeed = true
        } else {
            indexer.reset()
        }
        return end + 1
    }

    /// Hands over the damaged record in `carry`. If its quote was open over a line break, only its first line is the
    /// record; the rest is read again as lines of their own.
    private func endDamaged(into sink: inout some RecordSink) throws {
        isDamaged = false
        indexer.reset()
        skipsFeed = false
        let text = [UInt8](carry.store.bytes)
        carry.clear()
        try text.withUnsafeBytes { text in
            let diagnosis = CSVDiagnosis(text, delimiter: delimiter)
            let end = diagnosis.endOfDamage(in: text)
            let record = UnsafeRawBufferPointer(rebasing: text[..<end])
            try emitDamaged(record, diagnosis, into: &sink)
            var place = TextPlace(Position(line: line, column: 1, byteOffset: offset), encoding: encoding)
            place.advance(over: record)
            line = place.position.line
            offset = place.position.byteOffset
            guard end < text.count else { return }
            let next = try endLine(text, end)
            try feed(UnsafeRawBufferPointer(rebasing: text[next...]), into: &sink)
        }
    }

    private func emitDamaged(
        _ record: UnsafeRawBufferPointer, _ diagnosis: CSVDiagnosis, into sink: inout some RecordSink
    ) throws {
        guard let base = record.baseAddress else { return }
        var ends = record.indices.filter { record[$0] == delimiter }.map { UInt32(truncatingIfNeeded: $0) }
        ends.append(UInt32(truncatingIfNeeded: record.count))
        try ends.withUnsafeBufferPointer { cells in
            guard let ends = cells.baseAddress else { return }
            try emitOdd(
                base, start: 0, end: record.count, ends: ends, count: cells.count, line: line, offset: offset,
                damage: diagnosis, into: &sink)
        }
    }
}
