/// Gathers the records of a JSON document: an object in the list of people is a record, and each value in it a cell, whose column
/// is the path of names to it.
struct JSONCollector: ~Copyable, JSONEvents {
    /// The members of a document that hold its people: SCIM, Microsoft Graph, the directory of Google, Slack, and our own
    /// exports, reports and lists of seats.
    static let listNames: Set<String> = [
        "Resources", "resources", "value", "users", "members", "people", "rows", "seats",
    ]

    struct Record: BitwiseCopyable {
        var number: Int
        var place: JSONPlace
        var start: Int
        var firstCell: Int
        var cellCount = 0
        var hasNUL = false
        var end = 0
    }

    enum Scope {
        /// The object around the list.
        case document
        /// The list of people.
        case list
        /// Inside a record.
        case record
        /// A value beside the list.
        case other
    }

    /// An object or array that is open.
    struct Frame: BitwiseCopyable {
        var scope: Scope
        var isObject: Bool
        /// What the object is, or what the array's elements are.
        var node: Int32
        /// The object's member at hand.
        var member: Int32
        var object = 0
        /// The object is the one of its array that counts before the others.
        var isPrimary = false
        // Of an array inside a record only one element is kept. Offsets count from the record's beginning.
        var keptCell = 0
        var keptByte = 0
        var elementCell = 0
        var elementByte = 0
        var hasKept = false
        var keptIsPrimary = false
    }

    private let maximumRecordBytes: Int
    private(set) var tree = JSONFieldTree()
    private var frames: [Frame] = []
    private var objects = 0

    // What has been read and not been handed over.
    private(set) var arena = RawStore(capacity: 1 << 14)
    private(set) var ends = RawList<UInt32>(capacity: 1024)
    private(set) var columns = RawList<UInt32>(capacity: 1024)
    private(set) var lines = RawList<UInt32>(capacity: 1024)
    private(set) var lineColumns = RawList<UInt32>(capacity: 1024)
    private(set) var records = RawList<Record>(capacity: 256)

    /// The list of people has begun.
    private(set) var hasList = false
    /// The member that the list is; nil when it is the document.
    private(set) var listName: String?
    /// Members of the document that are lists of objects, and are not known to be people.
    private var otherLists: [String] = []
    private(set) var number = 0
    private var current = Record(number: 0, place: JSONPlace(line: 1, column: 1, byteOffset: 0), start: 0, firstCell: 0)
    private var isInRecord = false

    // The value at hand.
    private var scalar = JSONScalar.null
    private var scalarPlace = JSONPlace(line: 1, column: 1, byteOffset: 0)
    private var keepsText = false
    private var textStart = 0
    /// The beginning of a value beside the list.
    private var otherText: [UInt8] = []

    /// How many people the server has, where the document says it.
    private(set) var total: Int?
    /// The document says where its next page is.
    private(set) var hasNextPage = false

    init(maximumRecordBytes: Int) { self.maximumRecordBytes = maximumRecordBytes }

    var bytesHeld: Int {
        arena.capacity + ends.capacity * 16 + records.capacity * MemoryLayout<Record>.stride + tree.bytesHeld
            + frames.capacity * MemoryLayout<Frame>.stride
    }

    // MARK: Objects and arrays

    mutating func beginObject(_ place: JSONPlace) throws(RosterFormatError) {
        objects += 1
        guard let last = frames.indices.last else {
            return push(.document, isObject: true, JSONFieldTree.document)
        }
        switch frames[last].scope {
        case .list:
            number += 1
            current = Record(number: number, place: place, start: arena.count, firstCell: ends.count)
            isInRecord = true
            push(.record, isObject: true, JSONFieldTree.record)
        case .record:
            beginElement(last)
            push(.record, isObject: true, innerNode(last))
        case .document: push(.other, isObject: true, frames[last].member)
        case .other:
            if !frames[last].isObject { noteList(last) }
            push(.other, isObject: true, innerNode(last))
        }
    }

