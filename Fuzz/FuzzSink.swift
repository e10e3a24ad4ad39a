import RosterFormats

/// Reads a file whole and again in small chunks, touches every cell, and stops the process if the two differ or if what a
/// sink may rely on does not hold.
struct FuzzSink: RecordSink {
    /// A running digest of all that was told, in order.
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    var columns = 0
    var rows = 0
    var hasBegun = false
    var failure: RosterFormatError?

    mutating func began(_ dialect: Dialect) {
        precondition(!hasBegun, "began twice")
        hasBegun = true
    }

    mutating func columnAdded(_ name: String, at index: Int) {
        precondition(hasBegun && index == columns, "columns out of order")
        columns += 1
        // XML announces columns slice by slice, before or after a defect: their names count, not when they come.
        if name.utf8.count > 1 << 21 { fatalError("a column's name has no bounds") }
    }

    mutating func record(_ record: RecordView) {
        precondition(hasBegun, "a record before the beginning")
        rows += 1
        precondition(record.number == rows, "records are not counted one by one")
        mix(UInt64(record.line))
        for i in 0..<record.count {
            precondition(
                record.isRagged || record.isDamaged || record.column(i) < columns, "a column that was not announced")
            mix(UInt64(record.column(i)) << 32 | UInt64(record.position(of: i).line))
            for byte in record.bytes(i) { mix(UInt64(byte)) }
            for byte in record.rawBytes(i) { mix(UInt64(byte)) }
        }
    }

    mutating func defect(_ defect: FormatDefect) {
        precondition(defect.position.line >= 1, "a defect without a place")
        for byte in defect.code.rawValue.utf8 { mix(UInt64(byte)) }
        mix(UInt64(defect.position.line))
    }

    private mutating func mix(_ value: UInt64) {
        digest = (digest ^ value) &* 0x0000_0100_0000_01b3
    }

    static func read(
        _ bytes: UnsafeRawBufferPointer, _ options: ReadingOptions, after start: [UInt8], chunk: Int
    ) -> FuzzSink {
        var sink = FuzzSink()
        var reader = RosterReader(options)
        do {
            try start.withUnsafeBytes { try reader.feed($0, into: &sink) }
            var from = 0
            while from < bytes.count {
                let to = min(from + chunk, bytes.count)
                // Memory of its own, so that the address sanitizer sees a read past a chunk's end.
                try [UInt8](bytes[from..<to]).withUnsafeBytes { try reader.feed($0, into: &sink) }
                from = to
            }
            try reader.finish(into: &sink)
        } catch let error as RosterFormatError {
            precondition(!error.code.rawValue.isEmpty, "an error of no kind")
            sink.failure = error
        } catch {
            fatalError("an error of another kind: \(error)")
        }
        return sink
    }

    static func compare(_ bytes: UnsafeRawBufferPointer, _ options: ReadingOptions, after start: [UInt8]) {
        let whole = read(bytes, options, after: start, chunk: max(1, bytes.count))
        for chunk in [1, 7, 4096] {
            let cut = read(bytes, options, after: start, chunk: chunk)
            // Of a document that is wrong in two ways libxml2 may name either, by what it has seen.
            let isXML = options.format == .xml
            precondition(
                isXML ? (cut.failure == nil) == (whole.failure == nil) : cut.failure == whole.failure,
                "another error in chunks of \(chunk)")
            if isXML && whole.failure != nil { continue }
            precondition(cut.rows == whole.rows && cut.digest == whole.digest, "another reading in chunks of \(chunk)")
        }
    }
}
