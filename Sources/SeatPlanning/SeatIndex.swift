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
    }

    /// The live seat that row `index` means in `container`: by address, else by external id.
    func find(_ people: PeopleIndex, _ index: Int, _ container: Int) -> Int? {
        let found =
            people.withEmailKey(index) { keys.find(emailKey: $0, place: container) }
            ?? people.withExternalID(index) { keys.find(externalID: $0, place: container) }
        return found.map { Int(seats[$0]) }
    }
}
