final class XMLReader {
    init(_ dialect: Dialect, options: ReadingOptions) throws {
        throw RosterFormatError(.unknownDocument, "XML is not read yet", remedy: "give the roster as CSV")
    }
    let bytesHeld = 0
    let place = Position(line: 1, column: 0, byteOffset: 0)
    func feed(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {}
    func finish(into sink: inout some RecordSink) throws {}
}