    mutating func beginArray(_ place: JSONPlace) throws(RosterFormatError) {
        guard let last = frames.indices.last else {
            hasList = true
            return push(.list, isObject: false, JSONFieldTree.record)
        }
        switch frames[last].scope {
        case .list: throw RosterFormatError(.notAnObject, place.position)
        case .record:
            beginElement(last)
            push(.record, isObject: false, innerNode(last))
        case .document:
            let name = tree.path(frames[last].member)
            guard Self.listNames.contains(name) else { return push(.other, isObject: false, frames[last].member) }
            if let listName { throw RosterFormatError(.twoLists(listName, name), place.position) }
            hasList = true
            listName = name
            push(.list, isObject: false, JSONFieldTree.record)
        case .other: push(.other, isObject: false, innerNode(last))
        }
    }

    mutating func endObject(_ end: Int) throws(RosterFormatError) {
        guard let frame = frames.popLast() else { return }
        guard frame.scope == .record, let last = frames.indices.last else { return }
        if frames[last].scope == .list { return endRecord(end) }
        if !frames[last].isObject { endElement(last, isPrimary: frame.isPrimary) }
    }

    mutating func endArray() throws(RosterFormatError) {
        guard let frame = frames.popLast(), frame.scope == .record, let last = frames.indices.last else { return }
        if !frames[last].isObject { endElement(last, isPrimary: false) }
    }

    mutating func key(_ name: UnsafeRawBufferPointer, _ place: JSONPlace) throws(RosterFormatError) {
        guard let last = frames.indices.last else { return }
        let frame = frames[last]
        // No table and no file could hold a column of that name.
        guard !name.contains(0) else { throw RosterFormatError(.controlCharacter(0), place.position) }
        switch tree.member(frame.node, name, after: frame.member, of: frame.object) {
        case .member(let member): frames[last].member = member
        case .again:
            throw RosterFormatError(.repeatedName(String(decoding: name.prefix(320), as: UTF8.self)), place.position)
        case .full: throw RosterFormatError(.manyNames(limit: JSONFieldTree.maximumNodes), place.position)
        }
    }

    private mutating func push(_ scope: Scope, isObject: Bool, _ node: Int32) {
        frames.append(Frame(scope: scope, isObject: isObject, node: node, member: node, object: objects))
    }

    private func innerNode(_ frame: Int) -> Int32 { frames[frame].isObject ? frames[frame].member : frames[frame].node }

    /// A member of the document that holds objects, for saying what is there where no list is known.
    private mutating func noteList(_ frame: Int) {
        guard frame == 1, otherLists.count < 12 else { return }
        let name = tree.path(frames[frame].node)
        if otherLists.last != name { otherLists.append(name) }
    }

    // MARK: Values

    mutating func beginScalar(_ kind: JSONScalar, _ place: JSONPlace) {
        scalar = kind
        scalarPlace = place
        textStart = arena.count
        otherText.removeAll(keepingCapacity: true)
        guard let last = frames.indices.last else { return keepsText = false }
        keepsText = frames[last].scope == .record
        if keepsText { beginElement(last) }
    }

    mutating func text(_ piece: UnsafeRawBufferPointer) throws(RosterFormatError) {
        guard keepsText else {
            if otherText.count < 20 { otherText.append(contentsOf: piece.prefix(20 - otherText.count)) }
            return
        }
        guard arena.count + piece.count - current.start <= maximumRecordBytes else {
            throw RosterFormatError(.longRecord(limit: maximumRecordBytes), current.place.position)
        }
        arena.append(piece)
    }

    mutating func endScalar() throws(RosterFormatError) {
        guard let last = frames.indices.last else { throw RosterFormatError(.noList(found: []), scalarPlace.position) }
        switch frames[last].scope {
        case .list: throw RosterFormatError(.notAnObject, scalarPlace.position)
        case .document, .other: noteOther(frames[last])
        case .record: try addCell(last)
        }
    }

    private mutating func addCell(_ frame: Int) throws(RosterFormatError) {
        let inArray = !frames[frame].isObject
        let node = innerNode(frame)
        if scalar == .yes, !inArray, tree.path(node).hasSuffix(".primary") { frames[frame].isPrimary = true }
        // An element that is null is no element.
        if inArray, scalar == .null { return }
        let column: Int32
        switch tree.column(node) {
        case .column(let known): column = known
        case .taken: throw RosterFormatError(.samePath(tree.path(node)), scalarPlace.position)
        case .full: throw RosterFormatError(.manyNames(limit: JSONFieldTree.maximumColumns), scalarPlace.position)
        }
        switch scalar {
        case .yes: arena.append(word: "true")
        case .no: arena.append(word: "false")
        case .null, .number: break
        case .string:
            let text = UnsafeRawBufferPointer(rebasing: arena.bytes[textStart...])
            if !current.hasNUL, text.contains(0) { current.hasNUL = true }
        }
        ends.append(UInt32(truncatingIfNeeded: arena.count - current.start))
        columns.append(UInt32(truncatingIfNeeded: column))
        lines.append(scalarPlace.line)
        lineColumns.append(scalarPlace.column)
        // The byte between two cells, whatever it is.
        arena.append(0)
        if inArray { endElement(frame, isPrimary: false) }
    }

