import CLibXML2

/// Gathers what one slice of XML holds while libxml2 calls back: the cells' bytes in one arena, drained after the slice.
///
/// It lives behind a pointer of its own because C calls it; everything a callback touches is plain memory.
struct XMLCollector: ~Copyable {
    typealias Name = UnsafePointer<UInt8>

    /// Deeper documents are refused before libxml2 does it in its own words.
    static let maximumDepth = 128

    struct Record {
        var number: Int
        var line: Int
        var start: Int
        var firstCell: Int
        var cellCount = 0
        var isDamaged = false
    }

    let parser: xmlParserCtxtPtr
    let isOwnForm: Bool
    /// The parser's interned name of the record element.
    let recordName: Name?
    let maximumRecordBytes: Int
    var tree: XMLFieldTree

    // What has been read and not been handed over.
    var arena = RawStore(capacity: 1 << 16)
    var ends = RawList<UInt32>(capacity: 4096)
    var columns = RawList<UInt32>(capacity: 4096)
    var lines = RawList<UInt32>(capacity: 4096)
    var records = RawList<Record>(capacity: 512)
    /// Defects, each with how many of `records` come before it.
    var defects: [(before: Int, defect: FormatDefect)] = []
    var failure: RosterFormatError?
    /// The first fatal error that libxml2 told.
    var parserFailure: RosterFormatError?
    var root: String?

    // Where the parser stands.
    private var depth = 0
    private var recordDepth = 0
    private var ignoredDepth = 0
    private var nodes = RawList<Int32>(capacity: 64)
    private var current = Record(number: 0, line: 0, start: 0, firstCell: 0)
    private(set) var number = 0
    /// The arena's offset where the text of the innermost element begins; -1 when it has a child element, or is none of
    /// ours.
    private var textStart = -1
    private var textColumn: Int32 = -1
    private var textLine: UInt32 = 0
    /// The innermost element has attributes: being empty, it has no text of its own.
    private var needsText = false
    private var lastLine: Int32 = 0
    /// For each column the number of the last record that had it.
    private var lastRecord = RawList<Int>(capacity: 64)
    private var usual = RawList<Usual>(capacity: 32)
    private var scopes: [Scope] = []

    struct Usual {
        var name: Name
        var column: Int32
    }
    var seenNames: [Name] = []
    /// The cells that members within the open scopes inherit, and their text.
    private var inherited = RawList<Inherited>(capacity: 4)
    private var inheritedBytes = RawStore(capacity: 256)

    struct Inherited {
        var column: Int32
        var from: Int
        var count: Int
    }

    /// An open element around records.
    private struct Scope {
        var line: Int
        var recordsBefore: Int
        var name: Name
        /// The container that it names for the records within.
        var container: [(column: Int32, value: [UInt8])] = []
    }

    init(
        parser: xmlParserCtxtPtr, isOwnForm: Bool, recordName: Name?, maximumRecordBytes: Int, paths: [String]
    ) {
        self.parser = parser
        self.isOwnForm = isOwnForm
        self.recordName = recordName
        self.maximumRecordBytes = maximumRecordBytes
        tree = XMLFieldTree(isOwnForm: isOwnForm, paths: paths)
    }

    var line: Int32 { parser.pointee.input?.pointee.line ?? 0 }

    var bytesHeld: Int {
        arena.capacity + ends.capacity * 12 + records.capacity * MemoryLayout<Record>.stride + nodes.capacity * 4
            + lastRecord.capacity * 8
    }

    // MARK: Elements

