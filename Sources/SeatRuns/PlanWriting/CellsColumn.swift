internal import Foundation

/// A row's own cells as a JSON array of strings, read by hand: a coder for each of a million rows would take longer than
/// everything else.
enum CellsColumn {
    /// The cells of what ``PlanJSONBytes/array(of:)`` wrote; what has an escape in it goes through the full decoder.
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
