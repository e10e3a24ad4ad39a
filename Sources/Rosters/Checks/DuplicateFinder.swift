internal import RosterFormats

/// Rows among which twins are looked for.
package protocol ComparableRows {
    var entries: RosterTable { get }
    /// False for rows that are out of the question for another reason.
    func takesPart(_ index: Int) -> Bool
    /// Where the row's person is to hold a seat: only rows of one place are compared.
    func place(of index: Int) -> Int
    /// The compared address; empty when there is none.
    func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R
    /// The id; empty when there is none.
    func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R
    /// Ids of different kinds are never the same.
    func idKind(of index: Int) -> ExternalIDKind
    /// Rows whose places belong to one buyer share a number.
    func buyer(of index: Int) -> Int
}

extension ComparableRows {
    /// The row itself gives an address: of two rows for one person it is the one that can be carried out.
    package func hasOwnAddress(_ index: Int) -> Bool { !entries.withEmailKey(index, \.isEmpty) }
}

/// Which of a row's ids stands for the person.
package enum ExternalIDKind: Int {
    case external, externalMember, externalCustomer, customer, member
}

/// What rows say of each other.
package enum TwinVerdict {
    case duplicate(Int)
    case conflict(String)
}

/// Same person twice in one container: the later row is a duplicate. One id with two addresses, one address with two ids of
/// a kind, or one person to be assigned and revoked: all rows concerned are conflicts. Within a buyer, whose containers
/// share their members, only ids can contradict each other.
package struct DuplicateFinder<Rows: ComparableRows> {
    /// Which rows are compared.
    package enum Scope { case container, buyer }

    private let rows: Rows
    private let scope: Scope
    package private(set) var verdicts: [Int: TwinVerdict] = [:]
    /// By row; none for rows that take no part.
    package private(set) var emailHashes = BulkArray<KeyHash>()
    package private(set) var idHashes = BulkArray<KeyHash>()
    /// How many rows of groups were looked at, for holding the search to a cost that grows with its input.
    private(set) var visits = 0

    package init(_ rows: Rows, within scope: Scope) {
        self.rows = rows
        self.scope = scope
        search()
    }

    private func place(_ index: Int) -> Int { scope == .container ? rows.place(of: index) : rows.buyer(of: index) }

    private mutating func search() {
        let rows = rows
        let count = rows.entries.count
        // First all hashes, then all look-ups: short loops over numbers, in which memory is read ahead.
        emailHashes.reserveCapacity(count)
        idHashes.reserveCapacity(count)
        for index in 0..<count {
            let takesPart = rows.takesPart(index)
            let place = place(index)
            emailHashes.append(takesPart ? rows.withEmailKey(index) { KeyHash($0, place) } : .none)
            idHashes.append(
                takesPart ? rows.withExternalID(index) { KeyHash(id: $0, rows.idKind(of: index), place) } : .none)
        }
        var byEmail = DuplicateRows(count)
        var byExternal = DuplicateRows(count)
        for index in 0..<count { byEmail.add(index, emailHashes[index]) { sameEmail($0, index) } }
        for index in 0..<count { byExternal.add(index, idHashes[index]) { sameID($0, index) } }
        guard byEmail.hasAny || byExternal.hasAny else { return }
        let conflicts = conflicts(byEmail, byExternal)
        if scope == .container {
            repeats(byExternal)
            repeats(byEmail)
        }
        for (row, why) in conflicts { verdicts[row] = .conflict(why) }
    }

    /// All rows of a group but one repeat it: the first that gives an address, because an id alone may be one that only
    /// this address makes known.
    private mutating func repeats(_ twins: DuplicateRows) {
        for (first, others) in twins.groups {
            visits += others.count + 1
            var kept = first
            if !rows.hasOwnAddress(first), let other = others.first(where: { rows.hasOwnAddress($0) }) { kept = other }
            if kept != first { verdicts[first] = .duplicate(kept) }
            for row in others where row != kept { verdicts[row] = .duplicate(kept) }
        }
    }

    private mutating func conflicts(_ byEmail: DuplicateRows, _ byExternal: DuplicateRows) -> [Int: String] {
        var conflicts: [Int: String] = [:]
        for (first, others) in byEmail.groups {
            visits += others.count
            if others.allSatisfy({ saysTheSame(first, $0) }) { continue }
            let group = [first] + others
            visits += group.count
            let ids = Dictionary(grouping: Set(group.compactMap(identity))) { $0.kind }.values.map(\.count).max() ?? 0
            if ids > 1 {
                mark(group, "one address with \(ids) external ids: ", &conflicts)
            } else if scope == .container, hasManyActions(group) {
                mark(group, "one person with different actions: ", &conflicts)
            }
        }
        for (first, others) in byExternal.groups {
            visits += others.count
            if others.allSatisfy({ hasSameEmail(first, $0) && hasSameAction(first, $0) }) { continue }
            let group = [first] + others
            visits += group.count
            let addresses = Set(group.map { rows.withEmailKey($0) { Array($0) } }).filter { !$0.isEmpty }
            if addresses.count > 1 {
                mark(group, "one external id with \(addresses.count) addresses: ", &conflicts)
            } else if scope == .container, hasManyActions(group) {
                mark(group, "one person with different actions: ", &conflicts)
            }
        }
        return conflicts
    }

    /// The rows' lines are listed once: a group may be the whole roster.
    private mutating func mark(_ group: [Int], _ why: String, _ conflicts: inout [Int: String]) {
        let text = why + lineList(group)
        visits += group.count
        for row in group where conflicts[row] == nil { conflicts[row] = text }
    }

    private func hasManyActions(_ group: [Int]) -> Bool { group.contains { !hasSameAction(group[0], $0) } }

    private func hasSameAction(_ first: Int, _ other: Int) -> Bool {
        rows.entries.action(at: first) == rows.entries.action(at: other)
    }

    /// The rows want the same for the same ids: nearly all that repeat each other do.
    private func saysTheSame(_ first: Int, _ other: Int) -> Bool {
        rows.entries.action(at: first) == rows.entries.action(at: other)
            && rows.idKind(of: first) == rows.idKind(of: other)
            && rows.withExternalID(first) { x in rows.withExternalID(other) { y in sameBytes(x, y) } }
    }

    private func hasSameEmail(_ a: Int, _ b: Int) -> Bool {
        rows.withEmailKey(a) { x in rows.withEmailKey(b) { y in sameBytes(x, y) } }
    }

    private struct Identity: Hashable {
        var kind: ExternalIDKind
        var id: [UInt8]
    }

    private func identity(_ row: Int) -> Identity? {
        let id = rows.withExternalID(row) { Array($0) }
        return id.isEmpty ? nil : Identity(kind: rows.idKind(of: row), id: id)
    }

    private func sameEmail(_ a: Int, _ b: Int) -> Bool { place(a) == place(b) && hasSameEmail(a, b) }

    private func sameID(_ a: Int, _ b: Int) -> Bool {
        guard place(a) == place(b), rows.idKind(of: a) == rows.idKind(of: b) else { return false }
        return rows.withExternalID(a) { x in rows.withExternalID(b) { y in sameBytes(x, y) } }
    }

    /// Line numbers alone say nothing where the rows stand in several rosters.
    private func lineList(_ group: [Int]) -> String {
        let entries = rows.entries
        let isOne = group.allSatisfy { entries.source(at: $0) == entries.source(at: group[0]) }
        let shown = group.prefix(4).map { row in
            isOne
                ? "\(entries.line(at: row))"
                : "\(entries.sources[entries.source(at: row)].name):\(entries.line(at: row))"
        }
        return (isOne ? "lines " : "") + shown.joined(separator: ", ")
            + (group.count > 4 ? " and \(group.count - 4) more" : "")
    }
}

