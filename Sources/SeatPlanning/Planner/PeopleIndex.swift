internal import Rosters

/// Who each row means, and which rows mean the same person in the same container.
struct PeopleIndex: ComparableRows {
    enum Status {
        case person
        case invalid(RowNote?)
        case unresolved(RowNote)
        case conflict(RowNote)
        case duplicate(Int)
        case excluded(RowNote?)
    }

    let entries: RosterTable
    private let rules: IdentityRules
    private var containers: [Int32]
    /// By container: a number that the containers of one buyer share.
    private let buyers: [Int]
    /// Rows whose person is not the bytes in the table: identities that were looked up, and ids of rare kinds.
    private var looked: [Int: PersonResolver.Person] = [:]
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

    /// A row that the server cannot resolve by itself; another row of the roster may say who it means.
    private struct Open {
        var index: Int
        var why: RowNote
        var revokes: Bool
        var kind: ExternalIDKind
        var id: String
    }

    /// - Parameter revokes: whether a row asks for a revocation: someone whom the server does not know then simply holds
    ///   no seat.
    init(entries: RosterTable, resolver: PersonResolver, revokes: (Int) -> Bool) {
        self.entries = entries
        rules = resolver.rules
        buyers = Self.buyers(resolver.world.containers)
        containers = [Int32](repeating: -1, count: entries.count)
        marks = [Mark](repeating: [], count: entries.count)
        let targets = Self.targets(entries, resolver.world)
        var open: [Open] = []
        for index in 0..<entries.count {
            let target = entries.reference(at: index).map { targets.references[$0] } ?? targets.standard
            place(index, target)
            if takesPart(index) { resolve(index, resolver, revokes(index), &open) }
        }
        if !open.isEmpty { resolveByRoster(&open) }
        findTwins()
        // Also someone whom the server does not know can stand in the roster twice.
        for row in open where !row.revokes && takesPart(row.index) { judge(row.index, .unresolved(row.why)) }
    }

    private mutating func findTwins() {
        let twins = DuplicateFinder(self, within: .container)
        emailHashes = twins.emailHashes
        idHashes = twins.idHashes
        var all = twins.verdicts
        // Members belong to the buyer: what contradicts itself in two containers of one buyer fails on the server.
        if Set(buyers).count < buyers.count {
            all.merge(DuplicateFinder(self, within: .buyer).verdicts) { $1 }
        }
        for (row, verdict) in all {
            switch verdict {
            case .duplicate(let first): judge(row, .duplicate(first))
            case .conflict(let why): judge(row, .conflict(.quoted(why)))
            }
        }
    }

    private mutating func judge(_ index: Int, _ status: Status) {
        verdicts[index] = status
        marks[index].insert(.judged)
    }

    func takesPart(_ index: Int) -> Bool { !marks[index].contains(.judged) }
    func place(of index: Int) -> Int { Int(containers[index]) }
    func buyer(of index: Int) -> Int { containers[index] < 0 ? -1 : buyers[Int(containers[index])] }
    func idKind(of index: Int) -> ExternalIDKind { found(index)?.idKind ?? rules.plainIDKind }

    func container(of index: Int) -> Int? { containers[index] < 0 ? nil : Int(containers[index]) }
    func status(of index: Int) -> Status { takesPart(index) ? .person : verdicts[index] ?? .person }

    /// The hashes of the person's compared address and id in the row's container; none where there is no key, and for rows
    /// that mean no one.
    func emailHash(of index: Int) -> KeyHash { emailHashes[index] }
    func idHash(of index: Int) -> KeyHash { idHashes[index] }

    /// The person's compared address where it is not the row's own.
    func lookedUpKey(of index: Int) -> String? { found(index)?.emailKey }

    /// Whether the person has no address at all: no invitation can be sent.
    func hasNoAddress(_ index: Int) -> Bool { withEmailKey(index, \.isEmpty) }

    private func found(_ index: Int) -> PersonResolver.Person? {
        marks[index].contains(.looked) ? looked[index] : nil
    }

