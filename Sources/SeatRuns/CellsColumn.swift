internal import Foundation

/// A row's own cells as a JSON array of strings, written and read by hand: a coder for each of a million rows would take
/// longer than everything else.
enum CellsColumn {
    static func text(_ cells: [String]) -> String? {
        guard !cells.isEmpty else { return nil }
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in cell.utf8 { append(byte, to: &bytes) }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
        case UInt8(ascii: "\r"): bytes += Array(#"\r"#.utf8)
        case UInt8(ascii: "\t"): bytes += Array(#"\t"#.utf8)
        case 0..<0x20:
            let hex = String(byte, radix: 16)
            bytes += Array(("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
        default: bytes.append(byte)
        }
    }

    /// The cells of what ``text(_:)`` wrote; anything else goes through the full decoder.
    static func cells(_ text: String?) -> [String] {
        guard var text else { return [] }
        return text.withUTF8 { read($0) } ?? (try? PlanJSON.value([String].self, text)) ?? []
    }

    /// nil when an escape stands in the text: rare, and the full decoder's affair.
    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> [String]? {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "["), !bytes.contains(UInt8(ascii: "\\")) else { return nil }
        var cells: [String] = []
        var index = 1
        while index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            let start = index + 1
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            cells.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self))
            index = end + 1
            if index < bytes.count, bytes[index] == UInt8(ascii: ",") { index += 1 }
        }
        return index == bytes.count - 1 && bytes[index] == UInt8(ascii: "]") ? cells : nil
    }
}
