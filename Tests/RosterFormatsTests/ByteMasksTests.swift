import CByteMasks
import TestSupport
import Testing

@Suite struct ByteMasksTests {
    /// Bytes around the ones looked for, so that borrows and high bits would show.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func bothWaysAgreeWithLookingAtEachByte(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let pool: [UInt8] = [0, 1, 0x0A, 0x0B, 0x0D, 0x21, 0x22, 0x23, 0x2B, 0x2C, 0x2D, 0x7F, 0x80, 0xA2, 0xAC, 0xFF]
        let bytes = (0..<64).map { _ in pool[Int.random(in: 0..<pool.count, using: &random)] }
        let calm = bytes.map { $0 == 0 || $0 == 0x22 || $0 == 0x0D ? 0x61 : $0 }
        let pairs: [(UInt8, UInt8)] = [(0x2C, 0x0A), (0x22, 0x22), (0, 0), (0x80, 0xFF), (0x0D, 0x7F)]
        for (x, y) in pairs {
            var expected: UInt64 = 0
            for (i, byte) in bytes.enumerated() where byte == x || byte == y { expected |= 1 << UInt64(i) }
            #expect(byte_mask_either(bytes, x, y) == expected)
            #expect(byte_mask_either_by_words(bytes, x, y) == expected)
        }
        for sample in [bytes, calm] {
            let none = !sample.contains { $0 == 0 || $0 == 0x22 || $0 == 0x0D }
            #expect(byte_mask_none(sample, 0x22, 0x0D) == none)
            #expect(byte_mask_none_by_words(sample, 0x22, 0x0D) == none)
        }
    }
}