/// Rows under one key: only keys with more than one row keep a list.
private struct DuplicateRows {
    private var index: ByteIndex
    private(set) var groups: [Int: [Int]] = [:]

    package init(_ count: Int) { index = ByteIndex(minimumCapacity: count) }

    package var hasAny: Bool { !groups.isEmpty }

    @inline(__always)
    package mutating func add(_ row: Int, _ hash: KeyHash, where matches: (Int) -> Bool) {
        if hash == .none { return }
        if let first = index.insert(Int32(row), hash, where: { matches(Int($0)) }) {
            groups[Int(first), default: []].append(row)
        }
    }
}

extension RosterTable {
    /// What a row is told that repeats another.
    package func duplicateNote(_ index: Int, of first: Int) -> String {
        let place =
            source(at: first) == source(at: index)
            ? "line \(line(at: first))" : "line \(line(at: first)) of \(sources[source(at: first)].name)"
        let differs =
            detail(at: first)?.metadata ?? [] != detail(at: index)?.metadata ?? []
            || immediateClaim(at: first) != immediateClaim(at: index)
        return "duplicate of \(place)" + (differs ? "; its metadata or immediate_claim differs and is not sent" : "")
    }
}

/// Rows as far as they can be compared without a server: containers by how the rows name them, people by what the rows
/// say of them.
private struct OfflineRows: ComparableRows {
    package let entries: RosterTable

