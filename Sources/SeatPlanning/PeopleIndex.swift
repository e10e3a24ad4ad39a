/// Who each row means, and which rows mean the same person in the same container.
struct PeopleIndex {
    enum Status {
        case person
        case invalid(String?)
        case unresolved(String)
        case conflict(String)
        case duplicate(Int)
    }

    private let entries: EntryTable
    private var containers: [Int32]
    /// Rows whose key on the server is not the bytes in the table: identities that were looked up.
    private var looked: [Int: (emailKey: String, externalID: String)] = [:]
    private var verdicts: [Int: Status] = [:]

    /// - Parameter revokes: whether a row asks for a revocation: somebody whom the server does not know then simply holds
    ///   no seat.
    init(entries: EntryTable, resolver: PersonResolver, revokes: (Int) -> Bool) {
        self.entries = entries
        containers = [Int32](repeating: -1, count: entries.count)
        let targets = Self.targets(entries, resolver.world)
        for index in 0..<entries.count {
            let target = entries.reference(at: index).map { targets.references[$0] } ?? targets.standard
            place(index, target)
            if verdicts[index] == nil { resolve(index, resolver, revokes(index)) }
        }
        findTwins()
    }

    func container(of index: Int) -> Int? { containers[index] < 0 ? nil : Int(containers[index]) }
    func status(of index: Int) -> Status { verdicts[index] ?? .person }

    /// The person's compared address where it is not the row's own.
    func lookedUpKey(of index: Int) -> String? { looked[index]?.emailKey }

    /// The compared address of the person, as bytes; empty when only an id is known.
    func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let found = looked[index] else { return entries.withEmailKey(index, body) }
        return withUTF8Bytes(found.emailKey, body)
    }

    func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let found = looked[index] else { return entries.withExternalID(index, body) }
        return withUTF8Bytes(found.externalID, body)
    }

    private static func targets(
        _ entries: EntryTable, _ world: WorldSnapshot
    ) -> (references: [ContainerResolution?], standard: ContainerResolution?) {
        (entries.references.map { world.resolutions[$0] }, world.standard)
    }

    private mutating func place(_ index: Int, _ target: ContainerResolution?) {
        if case .container(let container)? = target { containers[index] = Int32(container) }
        if entries.isInvalid(index) {
            verdicts[index] = .invalid(nil)
            return
        }
        switch target {
        case .container: break
        case .unresolved(let why): verdicts[index] = .unresolved(why)
        case nil:
            verdicts[index] = .invalid(
                "the row names no container; add a subscription_id, order_id or team column, or use --subscription ID")
        }
    }

    private mutating func resolve(_ index: Int, _ resolver: PersonResolver, _ revokes: Bool) {
        let plain = entries.detail(at: index) == nil && entries.withExternalID(index, \.isEmpty)
        if plain, resolver.rules.policy != .externalMember, resolver.rules.policy != .externalCustomer { return }
        let fields = PersonFields(entries[index])
        switch resolver.resolve(fields, in: Int(containers[index])) {
        case .person(let key, let external):
            if key != fields.emailKey || external != fields.externalID { looked[index] = (key, external) }
        case .unresolved(let why): if !revokes { verdicts[index] = .unresolved(why) }
        case .conflict(let why): verdicts[index] = .conflict(why)
        }
    }

    // MARK: Twins

    /// Same person twice: the later row is a duplicate. One external id with two addresses, one address with two
    /// external ids, or one person to be assigned and revoked: all rows concerned are conflicts.
    private mutating func findTwins() {
        var byEmail = Twins(entries.count)
        var byExternal = Twins(entries.count)
        for index in 0..<entries.count where verdicts[index] == nil {
            let container = Int(containers[index])
            withEmailKey(index) { key in
                if !key.isEmpty { byEmail.add(index, hashBytes(key, container)) { self.same($0, index, .email) } }
            }
            withExternalID(index) { key in
                if !key.isEmpty { byExternal.add(index, hashBytes(key, container)) { self.same($0, index, .external) } }
            }
        }
        guard byEmail.hasAny || byExternal.hasAny else { return }
        var conflicts: [Int: String] = [:]
        for (first, others) in byEmail.groups {
            let group = [first] + others
            let externals = Set(group.map { withExternalID($0) { Array($0) } }).filter { !$0.isEmpty }
            if externals.count > 1 {
                let lines = lineList(group)
                for row in group { conflicts[row] = "one address with \(externals.count) external ids: \(lines)" }
            } else if Set(group.map { entries.action(at: $0) }).count > 1 {
                for row in group { conflicts[row] = "one person with different actions: \(lineList(group))" }
            }
        }
        for (first, others) in byExternal.groups {
            let group = [first] + others
            let addresses = Set(group.map { withEmailKey($0) { Array($0) } }).filter { !$0.isEmpty }
            guard addresses.count > 1 else { continue }
            for row in group where conflicts[row] == nil {
                conflicts[row] = "one external id with \(addresses.count) addresses: \(lineList(group))"
            }
        }
        for (first, others) in byExternal.groups { for row in others { verdicts[row] = .duplicate(first) } }
        for (first, others) in byEmail.groups { for row in others { verdicts[row] = .duplicate(first) } }
        for (row, why) in conflicts { verdicts[row] = .conflict(why) }
    }

    private enum Part { case email, external }

    private func same(_ a: Int, _ b: Int, _ part: Part) -> Bool {
        guard containers[a] == containers[b] else { return false }
        switch part {
        case .email: return withEmailKey(a) { x in withEmailKey(b) { y in x.elementsEqual(y) } }
        case .external: return withExternalID(a) { x in withExternalID(b) { y in x.elementsEqual(y) } }
        }
    }

    private func lineList(_ group: [Int]) -> String {
        let shown = group.prefix(4).map { "\(entries.line(at: $0))" }.joined(separator: ", ")
        return "lines \(shown)" + (group.count > 4 ? " and \(group.count - 4) more" : "")
    }
}

/// Rows under one key: only keys with more than one row keep a list.
private struct Twins {
    private var index: ByteIndex
    private(set) var groups: [Int: [Int]] = [:]

    init(_ count: Int) { index = ByteIndex(minimumCapacity: count) }

    var hasAny: Bool { !groups.isEmpty }

    mutating func add(_ row: Int, _ hash: UInt64, where matches: (Int) -> Bool) {
        if let first = index.insert(Int32(row), hash, where: { matches(Int($0)) }) {
            groups[Int(first), default: []].append(row)
        }
    }
}

func withUTF8Bytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}
