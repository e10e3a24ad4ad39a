/// Attributes and text as cells.
extension XMLCollector {
    @inline(__always)
    mutating func takeRecordAttributes(
        _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ line: UInt32
    ) {
        if count == usual.count, takeUsualAttributes(attributes, line) { return }
        learn(count, attributes)
        takeAttributes(0, count, attributes, line)
    }

    /// The hottest loops: on local values. Records tend to have the same attributes in the same order, so that what is
    /// known of the last one's needs no look-up, and none of them can be a repetition.
    ///
    /// - Returns: false, with nothing done, where this record is another.
    @inline(__always)
    private mutating func takeUsualAttributes(
        _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ line: UInt32
    ) -> Bool {
        let count = usual.count
        ends.reserve(count)
        columns.reserve(count)
        lines.reserve(count)
        let endOut = ends.base + ends.count
        let columnOut = columns.base + columns.count
        let lineOut = lines.base + lines.count
        let names = usual.base
        let last = lastRecord.base
        let number = number
        let start = arena.count &- current.start
        var used = start
        var i = 0
        while i < count {
            let attribute = attributes + i &* 5
            if attribute[0] != names[i].name { return false }
            used &+= Int(bitPattern: attribute[4]) &- Int(bitPattern: attribute[3])
            endOut[i] = UInt32(truncatingIfNeeded: used)
            used &+= 1
            i &+= 1
        }
        if used > maximumRecordBytes { return false }
        arena.reserve(used &- start)
        var out = arena.base + arena.count
        i = 0
        while i < count {
            guard let from = attributes[i &* 5 &+ 3] else { return false }
            let size = Int(bitPattern: attributes[i &* 5 &+ 4]) &- Int(bitPattern: from)
            out.copyMemory(from: from, byteCount: size)
            out += size &+ 1
            i &+= 1
        }
        i = 0
        while i < count {
            let column = names[i].column
            last[Int(column)] = number
            columnOut[i] = column
            lineOut[i] = line
            i &+= 1
        }
        arena.count = current.start &+ used
        ends.keepFirst(ends.count &+ count)
        columns.keepFirst(columns.count &+ count)
        lines.keepFirst(lines.count &+ count)
        return true
    }

    /// Notes the attributes of a record for the next one; none where they are not all cells of their own.
    @inline(never)
    private mutating func learn(_ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>) {
        usual.keepFirst(0)
        guard count <= 64 else { return }
        for i in 0..<count {
            guard let name = attributes[i * 5] else { return usual.keepFirst(0) }
            let column = tree.attribute(0, name)
            let isKnown = (0..<usual.count).contains { usual[$0].column == UInt32(bitPattern: column) }
            if column < 0 || isKnown { return usual.keepFirst(0) }
            widenLastRecord(Int(column))
            usual.append(AttributeCache(name: name, column: UInt32(bitPattern: column)))
        }
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