    package func takesPart(_ index: Int) -> Bool { !entries.isInvalid(index) && !entries.isExcluded(index) }
    package func place(of index: Int) -> Int { entries.reference(at: index) ?? -1 }
    /// Whose a container is shows on the server alone.
    package func buyer(of index: Int) -> Int { place(of: index) }

    package func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        entries.withEmailKey(index, body)
    }

    package func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let (_, id) = rareID(index) else { return entries.withExternalID(index, body) }
        return withUTF8Bytes(id, body)
    }

    package func idKind(of index: Int) -> ExternalIDKind { rareID(index)?.kind ?? .external }

    /// The id of a row without an `external_id`; beside an address only a member's external id says who someone is.
    private func rareID(_ index: Int) -> (kind: ExternalIDKind, id: String)? {
        guard let details = entries.detail(at: index), entries.withExternalID(index, \.isEmpty) else { return nil }
        if !details.externalMemberID.isEmpty { return (.externalMember, details.externalMemberID) }
        guard entries.withEmailKey(index, \.isEmpty) else { return nil }
        if !details.externalCustomerID.isEmpty { return (.externalCustomer, details.externalCustomerID) }
        if !details.memberID.isEmpty { return (.member, details.memberID) }
        return details.customerID.isEmpty ? nil : (.customer, details.customerID)
    }
}

extension Roster {
    /// Adds what rows say of each other, as far as that shows without a server: the same person twice (a warning: the
    /// later row is left out), and contradictions (errors). ``Planner`` finds these and more by itself.
    public mutating func findTwins() {
        let verdicts = DuplicateFinder(OfflineRows(entries: entries), within: .container).verdicts
        guard !verdicts.isEmpty else { return }
        for (row, verdict) in verdicts.sorted(by: { $0.key < $1.key }) {
            let source = entries.source(at: row)
            let value = entries.withEmailKey(row, \.isEmpty) ? entries[row].externalID : entries[row].email
            func defect(_ severity: Defect.Severity, _ problem: Defect.Problem) -> Defect {
                Defect(
                    severity, problem, source: entries.sources[source].name, line: entries.line(at: row), value: value,
                    entry: row)
            }
            switch verdict {
            case .duplicate(let first):
                add(defect(.warning, .duplicate(entries.duplicateNote(row, of: first))), source)
            case .conflict(let why):
                conflicts.insert(row)
                add(defect(.error, .conflict(why)), source)
            }
        }
        sortDefects()
    }

    private mutating func add(_ defect: Defect, _ source: Int) {
        if sources[source].count(defect.kind, limit: defectLimit) { defects.append(defect) }
    }
}
