/// Finds a CSV file's delimiter and line ends from its first records, with regard to quotes.
struct DelimiterDetection {
    static let candidates: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]

    var delimiter: UInt8
    var lineEnding: LineEnding?
    /// The bytes of a leading `sep=` line with its line break.
    var separatorLineBytes = 0

    init(_ sample: UnsafeRawBufferPointer, isWhole: Bool, delimiter asked: UInt8?) {
        var text = sample
        var found = asked
        if let line = DelimiterDetection.separatorLine(sample) {
            separatorLineBytes = line.length
            found = asked ?? line.delimiter
            text = UnsafeRawBufferPointer(rebasing: sample[line.length...])
        }
        if let found {
            delimiter = found
        } else {
            var best: (delimiter: UInt8, score: Int)?
            for candidate in DelimiterDetection.candidates {
                let score = DelimiterScore(text, delimiter: candidate, isWhole: isWhole).score
                if score > (best?.score ?? 0) { best = (candidate, score) }
            }
            delimiter = best?.delimiter ?? 0x2C
        }
        lineEnding = DelimiterScore(text, delimiter: delimiter, isWhole: isWhole, records: .max).lineEnding
    }

    /// `sep=;`, bare or in quotes, as Excel reads it.
    private static func separatorLine(_ sample: UnsafeRawBufferPointer) -> (delimiter: UInt8, length: Int)? {
        var bytes = sample[...]
        let isQuoted = bytes.first == 0x22
        if isQuoted { bytes = bytes.dropFirst() }
        guard bytes.count >= 5, bytes.prefix(4).elementsEqual("sep=".utf8) || bytes.prefix(4).elementsEqual("SEP=".utf8)
        else { return nil }
        bytes = bytes.dropFirst(4)
        guard let delimiter = bytes.popFirst(), delimiter < 0x80, delimiter != 0x22 else { return nil }
        if isQuoted {
            guard bytes.popFirst() == 0x22 else { return nil }
        }
        switch bytes.popFirst() {
        case 0x0A: break
        case 0x0D: if bytes.first == 0x0A { bytes = bytes.dropFirst() }
        default: return nil
        }
        return (delimiter, bytes.startIndex)
    }

    /// The shape that a text has under one delimiter.
    private struct DelimiterScore {
        var records = 0
        /// Fields of the first record, and how many others have as many.
        var fields = 0
        var alike = 0
        var feeds = 0
        var returns = 0
        var pairs = 0

        init(_ text: UnsafeRawBufferPointer, delimiter: UInt8, isWhole: Bool, records limit: Int = 64) {
            var count = 1
            var isInside = false
            var atStart = true
            var hasText = false
            var i = 0
            while i < text.count, records < limit {
                let byte = text[i]
                i += 1
                if isInside {
                    if byte == 0x22 { isInside = false }
                    continue
                }
                switch byte {
                case 0x22:
                    // After a closing quote the second of a pair opens again.
                    isInside = atStart || (i >= 2 && text[i - 2] == 0x22)
                    atStart = false
                    hasText = true
                case delimiter:
                    count += 1
                    atStart = true
                    hasText = true
                case 0x0A, 0x0D:
                    if byte == 0x0D, i < text.count, text[i] == 0x0A {
                        i += 1
                        pairs += 1
                    } else if byte == 0x0D {
                        returns += 1
                    } else {
                        feeds += 1
                    }
                    if hasText { end(&count) }
                    atStart = true
                    hasText = false
                default:
                    atStart = false
                    hasText = true
                }
            }
            if hasText && isWhole { end(&count) }
            // A sample that does not reach the first line's end still shows its fields.
            if records == 0 { fields = count }
        }

        private mutating func end(_ count: inout Int) {
            records += 1
            if records == 1 { fields = count }
            if count == fields { alike += 1 }
            count = 1
        }

        /// 0 where the first record is one field; otherwise the agreement of the records first, then the fields.
        var score: Int { fields < 2 ? 0 : (records == 0 ? 1000 : alike * 1000 / records) * 10_000 + min(fields, 9_999) }

        var lineEnding: LineEnding? {
            switch (feeds > 0, pairs > 0, returns > 0) {
            case (false, false, false): nil
            case (true, false, false): .lf
            case (false, true, false): .crlf
            case (false, false, true): .cr
            default: .mixed
            }
        }
    }
}
