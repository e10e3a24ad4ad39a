/// Records with stray quotes, and the way back to good ones.
extension CSVReader {
    /// Looks for the end of the damaged record's line, and continues after it. Returns where.
    func endDamagedLine(
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
    func endDamaged(into sink: inout some RecordSink) throws {
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
            try emitSlowPath(
                base, start: 0, end: record.count, ends: ends, count: cells.count, line: line, offset: offset,
                damage: diagnosis, into: &sink)
        }
    }
}
