/// The header, and records that may have something wrong with them.
extension CSVReader {
    /// Hands over one record, or takes it as the header; whatever is wrong with it.
    func emit(
        _ base: UnsafeRawPointer, start: Int, end: Int, ends: UnsafePointer<UInt32>, count: Int, line: Int, offset: Int,
        into sink: inout some RecordSink
    ) throws {
        if count == 1, isBlank(base, start, end) { return }
        try emitSlowPath(
            base, start: start, end: end, ends: ends, count: count, line: line, offset: offset, damage: nil, into: &sink
        )
    }

    @inline(__always)
    func isBlank(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Bool {
        for i in start..<end {
            let byte = base.load(fromByteOffset: i, as: UInt8.self)
            if byte != 0x20 && byte != 0x09 { return false }
        }
        return true
    }

    /// The header, and records that may have defects.
    @inline(never)
    func emitSlowPath<Sink: RecordSink>(
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
                try emitSlowPath(
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
                    .nulByte, isError: true, position: record.position(at: start + nul), record: number))
        }
        if ragged {
            sink.defect(
                FormatDefect(
                    .raggedRow(cells: count, columns: columnCount), isError: true, position: record.position,
                    record: number))
        }
        try sink.record(record)
    }

    private func takeHeader(
        _ header: RecordView, nul: Position?, damage: CSVDiagnosis?, into sink: inout some RecordSink
    ) throws {
        columnCount = header.count
        if hasHeader, let damage {
            let defect = damage.defect(in: header)
            throw RosterFormatError(.malformedHeader(defect.problem), position: defect.position)
        }
        if hasHeader, let nul {
            throw RosterFormatError(.malformedHeader(.nulByte), position: nul)
        }
        let names = (0..<header.count).map { hasHeader ? header.string($0) : String($0 + 1) }
        dialect.columns = names
        sink.began(dialect)
        var seen: [String: Int] = [:]
        var place = TextPlace(header.position, encoding: encoding)
        var placed = header.start
        for (i, name) in names.enumerated() {
            sink.columnAdded(name, at: i)
            if !name.isEmpty, let first = seen.updateValue(i, forKey: name) {
                // From the last place on: a header of one name over and over is walked through once.
                let next = header.beginning(of: i)
                place.advance(over: UnsafeRawBufferPointer(start: header.base + placed, count: next - placed))
                placedBytes += next - placed
                placed = next
                sink.defect(
                    FormatDefect(
                        .duplicateColumn(first: first + 1, second: i + 1), isError: false, position: place.position,
                        column: i, value: name))
            }
        }
    }
}
