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
    var dialect: Dialect
    let hasHeader: Bool

    var indexer: CSVIndexer
    var index = CSVIndexer.Index(sliceBytes: CSVReader.sliceBytes)
    var carry = PartialRecord()
    var scratch = RawStore(capacity: CSVReader.sliceBytes)

    var columnCount: Int?
    var number = 0
    /// The line and the file's offset at which the record that is being read begins.
    var line: Int
    var offset: Int
    /// The last record ended in CR at the end of its slice: a LF there belongs to it.
    var skipsFeed = false
    /// Bytes walked through for the places of columns with one name: counted for tests.
    var placedBytes = 0
    /// A stray quote was found in the record in `carry`, whose line has not ended yet.
    var isDamaged = false

    /// The record that is not finished, when a slice ends.
    struct PartialRecord: ~Copyable {
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
            throw RosterFormatError(.emptyFile)
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

    func checkLength() throws {
        guard carry.store.count > maximumRecordBytes else { return }
        let limit = maximumRecordBytes
        if let opened = CSVDiagnosis(carry.store.bytes, delimiter: delimiter).openQuote {
            throw RosterFormatError(.longCell(limit: limit), position: place(inCarry: opened))
        }
        throw RosterFormatError(.longRow(limit: limit), position: place(inCarry: 0))
    }

    func unterminated() -> RosterFormatError {
        let opened = CSVDiagnosis(carry.store.bytes, delimiter: delimiter).openQuote ?? 0
        return RosterFormatError(.openQuote, position: place(inCarry: opened))
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
}
