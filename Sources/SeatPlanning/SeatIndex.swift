/// The live seats of all containers, to be found by address or by external id.
struct SeatIndex {
    private let containers: [ContainerSnapshot]
    /// Aligned with `order`: where a seat stands.
    private var order: [(container: Int, seat: Int, key: String)] = []
    private var byEmail: ByteIndex
    private var byExternal: ByteIndex

    init(_ containers: [ContainerSnapshot]) {
        self.containers = containers
        let live = containers.reduce(0) { $0 + $1.liveCount }
        byEmail = ByteIndex(minimumCapacity: live)
        byExternal = ByteIndex(minimumCapacity: live)
        order.reserveCapacity(live)
        for (container, snapshot) in containers.enumerated() {
            for (seat, record) in snapshot.seats.enumerated() where record.state.isLive {
                order.append((container, seat, record.email.map { EmailAddress.serverKey(of: $0) } ?? ""))
            }
        }
        fill()
    }

    private mutating func fill() {
        let order = order
        let containers = containers
        for (index, place) in order.enumerated() {
            let container = place.container
            if !place.key.isEmpty {
                withUTF8Bytes(place.key) { bytes in
                    _ = byEmail.insert(Int32(index), hashBytes(bytes, container)) { other in
                        order[Int(other)].container == container && order[Int(other)].key == place.key
                    }
                }
            }
            guard let external = containers[container].seats[place.seat].externalID, !external.isEmpty else { continue }
            withUTF8Bytes(external) { bytes in
                _ = byExternal.insert(Int32(index), hashBytes(bytes, container)) { other in
                    let there = order[Int(other)]
                    return there.container == container
                        && containers[container].seats[there.seat].externalID == external
                }
            }
        }
    }

    private func external(_ index: Int32) -> String? {
        let place = order[Int(index)]
        return containers[place.container].seats[place.seat].externalID
    }

    /// The live seat that row `index` means in `container`: by address, else by external id.
    func find(_ people: PeopleIndex, _ index: Int, _ container: Int) -> Int? {
        let byAddress: Int32? = people.withEmailKey(index) { key in
            key.isEmpty
                ? nil
                : byEmail.find(hashBytes(key, container)) { other in
                    let place = order[Int(other)]
                    return place.container == container && place.key.utf8.elementsEqual(key)
                }
        }
        let found =
            byAddress
            ?? people.withExternalID(index) { key in
                key.isEmpty
                    ? nil
                    : byExternal.find(hashBytes(key, container)) { other in
                        order[Int(other)].container == container
                            && (external(other)?.utf8.elementsEqual(key) ?? false)
                    }
            }
        return found.map { order[Int($0)].seat }
    }
}