    // MARK: Arrays inside records

    /// Notes where a value begins that is an element of an array.
    private mutating func beginElement(_ frame: Int) {
        guard !frames[frame].isObject else { return }
        frames[frame].elementCell = ends.count - current.firstCell
        frames[frame].elementByte = arena.count - current.start
    }

    /// Keeps the first element, or the first that is marked as primary.
    private mutating func endElement(_ index: Int, isPrimary: Bool) {
        let frame = frames[index]
        let cells = ends.count - current.firstCell
        guard cells > frame.elementCell else { return }
        if !frame.hasKept {
            frames[index].keptCell = frame.elementCell
            frames[index].keptByte = frame.elementByte
            frames[index].hasKept = true
            frames[index].keptIsPrimary = isPrimary
        } else if isPrimary, !frame.keptIsPrimary {
            moveDown(frame, cells)
            frames[index].keptIsPrimary = true
        } else {
            keepCells(frame.elementCell)
            arena.count = current.start + frame.elementByte
        }
    }

    /// Puts the cells of the last element in the place of those that were kept.
    private mutating func moveDown(_ frame: Frame, _ cells: Int) {
        let bytes = arena.count - current.start - frame.elementByte
        let base = arena.base + current.start
        (base + frame.keptByte).copyMemory(from: base + frame.elementByte, byteCount: bytes)
        arena.count = current.start + frame.keptByte + bytes
        let shift = UInt32(truncatingIfNeeded: frame.elementByte - frame.keptByte)
        let count = cells - frame.elementCell
        for offset in 0..<count {
            let from = current.firstCell + frame.elementCell + offset
            let to = current.firstCell + frame.keptCell + offset
            ends[to] = ends[from] - shift
            columns[to] = columns[from]
            lines[to] = lines[from]
            lineColumns[to] = lineColumns[from]
        }
        keepCells(frame.keptCell + count)
    }

    private mutating func keepCells(_ count: Int) {
        ends.keepFirst(current.firstCell + count)
        columns.keepFirst(current.firstCell + count)
        lines.keepFirst(current.firstCell + count)
        lineColumns.keepFirst(current.firstCell + count)
    }

    // MARK: Beside the list

    /// What says whether the document holds all people.
    private mutating func noteOther(_ frame: Frame) {
        guard frame.isObject, frames.count <= 2 else { return }
        switch tree.path(frame.member) {
        case "totalResults" where scalar == .number: total = Int(String(decoding: otherText, as: UTF8.self))
        case "@odata.nextLink", "nextPageToken", "response_metadata.next_cursor":
            if scalar == .string, !otherText.isEmpty { hasNextPage = true }
        default: break
        }
    }

    /// The list was not found.
    func missingList(_ place: JSONPlace) -> RosterFormatError {
        RosterFormatError(.noList(found: otherLists), place.position)
    }

    // MARK: Records

    private mutating func endRecord(_ end: Int) {
        current.end = end
        current.cellCount = ends.count - current.firstCell
        records.append(current)
        isInRecord = false
    }

    /// Moves what belongs to the record that is still open to the front, after the others were handed over.
    mutating func drained() {
        records.keepFirst(0)
        guard isInRecord else {
            arena.count = 0
            ends.keepFirst(0)
            columns.keepFirst(0)
            lines.keepFirst(0)
            lineColumns.keepFirst(0)
            return
        }
        if current.start == 0 { return }
        arena.dropFirst(current.start)
        textStart -= current.start
        ends.dropFirst(current.firstCell)
        columns.dropFirst(current.firstCell)
        lines.dropFirst(current.firstCell)
        lineColumns.dropFirst(current.firstCell)
        current.start = 0
        current.firstCell = 0
    }
}

extension RawStore {
    fileprivate mutating func append(word: StaticString) {
        word.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }
}
