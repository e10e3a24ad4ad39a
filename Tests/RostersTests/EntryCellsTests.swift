import RosterFormats
import Testing

@testable import Rosters

/// Rows keep their CSV record as it stands, and take it apart when they are asked: that must give what the reader gives.
@Suite struct EntryCellsTests {
    private static let pieces = [
        "", "a", "é", "'", "'=1", "=1", "''+", "\"\"", "\"a,b\"", "\"a;b\"", "\"a\nb\"", "\"say \"\"hi\"\"\"",
        "\"\"\"\"",
        "\"'@x\"", " a ", "a@acme-co.dev", "B@Acme-co.dev", "\"c@acme-co.dev\"", "\u{FEFF}d@acme-co.dev", "007", "x y",
    ]

    /// The cells as the reader hands them out, without the formula guard.
    private struct Cells: RecordSink {
        var rows: [[String]] = []
        mutating func began(_ dialect: Dialect) {}
        mutating func columnAdded(_ name: String, at index: Int) {}
        mutating func record(_ record: RecordView) {
            rows.append((0..<record.count).map { CSVGuard.unguarded(record.string($0)) })
        }
        mutating func defect(_ defect: FormatDefect) {}
    }

    @Test(arguments: UInt64(1)...200)
    func `kept cells are the reader's cells`(_ seed: UInt64) throws {
        var random = RosterRandom(seed)
        let delimiter = random.element([",", ";", "\t", "|"])
        let columns = Array(["email", "external_id", "name", "note", "more"].prefix(1 + random.below(5)))
        let lineEnd = random.element(["\n", "\r\n", "\r"])
        var text = columns.joined(separator: delimiter) + lineEnd
        for _ in 0..<random.below(80) {
            // Now and then a row that is too short, or one with a stray quote.
            let count = random.below(12) == 0 ? 1 + random.below(columns.count) : columns.count
            text += (0..<count).map { _ in random.element(Self.pieces) }.joined(separator: delimiter)
            text += (random.below(20) == 0 ? "\"x\"y" : "") + lineEnd
        }
        var reading = ReadingOptions()
        reading.delimiter = delimiter.utf8.first
        var read = Cells()
        try RosterReading.feed(Array(text.utf8), reading, into: &read)
        var options = RosterOptions()
        options.carried = columns.filter { ["note", "more"].contains($0) }
        let roster = try RosterReading.roster(text, reading: reading, options: options)
        // What stands beyond the header belongs to no column, and is not kept.
        #expect(roster.rows.map(\.cells) == read.rows.map { Array($0.prefix(columns.count)) })
    }

    @Test func `a record's address and ids are not stored twice`() throws {
        let text = "email,external_id,name\n" + (0..<100).map { "p\($0)@acme-co.dev,\"u\($0)\",P \($0)\n" }.joined()
        let roster = try RosterReading.roster(text)
        let records = text.split(separator: "\n").dropFirst()
        #expect(roster.entries.byteCount == records.reduce(0) { $0 + $1.utf8.count })
        #expect(roster.rows[41].externalID == "u41" && roster.rows[41].details.name == "P 41")
    }
}

@Suite struct BulkArrayTests {
    /// Beyond the size at which huge pages are asked for.
    @Test func `it holds what was put in, however often it moved`() {
        var array = BulkArray<UInt64>()
        for value in 0..<UInt64(1_200_000) { array.append(value &* 0x9E37_79B9_7F4A_7C15) }
        #expect(array.count == 1_200_000)
        #expect((0..<1_200_000).allSatisfy { array[$0] == UInt64($0) &* 0x9E37_79B9_7F4A_7C15 })
    }

    @Test func `copies do not see each other's writes`() {
        var one = BulkArray<UInt8>()
        one.reserveCapacity(64)
        Array("shared".utf8).withUnsafeBytes { one.append(contentsOf: $0) }
        var two = one
        Array(" one".utf8).withUnsafeBytes { one.append(contentsOf: $0) }
        Array(" and two".utf8).withUnsafeBytes { two.append(contentsOf: $0) }
        two.truncate(to: 10)
        let three = two
        two.append(0x21)
        two[0] = 0x53
        func text(_ array: BulkArray<UInt8>) -> String {
            array.withBytes(0, array.count) { String(decoding: $0, as: UTF8.self) }
        }
        #expect(text(one) == "shared one" && text(two) == "Shared and!" && text(three) == "shared and")
    }

    @Test func `nothing can be appended and room be asked for in vain`() {
        var array = BulkArray<UInt8>()
        array.append(contentsOf: UnsafeRawBufferPointer(start: nil, count: 0))
        array.reserveCapacity(0)
        array.truncate(to: 3)
        #expect(array.count == 0)
        #expect(array.withBytes(0, 0) { $0.isEmpty })
    }
}

@Suite struct ByteIndexTests {
    /// A table that has to grow, with keys that share a slot and keys that share the whole of what is stored of a hash.
    @Test(arguments: [UInt64(1) << 32, 1 << 24, 1 << 33, 0x9E37_79B9_7F4A_7C15])
    func `each key is found again, whatever its hash`(_ step: UInt64) {
        var index = ByteIndex(minimumCapacity: 1)
        func hash(_ key: Int) -> KeyHash {
            KeyHash(value: UInt32(truncatingIfNeeded: UInt64(key / 3 + 1) &* step >> 24))
        }
        for key in 0..<900 { #expect(index.insert(Int32(key), hash(key)) { $0 == Int32(key) } == nil) }
        for key in 0..<900 {
            #expect(index.find(hash(key)) { $0 == Int32(key) } == Int32(key))
            #expect(index.insert(7, hash(key)) { $0 == Int32(key) } == Int32(key))
        }
        #expect(index.find(hash(901)) { $0 == 901 } == nil)
    }
}
