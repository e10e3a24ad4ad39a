/// Which columns the elements and attributes of a record are, found once for each path and then by the parser's own
/// interned names.
struct XMLFieldTree: ~Copyable {
    typealias Name = UnsafePointer<UInt8>

    /// More columns than any roster has: who invents names without end is stopped, see ``isFull``.
    static let maximumColumns = 4096
    static let ignored: Int32 = -1

    struct Slot {
        var name: Name?
        var node: Int32
        var isAttribute: Bool
        var value: Int32
    }

    private struct Node {
        var path: String
        var column: Int32?
    }

    /// The paths asked for with their columns, or nil: all.
    private let wanted: [String: Int32]?
    private let isOwnForm: Bool
    private var nodes = [Node(path: "", column: nil)]
    private var byName: [String: Int32] = [:]
    private(set) var columns: [String] = []
    /// The columns that name containers.
    private(set) var containerColumns = RawList<Int32>(capacity: 8)
    /// The columns of `<metadata key="…">` by the key's bytes.
    private var metadata: [[UInt8]: Int32] = [:]
    /// A name was met for which there was no room: what it names would be lost.
    private(set) var isFull = false
    /// What the names take, in bytes, roughly.
    private(set) var bytesHeld = 0

    private var slots: RawList<Slot>
    private var used = 0

    init(isOwnForm: Bool, paths: [String]) {
        self.isOwnForm = isOwnForm
        slots = RawList(capacity: 256)
        for _ in 0..<256 { slots.append(Slot(name: nil, node: 0, isAttribute: false, value: 0)) }
        guard !isOwnForm, !paths.isEmpty else {
            wanted = nil
            return
        }
        var wanted: [String: Int32] = [:]
        for path in paths where byName[path] == nil {
            let column = Int32(truncatingIfNeeded: columns.count)
            columns.append(path)
            byName[path] = column
            let plain = XMLFieldTree.plain(path)
            if wanted[plain] == nil { wanted[plain] = column }
        }
        self.wanted = wanted
    }

    /// Prefixes are ignored, as they are in the document.
    private static func plain(_ path: String) -> String {
        if path == "." { return "" }
        return path.split(separator: "/").filter { $0 != "." }.map { step in
            let isAttribute = step.hasPrefix("@")
            let name = (isAttribute ? step.dropFirst() : step).split(separator: ":").last ?? ""
            return (isAttribute ? "@" : "") + name
        }.joined(separator: "/")
    }

    /// The element `name` inside the element `node`; ``ignored`` where nothing in it is wanted.
    @inline(__always)
    mutating func child(_ node: Int32, _ name: Name) -> Int32 {
        if let known = find(node, name, isAttribute: false) { return known }
        return addChild(node, name)
    }

    /// The column of the attribute `name` of the element `node`.
    @inline(__always)
    mutating func attribute(_ node: Int32, _ name: Name) -> Int32 {
        if let known = find(node, name, isAttribute: true) { return known }
        return addAttribute(node, name)
    }

    /// The column of the element's own text.
    mutating func text(_ node: Int32) -> Int32 {
        let i = Int(node)
        if let column = nodes[i].column { return column }
        let path = nodes[i].path
        let column = wanted.map { $0[path] ?? XMLFieldTree.ignored } ?? intern(path.isEmpty ? "." : path)
        nodes[i].column = column
        return column
    }

    /// The column of `<metadata key="…">`.
    mutating func metadata(_ key: UnsafeRawBufferPointer) -> Int32 {
        let bytes = Array(key)
        if let known = metadata[bytes] { return known }
        let column = intern("metadata." + String(decoding: key, as: UTF8.self))
        if column >= 0 {
            metadata[bytes] = column
            bytesHeld += bytes.count + 64
        }
        return column
    }

    func isMetadata(_ node: Int32) -> Bool { nodes[Int(node)].path == "metadata" }

