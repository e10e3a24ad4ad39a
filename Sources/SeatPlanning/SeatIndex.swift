/// The live seats of all containers, to be found by address or by external id.
struct SeatIndex {
    private var keys: KeyTable
    /// By the number in `keys`: the seat's place in its container.
    private var seats: [Int32] = []

    init(_ containers: [ContainerSnapshot]) {
        let live = containers.reduce(0) { $0 + $1.liveCount }
        keys = KeyTable(minimumCapacity: live)
        seats.reserveCapacity(live)
        for container in containers.indices {
            containers[container].seats.withUnsafeBufferPointer { records in
                for seat in records.indices where records[seat].state.isLive {
                    keys.append(email: records[seat].email, externalID: records[seat].externalID, place: container)
                    seats.append(Int32(seat))
                }
            }
        }
        keys.index()
    }

    /// Whether a row may mean one of the seats, for all rows at once: false is certain. It costs a look into memory each,
    /// and many of those are under way at a time; going on with a row after its look would wait for it.
    func candidates(_ people: PeopleIndex) -> BulkArray<Bool> {
        var candidates = BulkArray<Bool>()
        candidates.reserveCapacity(people.entries.count)
        for index in 0..<people.entries.count {
            candidates.append(
                keys.mayHold(email: people.emailHash(of: index)) || keys.mayHold(external: people.idHash(of: index)))
        }
        return candidates
    }

    /// The live seat that row `index` means in `container`: by address, else by external id.
    func find(_ people: PeopleIndex, _ index: Int, _ container: Int) -> Int? {
        // The hashes are those of the row's own container; in another one its keys have others.
        let isHome = container == people.place(of: index)
        let found =
            people.withEmailKey(index) { key in
                isHome
                    ? keys.find(emailKey: key, people.emailHash(of: index), place: container)
                    : keys.find(emailKey: key, place: container)
            }
            ?? people.withExternalID(index) { key in
                isHome
                    ? keys.find(externalID: key, people.idHash(of: index), place: container)
                    : keys.find(externalID: key, place: container)
            }
        return found.map { Int(seats[$0]) }
    }
}