    @inline(__always)
    mutating func startElement(
        _ name: Name, attributeCount: Int, attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        depth &+= 1
        if depth > XMLCollector.maximumDepth { return refuseDepth() }
        if recordDepth == 0 {
            let now = line
            if depth == 1, !takeRoot(name) { return }
            if name == recordName {
                beginRecord(now)
            } else {
                enterScope(name, attributeCount, attributes)
                lastLine = now
                return
            }
        } else {
            // The parent is no leaf: its text so far is white space around its children.
            if textStart >= 0 { arena.count = textStart }
            textStart = -1
            if ignoredDepth > 0 { return }
            if isOwnForm, name == recordName { defectOfNesting() }
            let node = tree.child(nodes[nodes.count &- 1], name)
            if node < 0 {
                ignoredDepth = depth
                return
            }
            nodes.append(node)
        }
        let node = nodes[nodes.count &- 1]
        let now = line
        lastLine = now
        textColumn = XMLFieldTree.ignored
        needsText = attributeCount > 0 || depth == recordDepth
        let isMetadata = isOwnForm && node != 0 && tree.isMetadata(node)
        if let attributes {
            if isMetadata {
                takeMetadata(node, attributeCount, attributes, UInt32(truncatingIfNeeded: now))
            } else if node == 0 {
                takeRecordAttributes(attributeCount, attributes, UInt32(truncatingIfNeeded: now))
            } else {
                takeAttributes(node, attributeCount, attributes, UInt32(truncatingIfNeeded: now))
            }
        }
        if textColumn < 0 { textColumn = tree.text(node) }
        textStart = arena.count
        textLine = UInt32(truncatingIfNeeded: now)
    }

    @inline(__always)
    mutating func endElement() {
        lastLine = line
        defer { depth &-= 1 }
        if recordDepth == 0 { return leaveScope() }
        if ignoredDepth > 0 {
            if ignoredDepth == depth { ignoredDepth = 0 }
            return
        }
        if textStart >= 0 { endText() }
        nodes.removeLast()
        if depth == recordDepth { endRecord() }
    }

    @inline(__always)
    mutating func characters(_ text: Name, _ count: Int) {
        lastLine = line
        guard textStart >= 0, textColumn >= 0 else { return }
        arena.append(UnsafeRawBufferPointer(start: text, count: count))
        if arena.count &- current.start > maximumRecordBytes { refuseLength() }
    }

    /// Comments and processing instructions only move the line.
    mutating func passed() { lastLine = line }

    mutating func stop(_ error: RosterFormatError) {
        if failure == nil { failure = error }
        xmlStopParser(parser)
    }

    // MARK: Records

    private mutating func beginRecord(_ now: Int32) {
        number &+= 1
        recordDepth = depth
        current = Record(
            number: number, line: Int(now == lastLine ? now : tagLine(now)), start: arena.count, firstCell: ends.count)
        nodes.append(0)
    }

