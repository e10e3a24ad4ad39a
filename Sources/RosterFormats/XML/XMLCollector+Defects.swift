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
                record: number))
    }

    @inline(never)
    mutating func defectOfRepetition(_ column: Int, _ line: UInt32, _ value: UnsafeRawBufferPointer) {
        let name = tree.columns[column]
        report(
            FormatDefect(
                .repeatedField(name, isOwnForm: isOwnForm), isError: isOwnForm,
                position: Position(line: Int(line), column: 0, byteOffset: 0), record: number, column: column,
                value: String(String(decoding: value.prefix(320), as: UTF8.self).prefix(80))))
    }

    @inline(never)
    mutating func refuseDepth() {
        stop(
            RosterFormatError(.deepNesting(limit: XMLCollector.maximumDepth), position: tagPosition()))
    }

    @inline(never)
    mutating func refuseID(_ name: String, _ count: Int) {
        stop(
            RosterFormatError(
                .longID(name, bytes: count, limit: XMLCollector.maximumIDBytes), position: tagPosition()))
    }

    @inline(never)
    mutating func refuseFields() {
        stop(
            RosterFormatError(
                .manyFields(limit: XMLFieldTree.maximumColumns),
                position: Position(line: Int(line), column: 0, byteOffset: 0)))
    }

    @inline(never)
    mutating func refuseLength() {
        stop(
            RosterFormatError(
                .longRecord(limit: maximumRecordBytes), position: Position(line: Int(line), column: 0, byteOffset: 0)))
    }
}