    static func isContainerName(_ name: String) -> Bool {
        switch name {
        case "subscription-id", "subscription_id", "order-id", "order_id", "checkout-id", "checkout_id", "team": true
        default: false
        }
    }

    /// The column of that name, new if need be.
    mutating func intern(_ name: String) -> Int32 {
        // `<metadata><department>` is as good as `<metadata key="department">`.
        let name = isOwnForm && name.hasPrefix("metadata/") ? "metadata." + name.dropFirst(9) : name
        if let known = byName[name] { return known }
        guard columns.count < XMLFieldTree.maximumColumns else {
            isFull = true
            return XMLFieldTree.ignored
        }
        let column = Int32(truncatingIfNeeded: columns.count)
        columns.append(name)
        bytesHeld += 2 * name.utf8.count + 96
        if isOwnForm && XMLFieldTree.isContainerName(name) { containerColumns.append(column) }
        byName[name] = column
        return column
    }

    private mutating func addChild(_ node: Int32, _ name: Name) -> Int32 {
        let path = step(node, String(cString: name))
        var value = XMLFieldTree.ignored
        let isWanted = wanted.map { $0.keys.contains { $0 == path || $0.hasPrefix(path + "/") } } ?? true
        if isWanted, nodes.count < XMLFieldTree.maximumColumns * 4 {
            value = Int32(truncatingIfNeeded: nodes.count)
            nodes.append(Node(path: path, column: nil))
            bytesHeld += path.utf8.count + 64
        } else if isWanted {
            isFull = true
        }
        insert(node, name, isAttribute: false, value)
        return value
    }

    private mutating func addAttribute(_ node: Int32, _ name: Name) -> Int32 {
        let name0 = String(cString: name)
        let column: Int32
        if let wanted {
            column = wanted[step(node, "@" + name0)] ?? XMLFieldTree.ignored
        } else {
            column = intern(node == 0 ? name0 : step(node, "@" + name0))
        }
        insert(node, name, isAttribute: true, column)
        return column
    }

    private func step(_ node: Int32, _ name: String) -> String {
        let path = nodes[Int(node)].path
        return path.isEmpty ? name : path + "/" + name
    }

    @inline(__always)
    private func find(_ node: Int32, _ name: Name, isAttribute: Bool) -> Int32? {
        let mask = slots.count &- 1
        var i = XMLFieldTree.hash(node, name, isAttribute) & mask
        while let there = slots[i].name {
            if there == name, slots[i].node == node, slots[i].isAttribute == isAttribute { return slots[i].value }
            i = (i &+ 1) & mask
        }
        return nil
    }

    @inline(__always)
    private static func hash(_ node: Int32, _ name: Name, _ isAttribute: Bool) -> Int {
        let mixed = (UInt(bitPattern: name) &+ UInt(truncatingIfNeeded: node) &* 0x9E37) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40) &+ (isAttribute ? 1 : 0)
    }

    private mutating func insert(_ node: Int32, _ name: Name, isAttribute: Bool, _ value: Int32) {
        // What does not fit is looked up the slow way each time; the dictionary of names is bounded as well.
        guard used < XMLFieldTree.maximumColumns * 8 else { return }
        if used * 2 >= slots.count { widen() }
        used += 1
        place(Slot(name: name, node: node, isAttribute: isAttribute, value: value))
    }

    private mutating func place(_ slot: Slot) {
        guard let name = slot.name else { return }
        let mask = slots.count - 1
        var i = XMLFieldTree.hash(slot.node, name, slot.isAttribute) & mask
        while slots[i].name != nil { i = (i + 1) & mask }
        slots[i] = slot
    }

    private mutating func widen() {
        let old = (0..<slots.count).map { slots[$0] }
        let size = slots.count * 2
        slots.keepFirst(0)
        for _ in 0..<size { slots.append(Slot(name: nil, node: 0, isAttribute: false, value: 0)) }
        for slot in old { place(slot) }
    }
}