    /// The compared address of the person, as bytes; empty when only an id is known.
    func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let found = found(index) else { return entries.withEmailKey(index, body) }
        return withUTF8Bytes(found.emailKey, body)
    }

    func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        if let found = found(index) { return withUTF8Bytes(found.id, body) }
        if rules.ignoresIDsBesideAddress, hasOwnAddress(index) {
            return body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return entries.withExternalID(index, body)
    }

    private static func targets(
        _ entries: RosterTable, _ world: LiveSnapshot
    ) -> (references: [ContainerResolution?], standard: ContainerResolution?) {
        (entries.references.map { world.resolutions[$0] }, world.standard)
    }

    private static func buyers(_ containers: [ContainerSnapshot]) -> [Int] {
        var first: [String: Int] = [:]
        return containers.indices.map { index in
            guard let buyer = containers[index].billingCustomerID else { return index }
            if let known = first[buyer] { return known }
            first[buyer] = index
            return index
        }
    }

    private mutating func place(_ index: Int, _ target: ContainerResolution?) {
        if case .container(let container)? = target { containers[index] = Int32(container) }
        if entries.isExcluded(index) {
            judge(index, .excluded(entries.exclusion(at: index).map { .quoted($0) }))
            return
        }
        if entries.isInvalid(index) {
            judge(index, .invalid(nil))
            return
        }
        switch target {
        case .container: break
        case .unresolved(let why): judge(index, .unresolved(why))
        case nil: judge(index, .invalid(.noContainer))
        }
    }

    private mutating func resolve(_ index: Int, _ resolver: PersonResolver, _ revokes: Bool, _ open: inout [Open]) {
        let hasDetails = entries.detail(at: index) != nil
        if !hasDetails, isAsWritten(index, resolver) { return }
        let fields = PersonFields(entries[index])
        switch resolver.resolve(fields, in: Int(containers[index])) {
        case .person(let person): if !isPlain(person, fields) { keep(person, of: index) }
        case .unresolved(let why, let isCertain):
            let id = soleID(fields)
            keep(PersonResolver.Person(emailKey: "", idKind: id.kind, id: id.id), of: index)
            open.append(
                Open(index: index, why: why, revokes: revokes && isCertain, kind: id.kind, id: id.id))
        case .conflict(let why): judge(index, .conflict(why))
        }
    }

    /// Whether the row's own bytes say the same.
    private func isPlain(_ person: PersonResolver.Person, _ fields: PersonFields) -> Bool {
        guard person.emailKey == fields.emailKey else { return false }
        if person.id.isEmpty { return fields.externalID.isEmpty || rules.ignoresIDsBesideAddress }
        return person.id == fields.externalID && person.idKind == rules.plainIDKind
    }

    private mutating func keep(_ person: PersonResolver.Person, of index: Int) {
        looked[index] = person
        marks[index].insert(.looked)
    }

    /// The external id of a row that has no address.
    private func soleID(_ fields: PersonFields) -> (kind: ExternalIDKind, id: String) {
        guard fields.emailKey.isEmpty else { return (.external, "") }
        if let id = rules.memberExternalID(fields), rules.namesMember(fields) { return (.externalMember, id) }
        return rules.customerExternalID(fields).map { (.externalCustomer, $0) } ?? (.external, "")
    }

    /// An id that the server does not know may stand beside an address in another row for the same container: then both
    /// rows mean one person, as a reading of the roster without a server finds too.
    ///
    /// - Parameter open: becomes the rows of which that is not so.
    private mutating func resolveByRoster(_ open: inout [Open]) {
        struct Link: Hashable {
            var place: Int
            var kind: ExternalIDKind
            var id: String
        }
        let wanted = Set(
            open.filter { !$0.id.isEmpty }.map { Link(place: place(of: $0.index), kind: $0.kind, id: $0.id) })
        var addresses: [Link: String] = [:]
        for index in 0..<entries.count where !wanted.isEmpty && takesPart(index) && hasOwnAddress(index) {
            let id = withExternalID(index) { String(decoding: $0, as: UTF8.self) }
            let link = Link(place: place(of: index), kind: idKind(of: index), id: id)
            guard !id.isEmpty, wanted.contains(link), addresses[link] == nil else { continue }
            addresses[link] = withEmailKey(index) { String(decoding: $0, as: UTF8.self) }
        }
        open.removeAll { row in
            guard let key = addresses[Link(place: place(of: row.index), kind: row.kind, id: row.id)] else {
                return false
            }
            keep(PersonResolver.Person(emailKey: key, idKind: row.kind, id: row.id), of: row.index)
            return true
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
