import TestSupport
import Testing

@testable import RosterFormats

/// Memory and time are bounded by the size of the input, whatever is in it. Time is counted, not measured.
@Suite struct BoundedReadingTests {
    private func held(_ text: String) throws -> (bytes: Int, failure: RosterFormatError?) {
        var reader = RosterReader(ReadingOptions())
        var sink = Ignored()
        var most = 0
        var failure: RosterFormatError?
        do {
            let bytes = Array(text.utf8)
            try bytes.withUnsafeBytes { all in
                for from in stride(from: 0, to: all.count, by: 1 << 16) {
                    let slice = UnsafeRawBufferPointer(rebasing: all[from..<min(all.count, from + 1 << 16)])
                    try reader.feed(slice, into: &sink)
                    most = max(most, reader.bytesHeld)
                }
            }
            try reader.finish(into: &sink)
        } catch let error as RosterFormatError {
            failure = error
        }
        return (max(most, reader.bytesHeld), failure)
    }

    private struct Ignored: RecordSink {
        mutating func began(_ dialect: Dialect) {}
        mutating func columnAdded(_ name: String, at index: Int) {}
        mutating func record(_ record: RecordView) {}
        mutating func defect(_ defect: FormatDefect) {}
    }

    // MARK: What members inherit

    @Test(arguments: ["subscription-id", "subscription_id", "order-id", "checkout-id", "team"])
    func `a container attribute longer than an id is refused where it stands`(_ name: String) {
        let long = String(repeating: "x", count: 100_000)
        for text in ["<roster \(name)='\(long)'>", "<roster>\n<group \(name)='\(long)'>"] {
            let read = Collected.read(text + String(repeating: "<member/>", count: 7_000) + "</roster>")
            #expect(read.failure?.code == .limitExceeded)
            #expect(read.failure?.problem == .longID(name, bytes: 100_000, limit: 256))
            #expect(read.failure?.position?.line == (text.contains("\n") ? 2 : 1))
            #expect(read.rows.isEmpty)
        }
        let longest = String(repeating: "x", count: XMLCollector.maximumIDBytes)
        let read = Collected.read("<roster \(name)='\(longest)'><member/></roster>")
        #expect(read.failure == nil && read.rows.first?.cells.map(\.text) == [longest])
    }

    @Test func `inherited values stand in memory once, not once for each member`() throws {
        let members = String(repeating: "<member/>", count: 50_000)
        let short = try held("<roster team='t'>\(members)</roster>")
        let long = try held("<roster team='\(String(repeating: "t", count: 256))'>\(members)</roster>")
        #expect(short.failure == nil && long.failure == nil)
        #expect(long.bytes - short.bytes < 4096)
    }

    /// Scopes in scopes, more than are kept before they are compacted, in slices of every size.
    @Test(arguments: UInt64(1)...20)
    func `members inherit from the innermost element that names a container`(_ seed: UInt64) {
        var random = SplitMix64(seed)
        var text = "<roster>"
        var open: [String?] = []
        var expected: [String] = []
        for number in 0..<4_000 {
            switch random.below(5) {
            case 0 where open.count < 20:
                let team = random.happens(0.7) ? "team-\(number)" : nil
                text += team.map { "<g team='\($0)'>" } ?? "<g>"
                open.append(team)
            case 1 where !open.isEmpty:
                text += "</g>"
                open.removeLast()
            case 2:
                text += "<member team='own'/>"
                expected.append("own")
            default:
                text += "<member/>"
                expected.append(open.compactMap(\.self).last ?? "")
            }
        }
        for _ in open { text += "</g>" }
        text += "</roster>"
        let whole = Collected.read(text)
        #expect(whole.failure == nil)
        #expect(whole.rows.map { $0.cells.first?.text ?? "" } == expected)
        let bytes = Array(text.utf8)
        let pieces = Collected.read(bytes, chunks: { 1 + random.below(5_000) })
        #expect(pieces.rows.map(\.cells) == whole.rows.map(\.cells))
    }

    @Test func `of one container attribute under two prefixes the first counts`() {
        let many = (0..<2_000).map { "xmlns:p\($0)='u\($0)' p\($0):team='t\($0)'" }.joined(separator: " ")
        let read = Collected.read("<roster \(many)><member/><member/></roster>")
        #expect(read.rows.map { $0.cells.map(\.text) } == [["t0"], ["t0"]])
    }

    // MARK: Names

    @Test func `200,000 distinct metadata keys are refused, and do not fill memory`() throws {
        var text = "<roster>"
        for number in 0..<200_000 {
            text += "<member email='a@acme-co.dev'><metadata key='key-\(number)'>v</metadata></member>"
        }
        let result = try held(text + "</roster>")
        #expect(result.failure?.code == .limitExceeded)
        #expect(result.bytes < 8 << 20)
    }

    @Test func `a header of one name over and over is walked through once`() throws {
        func placed(_ count: Int) throws -> Int {
            let header = (0..<count).map { _ in "x" }.joined(separator: ",") + "\n"
            var dialect = Dialect(format: .csv, encoding: .utf8)
            dialect.delimiter = 0x2C
            let reader = CSVReader(
                dialect, delimiter: 0x2C, hasHeader: true, maximumRecordBytes: 1 << 20, line: 1, offset: 0)
            var sink = Collected()
            try Array(header.utf8).withUnsafeBytes { try reader.feed($0, into: &sink) }
            #expect(sink.defects.count == count - 1)
            #expect(sink.defects.last?.position.column == 2 * count - 1)
            return reader.placedBytes
        }
        let (once, twice) = (try placed(10_000), try placed(20_000))
        #expect(once < 20_000 && twice < 2 * once + 10)
    }
}
