/// Which columns the members of records are, and which names an object has had. A member is found by its name within its
/// object, and mostly where the object before had it.
struct JSONFieldTree: ~Copyable {
    static let maximumColumns = 4096
    static let maximumNodes = 4 * maximumColumns

    /// The object of the whole document, and every record.
    static let document: Int32 = 0
    static let record: Int32 = 1

    struct Node: BitwiseCopyable {
        var nameStart: Int
        var nameCount: Int
        /// The member that came after this one the last time, and the first of its own; -1: none is known.
        var next: Int32 = -1
        var first: Int32 = -1
        /// -1: it never had a value of its own.
        var column: Int32 = -1
        /// The number of the last object that had this member.
        var lastObject = 0
    }

    struct Key: Hashable {
        var parent: Int32
        var name: [UInt8]
    }

    private var nodes = RawList<Node>(capacity: 64)
    private var names = RawStore(capacity: 1024)
    private var paths: [String] = ["", ""]
    private var byKey: [Key: Int32] = [:]
    private var byPath: [String: Int32] = [:]
    private(set) var columns: [String] = []
    /// What the names take, in bytes, roughly.
    private(set) var bytesHeld = 0

    init() {
        nodes.append(Node(nameStart: 0, nameCount: 0))
        nodes.append(Node(nameStart: 0, nameCount: 0))
    }

    enum Found {
        case member(Int32)
        /// The object has a member of that name already.
        case again
        case full
    }

    /// The member `name` of an object.
    ///
    /// - Parameters:
    ///   - node: what the object is.
    ///   - previous: the member before this one; `node` for the first.
    ///   - object: the object's number.
    mutating func member(
        _ node: Int32, _ name: UnsafeRawBufferPointer, after previous: Int32, of object: Int
    ) -> Found {
        let isFirst = previous == node
        let guess = isFirst ? nodes[Int(node)].first : nodes[Int(previous)].next
        let found: Int32
        if guess >= 0, has(guess, name) {
            found = guess
        } else {
            guard let there = lookUp(node, name) else { return .full }
            found = there
            if isFirst { nodes[Int(node)].first = there } else { nodes[Int(previous)].next = there }
        }
        if nodes[Int(found)].lastObject == object { return .again }
        nodes[Int(found)].lastObject = object
        return .member(found)
    }

    private func has(_ node: Int32, _ name: UnsafeRawBufferPointer) -> Bool {
        let node = nodes[Int(node)]
        let there = UnsafeRawBufferPointer(start: names.base + node.nameStart, count: node.nameCount)
        return there.elementsEqual(name)
    }

    private mutating func lookUp(_ parent: Int32, _ name: UnsafeRawBufferPointer) -> Int32? {
        let key = Key(parent: parent, name: Array(name))
        if let known = byKey[key] { return known }
        guard nodes.count < Self.maximumNodes else { return nil }
        let node = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(Node(nameStart: names.count, nameCount: name.count))
        names.append(name)
        let text = String(decoding: name, as: UTF8.self)
        let above = paths[Int(parent)]
        paths.append(parent <= Self.record ? text : above + "." + text)
        byKey[key] = node
        bytesHeld += 2 * name.count + (paths.last?.utf8.count ?? 0) + 160
        return node
    }

    func path(_ node: Int32) -> String { paths[Int(node)] }

    enum Column {
        case column(Int32)
        /// A member of another object has the same path, by a dot in its name.
        case taken
        case full
    }

    /// The column of a member's own value.
    mutating func column(_ node: Int32) -> Column {
        let known = nodes[Int(node)].column
        if known >= 0 { return .column(known) }
        let path = paths[Int(node)]
        if byPath[path] != nil { return .taken }
        guard columns.count < Self.maximumColumns else { return .full }
        let column = Int32(truncatingIfNeeded: columns.count)
        columns.append(path)
        byPath[path] = column
        nodes[Int(node)].column = column
        bytesHeld += 2 * path.utf8.count + 96
        return .column(column)
    }
}
