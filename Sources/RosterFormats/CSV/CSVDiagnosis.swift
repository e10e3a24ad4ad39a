/// What is wrong with the quotes of one record, found byte by byte. Cold: the indexer saw that something is.
struct CSVDiagnosis {
    enum Kind {
        case quoteInsideCell, textAfterQuote, notClosed, nothing
    }

    private(set) var kind = Kind.nothing
    /// The stray quote, or the text after the closing one.
    private(set) var stop: Int
    /// The opening quote of the cell in question.
    private(set) var openQuote: Int?

    init(_ bytes: UnsafeRawBufferPointer, delimiter: UInt8) {
        stop = bytes.count
        var i = 0
        while i < bytes.count {
            // At the beginning of a cell.
            guard bytes[i] == 0x22 else {
                while i < bytes.count, bytes[i] != delimiter {
                    if bytes[i] == 0x22 {
                        kind = .quoteInsideCell
                        stop = i
                        return
                    }
                    i += 1
                }
                i += 1
                continue
            }
            openQuote = i
            i += 1
            while i < bytes.count {
                if bytes[i] == 0x22 {
                    guard i + 1 < bytes.count, bytes[i + 1] == 0x22 else { break }
                    i += 1
                }
                i += 1
            }
            guard i < bytes.count else {
                kind = .notClosed
                return
            }
            i += 1
            if i < bytes.count, bytes[i] != delimiter {
                kind = .textAfterQuote
                stop = i
                return
            }
            openQuote = nil
            i += 1
        }
    }

    /// Where the damaged record ends: at the first line break after the quote that swallowed it, else at the text's end.
    func endOfDamage(in text: UnsafeRawBufferPointer) -> Int {
        guard kind == .textAfterQuote, let openQuote else { return text.count }
        return text[openQuote..<stop].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
    }

    func defect(in record: RecordView) -> FormatDefect {
        let text = record.rawRecord
        let swallowed = stop > text.count
        let at = swallowed ? (openQuote ?? 0) : stop
        let problem: FormatDefect.Problem =
            switch kind {
            case .quoteInsideCell, .nothing: .quoteInsideCell
            case .textAfterQuote where swallowed, .notClosed: .quoteNotClosed
            case .textAfterQuote: .textAfterQuote
            }
        return FormatDefect(
            problem, isError: true, position: record.position(at: record.start + at),
            record: record.number == 0 ? nil : record.number, value: excerpt(text, around: at))
    }

    /// Up to 40 characters on each side.
    private func excerpt(_ text: UnsafeRawBufferPointer, around at: Int) -> String {
        let before = String(decoding: text[..<at], as: UTF8.self).suffix(40)
        let after = String(decoding: text[at...], as: UTF8.self).prefix(40)
        return String(before + after)
    }
}
