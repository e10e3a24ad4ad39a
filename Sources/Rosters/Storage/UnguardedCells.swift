/// Cells of the record at hand that do not stand in the file as they are meant: few have a guard against formulas.
final class UnguardedCells {
    private var buffers: [UnsafeMutableRawBufferPointer] = []

    /// - Returns: a copy that is valid until ``removeAll()``.
    func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
        buffers.append(buffer)
        return UnsafeRawBufferPointer(buffer)
    }

    func removeAll() {
        if buffers.isEmpty { return }
        for buffer in buffers { buffer.deallocate() }
        buffers.removeAll(keepingCapacity: true)
    }

    deinit { removeAll() }
}