    /// The hottest loop: on local values, with room made beforehand. Records tend to have the same attributes in the same
    /// order, so the last one's are tried first.
    @inline(__always)
    private mutating func takeRecordAttributes(
        _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ line: UInt32
    ) {
        var length = count
        for i in 0..<count {
            guard let from = attributes[i &* 5 &+ 3], let to = attributes[i &* 5 &+ 4] else { return }
            length &+= to - from
        }
        if length > maximumRecordBytes { return refuseLength() }
        arena.reserve(length)
        ends.reserve(count)
        columns.reserve(count)
        lines.reserve(count)
        let endOut = ends.base + ends.count
        let columnOut = columns.base + columns.count
        let lineOut = lines.base + lines.count
        let start = arena.base + current.start
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
            (start + used).copyMemory(from: from, byteCount: size)
            used &+= size
            endOut[cells] = UInt32(truncatingIfNeeded: used)
            used &+= 1
            columnOut[cells] = UInt32(truncatingIfNeeded: column)
            lineOut[cells] = line
            cells &+= 1
        }
        arena.count = current.start &+ used
        ends.keepFirst(ends.count &+ cells)
        columns.keepFirst(columns.count &+ cells)
        lines.keepFirst(lines.count &+ cells)
    }

    /// Notes the record's attribute `i`; the ones after it are learnt again.
    @inline(never)
    private mutating func learn(_ key: Name, at i: Int) {
        let column = tree.attribute(0, key)
        if column >= 0 { widenLastRecord(Int(column)) }
        usual.keepFirst(i)
        usual.append(Usual(name: key, column: column))
    }

    @inline(never)
    private mutating func takeAttributes(
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
    private mutating func takeMetadata(
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

    /// The line on which the start tag that was just read begins. No `<` can stand inside it.
    @inline(never)
    private func tagLine(_ now: Int32) -> Int32 {
        guard let input = parser.pointee.input, let base = input.pointee.base, var at = input.pointee.cur else {
            return now
        }
        var line = now
        while at > base {
            at -= 1
            if at.pointee == 0x0A { line -= 1 }
            if at.pointee == 0x3C { break }
        }
        return line
    }

    @inline(__always)
    private mutating func addCell(_ column: Int32, _ bytes: Name, _ count: Int, _ line: UInt32) {
        if arena.count &+ count &- current.start > maximumRecordBytes { return refuseLength() }
        guard isFirst(column, line, bytes, count) else { return }
        arena.reserve(count &+ 1)
        (arena.base + arena.count).copyMemory(from: bytes, byteCount: count)
        arena.count &+= count
        closeCell(column, line)
    }

    @inline(__always)
    private mutating func closeCell(_ column: Int32, _ line: UInt32) {
        ends.append(UInt32(truncatingIfNeeded: arena.count &- current.start))
        columns.append(UInt32(truncatingIfNeeded: column))
        lines.append(line)
        // The byte between two cells, whatever it is.
        arena.reserve(1)
        arena.count &+= 1
    }

    @inline(__always)
    private mutating func isFirst(_ column: Int32, _ line: UInt32, _ value: Name, _ count: Int) -> Bool {
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
    private mutating func widenLastRecord(_ column: Int) {
        while lastRecord.count <= column { lastRecord.append(0) }
    }

    private mutating func endText() {
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

    private func isTextMeant() -> Bool {
        guard needsText else { return true }
        var i = textStart
        while i < arena.count {
            if arena.base.load(fromByteOffset: i, as: UInt8.self) > 0x20 { return true }
            i &+= 1
        }
        return false
    }

    @inline(__always)
    private mutating func endRecord() {
        if inherited.count > 0, !hasContainer() {
            for i in 0..<inherited.count {
                let cell = inherited[i]
                let from = (inheritedBytes.base + cell.from).assumingMemoryBound(to: UInt8.self)
                addCell(cell.column, from, cell.count, UInt32(truncatingIfNeeded: current.line))
            }
        }
        current.cellCount = ends.count &- current.firstCell
        records.append(current)
        recordDepth = 0
    }

    @inline(__always)
    private func hasContainer() -> Bool {
        var i = current.firstCell
        while i < columns.count {
            if tree.isContainer(columns[i]) { return true }
            i &+= 1
        }
        return false
    }

    /// The innermost scope that names a container names it alone: a member has one.
    private mutating func inherit() {
        inherited.keepFirst(0)
        inheritedBytes.count = 0
        guard let scope = scopes.last(where: { !$0.container.isEmpty }) else { return }
        for (column, value) in scope.container {
            inherited.append(Inherited(column: column, from: inheritedBytes.count, count: value.count))
            value.withUnsafeBytes { inheritedBytes.append($0) }
        }
    }

    /// Moves what belongs to the record that is still open to the front, after the others were handed over.
    mutating func drained() {
        records.keepFirst(0)
        defects.removeAll(keepingCapacity: true)
        if recordDepth == 0 {
            arena.count = 0
            ends.keepFirst(0)
            columns.keepFirst(0)
            lines.keepFirst(0)
            return
        }
        arena.dropFirst(current.start)
        if textStart >= 0 { textStart -= current.start }
        ends.dropFirst(current.firstCell)
        columns.dropFirst(current.firstCell)
        lines.dropFirst(current.firstCell)
        current.start = 0
        current.firstCell = 0
    }

    // MARK: Around records

    @inline(never)
    private mutating func takeRoot(_ name: Name) -> Bool {
        let root = String(cString: name)
        self.root = root
        guard isOwnForm && root != "roster" else { return true }
        stop(
            RosterFormatError(
                .unknownDocument, "the root element is \"\(root)\", not \"roster\"",
                remedy: "name the element that is a record, for example --xml-record user",
                position: Position(line: Int(line), column: 0, byteOffset: 0)))
        return false
    }

    @inline(never)
    private mutating func enterScope(
        _ name: Name, _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        var scope = Scope(line: Int(line), recordsBefore: number, name: name)
        if isOwnForm, let attributes {
            for i in 0..<count {
                let attribute = attributes + i * 5
                guard let key = attribute[0], let from = attribute[3], let to = attribute[4] else { continue }
                let name = String(cString: key)
                guard XMLFieldTree.isContainerName(name) else { continue }
                if to - from > maximumRecordBytes { return refuseLength() }
                scope.container.append(
                    (tree.intern(name), Array(UnsafeBufferPointer(start: from, count: to - from))))
            }
        }
        if !isOwnForm, seenNames.count < 12, !seenNames.contains(name) { seenNames.append(name) }
        let namesContainer = !scope.container.isEmpty
        scopes.append(scope)
        if namesContainer { inherit() }
    }

    @inline(never)
    private mutating func leaveScope() {
        guard let scope = scopes.popLast() else { return }
        if !scope.container.isEmpty { inherit() }
        guard isOwnForm, !scopes.isEmpty, scope.container.isEmpty, scope.recordsBefore == number else { return }
        report(
            FormatDefect(
                .unknownElement, isError: true, position: Position(line: scope.line, column: 0, byteOffset: 0),
                value: String(cString: scope.name),
                message: "the element is no member and holds none: nothing was read from it",
                remedy: "use \"member\" for people; --xml-record names another element"))
    }

    // MARK: What is wrong

    mutating func report(_ defect: FormatDefect) {
        defects.append((records.count, defect))
        if defect.isError && recordDepth > 0 { current.isDamaged = true }
    }

    /// The number of the record that is open.
    var openRecord: Int? { recordDepth > 0 ? number : nil }

    @inline(never)
    private mutating func defectOfNesting() {
        report(
            FormatDefect(
                .nestedRecord, isError: true, position: Position(line: Int(line), column: 0, byteOffset: 0),
                record: number, message: "a member stands inside another member",
                remedy: "close the first member before the second begins"))
    }

    @inline(never)
    private mutating func defectOfRepetition(_ column: Int, _ line: UInt32, _ value: UnsafeRawBufferPointer) {
        let name = tree.columns[column]
        report(
            FormatDefect(
                .repeatedField, isError: isOwnForm,
                position: Position(line: Int(line), column: 0, byteOffset: 0), record: number, column: column,
                value: String(String(decoding: value.prefix(320), as: UTF8.self).prefix(80)),
                message: isOwnForm
                    ? "\"\(name)\" is given twice" : "\"\(name)\" occurs again in this record; the first is used",
                remedy: isOwnForm ? "keep one of them" : nil))
    }

    @inline(never)
    private mutating func refuseDepth() {
        stop(
            RosterFormatError(
                .limitExceeded, "elements are nested more than \(XMLCollector.maximumDepth) deep",
                remedy: "check that this is a roster", position: Position(line: Int(line), column: 0, byteOffset: 0)))
    }

    @inline(never)
    mutating func refuseLength() {
        stop(
            RosterFormatError(
                .limitExceeded, "a record or a piece of markup is longer than \(maximumRecordBytes) bytes",
                remedy: "check that this is a roster", position: Position(line: Int(line), column: 0, byteOffset: 0)))
    }
}
