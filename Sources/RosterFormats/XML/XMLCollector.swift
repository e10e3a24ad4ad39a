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
        /// Index into `groups` of the cells that the record inherits; -1: none.
        var group: Int32 = -1
    }

    let parser: xmlParserCtxtPtr
    let isOwnForm: Bool
    /// The parser's interned name of the record element.
    var recordName: Name?
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
    var depth = 0
    var recordDepth = 0
    var ignoredDepth = 0
    var nodes = RawList<Int32>(capacity: 64)
    var current = Record(number: 0, line: 0, start: 0, firstCell: 0)
    var number = 0
    /// The arena's offset where the text of the innermost element begins; -1 when it has a child element, or is none of
    /// ours.
    var textStart = -1
    var textColumn: Int32 = -1
    var textLine: UInt32 = 0
    /// The column of a record's own text, once it is known.
    var recordText: Int32?
    /// The innermost element has attributes: being empty, it has no text of its own.
    var needsText = false
    var lastLine: Int32 = 0
    /// For each column the number of the last record that had it.
    var lastRecord = RawList<Int>(capacity: 64)
    /// The attributes of the last record that had others than the one before it.
    var usual = RawList<AttributeCache>(capacity: 32)
    var scopes: [Scope] = []

    struct AttributeCache {
        var name: Name
        var column: UInt32
    }
    /// The elements outside of records, while there is no record.
    var survey = XMLSurvey()
    /// Where the root stands that is not our own; what is in it is looked at only to propose a record.
    var unknownRoot: Position?
    /// What members inherit from the elements around them: each value stands here once, and the records share it.
    var groups = RawList<Group>(capacity: 4)
    var groupBytes = RawStore(capacity: 256)
    /// For each cell of a group the offset of the byte after it, from the group's beginning, and its column.
    var groupEnds = RawList<UInt32>(capacity: 16)
    var groupColumns = RawList<UInt32>(capacity: 16)
    /// The group that members inherit here; -1: none.
    var inherited: Int32 = -1

    /// The container that one element names for the records within.
    struct Group {
        var start: Int
        var firstCell: Int
        var cellCount = 0
    }

    /// An open element around records.
    struct Scope {
        var position: Position
        var recordsBefore: Int
        var name: Name
        /// The group of the container that it names; -1: it names none.
        var group: Int32 = -1
    }

    /// No id of a container is longer, be it Polar's or the user's own.
    static let maximumIDBytes = 256

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
            + lastRecord.capacity * 8 + groupBytes.capacity + groupEnds.capacity * 8
            + groups.capacity * MemoryLayout<Group>.stride + scopes.capacity * MemoryLayout<Scope>.stride
            + tree.bytesHeld
    }

    // MARK: Elements

    @inline(__always)
    mutating func startElement(
        _ name: Name, attributeCount: Int, attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        depth &+= 1
        if depth > XMLCollector.maximumDepth { return refuseDepth() }
        let now = line
        if recordDepth == 0 {
            defer { lastLine = now }
            if depth == 1, !takeRoot(name) { return }
            guard name == recordName else { return enterScope(name, attributeCount, attributes) }
            beginRecord(now)
            let line = UInt32(truncatingIfNeeded: now)
            if let attributes { takeRecordAttributes(attributeCount, attributes, line) }
            if recordText == nil { recordText = tree.text(0) }
            return beginText(recordText ?? XMLFieldTree.ignored, needsText: true, line)
        }
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
        lastLine = now
        let line = UInt32(truncatingIfNeeded: now)
        textColumn = XMLFieldTree.ignored
        needsText = attributeCount > 0
        if let attributes {
            if isOwnForm, tree.isMetadata(node) {
                takeMetadata(node, attributeCount, attributes, line)
            } else {
                takeAttributes(node, attributeCount, attributes, line)
            }
        }
        beginText(textColumn < 0 ? tree.text(node) : textColumn, needsText: needsText, line)
    }

    @inline(__always)
    private mutating func beginText(_ column: Int32, needsText: Bool, _ line: UInt32) {
        textColumn = column
        self.needsText = needsText
        textStart = arena.count
        textLine = line
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
        if needsText, textStart == arena.count {
            textStart = -1
        } else if textStart >= 0 {
            endText()
        }
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

    @inline(__always)
    mutating func beginRecord(_ now: Int32) {
        number &+= 1
        recordDepth = depth
        current = Record(
            number: number, line: Int(now == lastLine ? now : tagLine(now)), start: arena.count, firstCell: ends.count)
        nodes.append(0)
    }

    /// The line on which the start tag that was just read begins. No `<` can stand inside it.
    @inline(never)
    func tagLine(_ now: Int32) -> Int32 {
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
    mutating func endRecord() {
        // Where nothing in the record names a container, an inherited one is no repetition.
        if inherited >= 0, !hasContainer() { current.group = inherited }
        if tree.isFull { refuseFields() }
        current.cellCount = ends.count &- current.firstCell
        records.append(current)
        recordDepth = 0
    }

    @inline(__always)
    func hasContainer() -> Bool {
        for i in 0..<tree.containerColumns.count {
            let column = Int(tree.containerColumns[i])
            if column < lastRecord.count, lastRecord[column] == number { return true }
        }
        return false
    }

    /// Moves what belongs to the record that is still open to the front, after the others were handed over.
    mutating func drained() {
        records.keepFirst(0)
        defects.removeAll(keepingCapacity: true)
        if groupBytes.count > 1 << 16 || groups.count > 1024 { keepOpenGroups() }
        if recordDepth == 0 {
            arena.count = 0
            ends.keepFirst(0)
            columns.keepFirst(0)
            lines.keepFirst(0)
            return
        }
        if current.start == 0 { return }
        arena.dropFirst(current.start)
        if textStart >= 0 { textStart -= current.start }
        ends.dropFirst(current.firstCell)
        columns.dropFirst(current.firstCell)
        lines.dropFirst(current.firstCell)
        current.start = 0
        current.firstCell = 0
    }
}
