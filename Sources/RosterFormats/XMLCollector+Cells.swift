/// Attributes and text as cells.
extension XMLCollector {
    /// The hottest loop: on local values, with room made beforehand. Records tend to have the same attributes in the same
    /// order, so the last one's are tried first.
    @inline(__always)
    mutating func takeRecordAttributes(
        _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ line: UInt32
    ) {
        ends.reserve(count)
        columns.reserve(count)
        lines.reserve(count)
        let endOut = ends.base + ends.count
        let columnOut = columns.base + columns.count
        let lineOut = lines.base + lines.count
        var start = arena.base + current.start
        var room = arena.capacity &- current.start
        let number = number
        var usual = self.usual.base
        var usualCount = self.usual.count
        var last = lastRecord.base
        var lastCount = lastRecord.count
        var used = arena.count &- current.start
        var cells = 0
        var i = 0
        while i < count {
            let attribute = attributes + i &* 5
            guard let key = attribute[0], let from = attribute[3], let to = attribute[4] else { break }
            if i >= usualCount || usual[i].name != key {
                learn(key, at: i)
                usual = self.usual.base
                usualCount = self.usual.count
                last = lastRecord.base
                lastCount = lastRecord.count
            }
            let column = Int(usual[i].column)
            i &+= 1
            guard column >= 0, column < lastCount else { continue }
            let size = to - from
            if last[column] == number {
                defectOfRepetition(column, line, UnsafeRawBufferPointer(start: from, count: size))
                continue
            }
            last[column] = number
            if used &+ size >= room {
                arena.count = current.start &+ used
                guard used &+ size <= maximumRecordBytes else { return refuseLength() }
                arena.reserve(size &+ 1)
                start = arena.base + current.start
                room = arena.capacity &- current.start
            }
            (start + used).copyMemory(from: from, byteCount: size)
            used &+= size
            endOut[cells] = UInt32(truncatingIfNeeded: used)
            used &+= 1
            columnOut[cells] = UInt32(truncatingIfNeeded: column)
            lineOut[cells] = line
            cells &+= 1
        }
        arena.count = current.start &+ used
        if used > maximumRecordBytes { return refuseLength() }
        ends.keepFirst(ends.count &+ cells)
        columns.keepFirst(columns.count &+ cells)
        lines.keepFirst(lines.count &+ cells)
    }

    /// Notes the record's attribute `i`; the ones after it are learnt again.
    @inline(never)
    mutating func learn(_ key: Name, at i: Int) {
        let column = tree.attribute(0, key)
        if column >= 0 { widenLastRecord(Int(column)) }
        usual.keepFirst(i)
        usual.append(Usual(name: key, column: column))
    }

    @inline(never)
    mutating func takeAttributes(
        _ node: Int32, _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ line: UInt32
    ) {
        for i in 0..<count {
            let attribute = attributes + i * 5
            guard let key = attribute[0], let from = attribute[3], let to = attribute[4] else { continue }
            let column = tree.attribute(node, key)
            if column >= 0 { addCell(column, from, to - from, line) }
        }
    }

    @inline(never)
    mutating func takeMetadata(
        _ node: Int32, _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ line: UInt32
    ) {
        for i in 0..<count {
            let attribute = attributes + i * 5
            guard let key = attribute[0], let from = attribute[3], let to = attribute[4] else { continue }
            if String(cString: key) == "key" {
                textColumn = tree.metadata(UnsafeRawBufferPointer(start: from, count: to - from))
                needsText = false
                continue
            }
            let column = tree.attribute(node, key)
            if column >= 0 { addCell(column, from, to - from, line) }
        }
    }

    @inline(__always)
    mutating func addCell(_ column: Int32, _ bytes: Name, _ count: Int, _ line: UInt32) {
        if arena.count &+ count &- current.start > maximumRecordBytes { return refuseLength() }
        guard isFirst(column, line, bytes, count) else { return }
        arena.reserve(count &+ 1)
        (arena.base + arena.count).copyMemory(from: bytes, byteCount: count)
        arena.count &+= count
        closeCell(column, line)
    }

    @inline(__always)
    mutating func closeCell(_ column: Int32, _ line: UInt32) {
        ends.append(UInt32(truncatingIfNeeded: arena.count &- current.start))
        columns.append(UInt32(truncatingIfNeeded: column))
        lines.append(line)
        // The byte between two cells, whatever it is.
        arena.reserve(1)
        arena.count &+= 1
    }

    @inline(__always)
    mutating func isFirst(_ column: Int32, _ line: UInt32, _ value: Name, _ count: Int) -> Bool {
        let i = Int(column)
        if i >= lastRecord.count { widenLastRecord(i) }
        if lastRecord[i] == number {
            defectOfRepetition(i, line, UnsafeRawBufferPointer(start: value, count: count))
            return false
        }
        lastRecord[i] = number
        return true
    }

    @inline(never)
    mutating func widenLastRecord(_ column: Int) {
        while lastRecord.count <= column { lastRecord.append(0) }
    }

    mutating func endText() {
        defer { textStart = -1 }
        guard textColumn >= 0, isTextMeant() else {
            arena.count = textStart
            return
        }
        let text = (arena.base + textStart).assumingMemoryBound(to: UInt8.self)
        guard isFirst(textColumn, textLine, text, arena.count - textStart) else {
            arena.count = textStart
            return
        }
        closeCell(textColumn, textLine)
    }

    func isTextMeant() -> Bool {
        guard needsText else { return true }
        var i = textStart
        while i < arena.count {
            if arena.base.load(fromByteOffset: i, as: UInt8.self) > 0x20 { return true }
            i &+= 1
        }
        return false
    }
}
