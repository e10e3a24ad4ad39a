internal import Rosters

/// The live seats of all containers, to be found by the person who holds them: by address, and for a customer without an
/// address by the customer's id. What a row says of a person was resolved to that before.
struct SeatIndex {
    private var keys: KeyTable
    /// By the number in `keys`: the seat's place in its container.
    private var seats: [Int32] = []
    private let containers: [ContainerSnapshot]

    init(_ containers: [ContainerSnapshot]) {
        self.containers = containers
        let live = containers.reduce(0) { $0 + $1.liveCount }
        keys = KeyTable(minimumCapacity: live, idKind: .customer)
        seats.reserveCapacity(live)
        for container in containers.indices {
            containers[container].seats.withUnsafeBufferPointer { records in
                for seat in records.indices where records[seat].state.isLive {
                    let email = records[seat].email
                    keys.append(
                        email: email, externalID: email == nil ? records[seat].customerID : nil, place: container)
                    seats.append(Int32(seat))
                }
            }
        }
        keys.index()
    }

    /// Whether a row may mean one of the seats, for all rows at once: false is certain. It costs a look into memory each,
    /// and many of those are under way at a time; continuing with a row after its look would wait for it.
    func candidates(_ people: PeopleIndex) -> BulkArray<Bool> {
        var candidates = BulkArray<Bool>()
        candidates.reserveCapacity(people.entries.count)
        for index in 0..<people.entries.count {
            candidates.append(
                keys.mayHold(email: people.emailHash(of: index)) || keys.mayHold(external: people.idHash(of: index)))
        }
        return candidates
    }

    /// A person's live seats in one container.
    struct Found {
        /// The one that counts: claimed before invited, and an open invitation before an expired one.
        var best: Int
        var others: [Int] = []
    }

    /// The live seats of the person of row `index` in `container`.
    func find(_ people: PeopleIndex, _ index: Int, _ container: Int) -> Found? {
        // The hashes are those of the row's own container; in another one its keys have others.
        let isHome = container == people.place(of: index)
        let number = people.withEmailKey(index) { key -> Int? in
            if !key.isEmpty {
                return isHome
                    ? keys.find(emailKey: key, people.emailHash(of: index), place: container)
                    : keys.find(emailKey: key, place: container)
            }
            guard people.idKind(of: index) == .customer else { return nil }
            return people.withExternalID(index) { keys.find(externalID: $0, place: container) }
        }
        guard let number else { return nil }
        guard let others = keys.others[number] else { return Found(best: Int(seats[number])) }
        var all = ([number] + others).map { Int(seats[$0]) }
        let best = all.indices.min { rank(all[$0], container) < rank(all[$1], container) } ?? 0
        let seat = all.remove(at: best)
        return Found(best: seat, others: all)
    }

    private func rank(_ seat: Int, _ container: Int) -> Int {
        let record = containers[container].seats[seat]
        return record.state == .claimed ? 0 : record.invitationExpired ? 2 : 1
    }
}
