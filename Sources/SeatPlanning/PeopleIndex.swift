/// Who each row means, and which rows mean the same person in the same container.
struct PeopleIndex: TwinRows {
    enum Status {
        case person
        case invalid(String?)
        case unresolved(String)
        case conflict(String)
        case duplicate(Int)
    }

    let entries: EntryTable
    private var containers: [Int32]
    /// Rows whose key on the server is not the bytes in the table: identities that were looked up.
    private var looked: [Int: (emailKey: String, externalID: String)] = [:]
    private var verdicts: [Int: Status] = [:]
    /// Whether a row is in `looked` or in `verdicts`: most are in neither, and that is asked five times a row.
    private var marks: [Mark]

    private var emailHashes = BulkArray<KeyHash>()
    private var idHashes = BulkArray<KeyHash>()

    private struct Mark: OptionSet {
        var rawValue: UInt8
        static let looked = Mark(rawValue: 1)
        static let judged = Mark(rawValue: 2)
    }

    /// - Parameter revokes: whether a row asks for a revocation: somebody whom the server does not know then simply holds
    ///   no seat.
    init(entries: EntryTable, resolver: PersonResolver, revokes: (Int) -> Bool) {
        self.entries = entries
        containers = [Int32](repeating: -1, count: entries.count)
        marks = [Mark](repeating: [], count: entries.count)
        let targets = Self.targets(entries, resolver.world)
        for index in 0..<entries.count {
            let target = entries.reference(at: index).map { targets.references[$0] } ?? targets.standard
            place(index, target)
            if takesPart(index) { resolve(index, resolver, revokes(index)) }
        }
        let twins = TwinSearch(self)
        emailHashes = twins.emailHashes
        idHashes = twins.idHashes
        for (row, verdict) in twins.verdicts {
            switch verdict {
            case .duplicate(let first): judge(row, .duplicate(first))
            case .conflict(let why): judge(row, .conflict(why))
            }
        }
    }

    private mutating func judge(_ index: Int, _ status: Status) {
        verdicts[index] = status
        marks[index].insert(.judged)
    }

    func takesPart(_ index: Int) -> Bool { !marks[index].contains(.judged) }
    func place(of index: Int) -> Int { Int(containers[index]) }
    /// The resolver has judged the ids: what it left are ids of one kind.
    func idKind(of index: Int) -> TwinIDKind { .external }

    func container(of index: Int) -> Int? { containers[index] < 0 ? nil : Int(containers[index]) }
    func status(of index: Int) -> Status { takesPart(index) ? .person : verdicts[index] ?? .person }

    /// The hashes of the person's compared address and external id in the row's container; none where there is no key, and
    /// for rows that mean nobody.
    func emailHash(of index: Int) -> KeyHash { emailHashes[index] }
    func idHash(of index: Int) -> KeyHash { idHashes[index] }

    /// The person's compared address where it is not the row's own.
    func lookedUpKey(of index: Int) -> String? { found(index)?.emailKey }

    private func found(_ index: Int) -> (emailKey: String, externalID: String)? {
        marks[index].contains(.looked) ? looked[index] : nil
    }

    /// The compared address of the person, as bytes; empty when only an id is known.
    func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let found = found(index) else { return entries.withEmailKey(index, body) }
        return withUTF8Bytes(found.emailKey, body)
    }

    func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let found = found(index) else { return entries.withExternalID(index, body) }
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
            judge(index, .invalid(nil))
            return
        }
        switch target {
        case .container: break
        case .unresolved(let why): judge(index, .unresolved(why))
        case nil:
            judge(
                index,
                .invalid(
                    "the row names no container; add a subscription_id, order_id or team column, or use "
                        + "--subscription ID"))
        }
    }

    private mutating func resolve(_ index: Int, _ resolver: PersonResolver, _ revokes: Bool) {
        if entries.detail(at: index) == nil, isAsWritten(index, resolver) { return }
        let fields = PersonFields(entries[index])
        switch resolver.resolve(fields, in: Int(containers[index])) {
        case .person(let key, let external):
            if key != fields.emailKey || external != fields.externalID {
                looked[index] = (key, external)
                marks[index].insert(.looked)
            }
        case .unresolved(let why): if !revokes { judge(index, .unresolved(why)) }
        case .conflict(let why): judge(index, .conflict(why))
        }
    }

    private func isAsWritten(_ index: Int, _ resolver: PersonResolver) -> Bool {
        entries.withEmailKey(index) { key in
            entries.withExternalID(index) { external in
                resolver.isAsWritten(emailKey: key, externalID: external, in: Int(containers[index]))
            }
        }
    }
}

func withUTF8Bytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}
