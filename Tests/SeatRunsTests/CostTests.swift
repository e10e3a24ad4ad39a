import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("Snapshots and undos cost what their input is long")
struct CostTests {
    /// Counts how often ids are compared.
    private final class Counter { var comparisons = 0 }

    private struct CountedID: Hashable {
        let value: Int
        let counter: Counter

        static func == (one: CountedID, other: CountedID) -> Bool {
            one.counter.comparisons += 1
            return one.value == other.value
        }
        func hash(into hasher: inout Hasher) { hasher.combine(value) }
    }

    @Test("containers are told apart in a time that grows with their number")
    func containers() {
        func comparisons(_ count: Int) -> Int {
            let counter = Counter()
            let ids = (0..<count).map { CountedID(value: $0 % (count / 2), counter: counter) }
            #expect(SnapshotTaker.distinct(ids).map(\.value) == Array(0..<(count / 2)))
            return counter.comparisons
        }
        // Hashes collide by chance: a quadratic search would make millions of comparisons.
        #expect(comparisons(2_000) < 8_000)
        #expect(comparisons(4_000) < 16_000)
    }

    @Test("an undo looks at each seat once, however many changes it undoes")
    func undo() {
        func visits(_ count: Int) -> Int {
            let seats = (0..<count).map { SeatRecord(id: "s\($0)", state: .claimed, email: "p\($0)@acme-co.dev") }
            let container = ContainerSnapshot(
                id: .subscription("11111111-1111-4111-8111-111111111111"), status: "active", totalSeats: count,
                availableSeats: 0, seats: seats)
            let byID = SeatsByID(container)
            var table = UndoTable(source: "a.seatplan", model: .member)
            for index in 0..<count {
                let change = AppliedChange(
                    row: Int64(index), container: 0, email: "p\(index)@acme-co.dev", emailKey: "p\(index)@acme-co.dev",
                    externalID: "", place: .init(source: nil, line: index), assigned: "s\(index)")
                table.add(change, byID, live: byID)
            }
            #expect(table.entries.count == count)
            return byID.visits
        }
        #expect(visits(1_000) == 1_000)
        #expect(visits(2_000) == 2_000)
    }
}
