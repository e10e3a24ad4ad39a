internal import RosterFormats

/// A row's text where it stands, for writing it on without a String.
public struct EntryText {
    /// As it is sent; empty when the row has none.
    public let email: UnsafeRawBufferPointer
    /// As it is compared.
    public let emailKey: UnsafeRawBufferPointer
    /// The plain external id; empty when the row has none.
    public let externalID: UnsafeRawBufferPointer
    /// The person's name; empty when the row has none.
    public let name: UnsafeRawBufferPointer
    /// The roster's own.
    public let cells: RowCells
}

extension RosterTable {
    /// Calls `body` with row `index`'s text, which must not be kept.
    public func withText<R>(_ index: Int, _ body: (EntryText) throws -> R) rethrows -> R {
        let row = rows[index]
        return try arena.withBytes(row.base, arena.count - row.base) { bytes in
            func text(_ slice: Slice) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.length)])
            }
            return try body(
                EntryText(
                    email: text(row.email), emailKey: text(row.emailKey), externalID: text(row.externalID),
                    name: text(row.name), cells: RowCells(bytes: text(row.cells), delimiter: row.delimiter)))
        }
    }
}
