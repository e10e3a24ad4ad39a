import CLibXML2

/// What is wrong with a document that is well-formed.
extension XMLCollector {
    mutating func report(_ defect: FormatDefect) {
        defects.append((records.count, defect))
        if defect.isError && recordDepth > 0 { current.isDamaged = true }
    }

    /// The number of the record that is open.
    var openRecord: Int? { recordDepth > 0 ? number : nil }

    /// Where the start tag that was just read begins. The column is 0 where the parser has let go of the line's beginning:
    /// of what it has read it keeps some eighty bytes.
    @inline(never)
    func tagPosition() -> Position {
        let line = Int(tagLine(line))
        guard let input = parser.pointee.input?.pointee, let base = input.base, var at = input.cur, at > base else {
            return Position(line: line, column: 0, byteOffset: 0)
        }
        repeat { at -= 1 } while at > base && at.pointee != UInt8(ascii: "<")
        var column = 1
        while at > base, at[-1] != 0x0A {
            at -= 1
            // Characters are counted, by their first bytes.
            if at.pointee & 0xC0 != 0x80 { column += 1 }
        }
        let isWhole = at > base || input.consumed == 0
        return Position(line: line, column: isWhole ? column : 0, byteOffset: 0)
    }

    @inline(never)
    mutating func defectOfNesting() {
        report(
            FormatDefect(
                .nestedRecord, isError: true, position: tagPosition(),
                record: number, message: "a member stands inside another member",
                remedy: "close the first member before the second begins"))
    }

    @inline(never)
    mutating func defectOfRepetition(_ column: Int, _ line: UInt32, _ value: UnsafeRawBufferPointer) {
        let name = tree.columns[column]
        report(
            FormatDefect(
                .repeatedField, isError: isOwnForm,
                position: Position(line: Int(line), column: 0, byteOffset: 0), record: number, column: column,
                value: String(String(decoding: value.prefix(320), as: UTF8.self).prefix(80)),
                message: isOwnForm
                    ? "\"\(name)\" is given twice" : "\"\(name)\" occurs again in this record; the first is used",
                remedy: isOwnForm ? "keep one of them" : nil))
    }

    @inline(never)
    mutating func refuseDepth() {
        stop(
            RosterFormatError(
                .limitExceeded, "elements are nested more than \(XMLCollector.maximumDepth) deep",
                remedy: "check that this is a roster", position: tagPosition()))
    }

    @inline(never)
    mutating func refuseID(_ name: String, _ count: Int) {
        stop(
            RosterFormatError(
                .limitExceeded,
                "the value of \"\(name)\" is \(count) bytes long; the limit is \(XMLCollector.maximumIDBytes)",
                remedy: "write one id there", position: tagPosition()))
    }

    @inline(never)
    mutating func refuseFields() {
        stop(
            RosterFormatError(
                .limitExceeded,
                "the records have more than \(XMLFieldTree.maximumColumns) different fields and metadata keys",
                remedy: "remove fields, or name only the columns that count",
                position: Position(line: Int(line), column: 0, byteOffset: 0)))
    }

    @inline(never)
    mutating func refuseLength() {
        stop(
            RosterFormatError(
                .limitExceeded, "a record or a piece of markup is longer than \(maximumRecordBytes) bytes",
                remedy: "check that this is a roster", position: Position(line: Int(line), column: 0, byteOffset: 0)))
    }
}
