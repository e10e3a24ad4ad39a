import Testing

@testable import RosterFormats

/// What the readers hold does not grow with the file.
@Suite struct FlatMemoryTests {
    private struct Counting: RecordSink {
        var rows = 0
        var bytes = 0
        mutating func began(_ dialect: Dialect) {}
        mutating func columnAdded(_ name: String, at index: Int) {}
        mutating func record(_ record: RecordView) {
            rows += 1
            for i in 0..<record.count { bytes += record.bytes(i).count }
        }
        mutating func defect(_ defect: FormatDefect) {}
    }

    /// Bytes held after so many rows, and the rows that came out.
    private func held(rows: Int, start: String, row: String, end: String) throws -> (bytes: Int, rows: Int) {
        var reader = RosterReader(ReadingOptions())
        var sink = Counting()
        let block = Array(String(repeating: row, count: 1000).utf8)
        try Array(start.utf8).withUnsafeBytes { try reader.feed($0, into: &sink) }
        for _ in 0..<rows / 1000 { try block.withUnsafeBytes { try reader.feed($0, into: &sink) } }
        let bytes = reader.bytesHeld
        try Array(end.utf8).withUnsafeBytes { try reader.feed($0, into: &sink) }
        try reader.finish(into: &sink)
        return (bytes, sink.rows)
    }

    static let forms = [
        (1_000_000, "email,name\n", "a@acme-co.dev,\"x \"\"y\"\"\nz\"\n", ""),
        (200_000, "<roster team='t'>", "<member email='a'>\n<name>b</name></member>", "</roster>"),
        (200_000, "{\"Resources\":[{}", ",{\"emails\":[{\"value\":\"a\"},\n{\"primary\":true}]}", "]}"),
    ]

    @Test(arguments: forms)
    func manyRowsNeedWhatTenThousandNeed(_ form: (rows: Int, start: String, row: String, end: String)) throws {
        let few = try held(rows: 10_000, start: form.start, row: form.row, end: form.end)
        let many = try held(rows: form.rows, start: form.start, row: form.row, end: form.end)
        let first = form.end == "]}" ? 1 : 0
        #expect(few.rows == 10_000 + first)
        #expect(many.rows == form.rows + first)
        #expect(many.bytes == few.bytes)
        #expect(many.bytes < 4 << 20)
    }
}
