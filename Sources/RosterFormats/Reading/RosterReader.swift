/// Reads a roster of any form from chunks of bytes, in any cut, and tells a ``RecordSink`` what it holds.
///
/// Synchronous and without files: who has the bytes feeds them. What it holds does not grow with the file.
public struct RosterReader: ~Copyable {
    private enum Phase {
        /// The form is not known yet: the first bytes are gathered.
        case gathering
        case csv(CSVReader)
        case xml(XMLReader)
        case json(JSONReader)
        case over
    }

    private let options: ReadingOptions
    private var phase = Phase.gathering
    private let sampleBytes: Int
    private var head: RawStore
    private var decoder = TextDecoder(.utf8)
    private var check = UTF8Check()
    /// Bytes of the file that were read.
    private var passed = 0

    /// Creates a reader for one roster.
    public init(_ options: ReadingOptions) {
        self.init(options, sampleBytes: FormatDetection.sampleBytes)
    }

    /// With a sample of another size, so that tests reach what comes after it with little text.
    init(_ options: ReadingOptions, sampleBytes: Int) {
        self.options = options
        self.sampleBytes = sampleBytes
        head = RawStore(capacity: sampleBytes)
    }

    /// Takes the file's next bytes. Throws a ``RosterFormatError`` for what makes the file unusable, and what the sink throws;
    /// after that the reader takes no more.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        do {
            try take(chunk, into: &sink)
        } catch {
            phase = .over
            throw error
        }
    }

    /// Says that the file ends here.
    public mutating func finish(into sink: inout some RecordSink) throws {
        defer { phase = .over }
        if case .gathering = phase { try begin(isWhole: true, into: &sink) }
        if let failure = decoder.end() { throw invalidBytes(failure.bytes) }
        if check.pending > 0 { throw invalidBytes(nil, before: check.pending) }
        switch phase {
        case .csv(let reader): try reader.finish(into: &sink)
        case .xml(let reader): try reader.finish(into: &sink)
        case .json(let reader): try reader.finish(into: &sink)
        case .gathering, .over: throw RosterReader.misuse
        }
    }

    private static let misuse = RosterFormatError(.misuse)

    /// What the reader holds in buffers of its own.
    var bytesHeld: Int {
        let decoded = decoder.decoded.capacity
        return switch phase {
        case .csv(let reader): head.capacity + decoded + reader.bytesHeld
        case .xml(let reader): head.capacity + decoded + reader.bytesHeld
        case .json(let reader): head.capacity + decoded + reader.bytesHeld
        case .gathering, .over: head.capacity + decoded
        }
    }

    private mutating func take(_ chunk: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        switch phase {
        case .over: throw RosterReader.misuse
        case .csv, .xml, .json: try pass(chunk, into: &sink)
        case .gathering:
            let missing = min(sampleBytes - head.count, chunk.count)
            head.append(UnsafeRawBufferPointer(rebasing: chunk[..<missing]))
            guard head.count == sampleBytes else { return }
            try begin(isWhole: false, into: &sink)
            try pass(UnsafeRawBufferPointer(rebasing: chunk[missing...]), into: &sink)
        }
    }

    /// Finds out the form from what was gathered, and reads it.
    private mutating func begin(isWhole: Bool, into sink: inout some RecordSink) throws {
        let form = try FormatDetection(head.bytes, options: options)
        decoder = TextDecoder(form.encoding)
        let text = UnsafeRawBufferPointer(rebasing: head.bytes[form.markBytes...])
        var dialect = Dialect(
            format: form.format, encoding: form.encoding, hadByteOrderMark: form.hadByteOrderMark)
        passed = form.markBytes
        switch form.format {
        case .xml:
            phase = .xml(try XMLReader(dialect, options: options))
            try pass(text, into: &sink)
        case .json:
            phase = .json(JSONReader(dialect, options: options, offset: form.markBytes))
            try pass(text, into: &sink)
        case .csv:
            // A decoder of its own: the sample must not move the one that reads the file.
            var sampler = TextDecoder(form.encoding)
            _ = sampler.decode(text)
            let found = DelimiterDetection(sampler.decoded.bytes, isWhole: isWhole, delimiter: options.delimiter)
            dialect.delimiter = found.delimiter
            dialect.lineEnding = found.lineEnding
            dialect.hasSeparatorLine = found.separatorLineBytes > 0
            let skipped = sampler.decoded.bytes[..<found.separatorLineBytes]
                .reduce(0) { $0 + form.encoding.width(ofUTF8Byte: $1) }
            phase = .csv(
                CSVReader(
                    dialect, delimiter: found.delimiter, hasHeader: options.hasHeader,
                    maximumRecordBytes: options.maximumRecordBytes, line: dialect.hasSeparatorLine ? 2 : 1,
                    offset: form.markBytes + skipped))
            try pass(UnsafeRawBufferPointer(rebasing: text[skipped...]), into: &sink)
        }
    }

    /// Decodes and checks, a slice at a time so that buffers stay small, and reads.
    private mutating func pass(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        var from = 0
        while from < bytes.count {
            let to = min(from + CSVReader.sliceBytes, bytes.count)
            try passSlice(UnsafeRawBufferPointer(rebasing: bytes[from..<to]), into: &sink)
            from = to
        }
    }

    private mutating func passSlice(_ slice: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        if !decoder.encoding.isUTF8 {
            let failure = decoder.decode(slice)
            try read(decoder.decoded.bytes, into: &sink)
            passed += slice.count
            if let failure { throw invalidBytes(failure.bytes) }
            return
        }
        if let error = check.firstError(in: slice) {
            let valid = UnsafeRawBufferPointer(rebasing: slice[..<max(error, 0)])
            try read(valid, into: &sink)
            passed += valid.count
            let byte = String(check.lead, radix: 16, uppercase: true)
            throw invalidBytes("0x" + byte, before: max(-error, 0))
        }
        try read(slice, into: &sink)
        passed += slice.count
    }

    private func read(_ text: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        switch phase {
        case .csv(let reader): try reader.feed(text, into: &sink)
        case .xml(let reader): try reader.feed(text, into: &sink)
        case .json(let reader): try reader.feed(text, into: &sink)
        case .gathering, .over: break
        }
    }

    private var isJSON: Bool {
        if case .json = phase { true } else { false }
    }

    /// `before`: how many bytes before the place where the reading stands.
    private func invalidBytes(_ bytes: String?, before: Int = 0) -> RosterFormatError {
        var position: Position? =
            switch phase {
            case .csv(let reader): reader.place
            case .xml(let reader): Position(line: reader.place.line, column: 0, byteOffset: passed)
            case .json(let reader): reader.place
            case .gathering, .over: nil
            }
        // The reader of JSON has not taken the part of the character that came before.
        if before > 0, !isJSON {
            position?.byteOffset -= before
            if let column = position?.column, column > 0 { position?.column = column - 1 }
        }
        return RosterFormatError(
            .invalidBytes(bytes, byteOffset: position?.byteOffset, encoding: decoder.encoding), position: position)
    }
}
