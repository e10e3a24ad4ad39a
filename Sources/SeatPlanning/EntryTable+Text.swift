/// A row's text where it stands, for writing it on without a String.
public struct EntryText {
    /// As it is sent; empty when the row has none.
    public let email: UnsafeRawBufferPointer
    /// As it is compared.
    public let emailKey: UnsafeRawBufferPointer
    public let externalID: UnsafeRawBufferPointer
    public let name: UnsafeRawBufferPointer
    /// The roster's own cells, each followed by a zero byte.
    public let cells: UnsafeRawBufferPointer
}

extension EntryTable {
    /// Calls `body` with row `index`'s text, which must not be kept.
    public func withText<R>(_ index: Int, _ body: (EntryText) throws -> R) rethrows -> R {
        let row = rows[index]
        return try arena.withUnsafeBytes { arena in
            func text(_ slice: Slice) -> UnsafeRawBufferPointer {
                let start = row.base + Int(slice.offset)
                return UnsafeRawBufferPointer(rebasing: arena[start..<start + Int(slice.length)])
            }
            return try body(
                EntryText(
                    email: text(row.email), emailKey: text(row.emailKey), externalID: text(row.externalID),
                    name: text(row.name), cells: text(row.cells)))
        }
    }
}
