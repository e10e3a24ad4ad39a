import Rosters
import SeatAudits
import SeatPlanning
import SeatReports
import Testing

@Suite struct SeatDifferenceTests {
    private static let here = ReportSamples.acme
    private static let there = ReportSamples.initech

    private static func seat(
        _ email: String?, _ externalID: String? = nil, in container: ContainerID = here, id: String = "s1",
        is status: SeatState = .claimed, member: String? = nil
    ) -> ExportedSeat {
        ExportedSeat(
            container: container, seatID: id, status: status, email: email, externalID: externalID, memberID: member)
    }

    typealias Case = (name: String, old: [ExportedSeat], new: [ExportedSeat], kinds: [SeatDifference.Kind])

    static let cases: [Case] = [
        ("nothing", [seat("ada@acme-co.dev")], [seat("ada@acme-co.dev")], []),
        ("case of the address", [seat("Ada@acme-co.dev")], [seat("ada@acme-co.dev")], []),
        ("somebody came", [], [seat("ada@acme-co.dev")], [.added]),
        ("somebody left", [seat("ada@acme-co.dev")], [], [.removed]),
        ("a revoked seat holds nobody", [seat("ada@acme-co.dev")], [seat(nil, is: .revoked)], [.removed]),
        ("revoked before and after", [seat(nil, is: .revoked)], [seat(nil, id: "s2", is: .revoked)], []),
        (
            "the seat's id went to another person", [seat("ada@acme-co.dev", "u-1")], [seat("bob@acme-co.dev", "u-2")],
            [.removed, .added]
        ),
        ("reissued under another id", [seat("ada@acme-co.dev")], [seat("ada@acme-co.dev", id: "s9")], []),
        ("claimed since", [seat("ada@acme-co.dev", is: .pending)], [seat("ada@acme-co.dev")], [.statusChanged]),
        ("another address", [seat("ada@acme-co.dev", "u-1")], [seat("ada@globex.dev", "u-1")], [.identityChanged]),
        ("an id was linked", [seat("ada@acme-co.dev")], [seat("ada@acme-co.dev", "u-1")], [.identityChanged]),
        (
            "the same member", [seat("a@acme-co.dev", member: "m")], [seat("b@acme-co.dev", member: "m")],
            [.identityChanged]
        ),
        (
            "address and status", [seat("ada@acme-co.dev", "u-1", is: .pending)], [seat("a@acme-co.dev", "u-1")],
            [.identityChanged, .statusChanged]
        ),
        ("moved", [seat("ada@acme-co.dev")], [seat("ada@acme-co.dev", in: there)], [.moved]),
        (
            "in two containers, one moved", [seat("ada@acme-co.dev"), seat("ada@acme-co.dev", in: there)],
            [seat("ada@acme-co.dev"), seat("ada@acme-co.dev", in: .order("44444444-4444-4444-8444-444444444444"))],
            [.moved]
        ),
        (
            "two people swapped addresses", [seat("a@acme-co.dev", "1"), seat("b@acme-co.dev", "2", id: "s2")],
            [seat("b@acme-co.dev", "1"), seat("a@acme-co.dev", "2", id: "s2")], [.identityChanged, .identityChanged]
        ),
        ("nameless seats by id", [seat(nil, is: .pending)], [seat(nil)], [.statusChanged]),
    ]

    @Test(arguments: cases.indices)
    func changesAreToldApart(index: Int) {
        let (name, old, new, kinds) = Self.cases[index]
        #expect(SeatDifference.between(old, new).map(\.kind) == kinds, "\(name)")
    }

    /// Every live seat of either side is in exactly one pair, or came, or left.
    @Test(arguments: 0..<50)
    func theDifferenceAddsUp(seed: UInt64) {
        var random = RandomRows(seed: seed)
        func side() -> [ExportedSeat] {
            (0..<Int.random(in: 0...30, using: &random)).map { index in
                let person = Int.random(in: 0...20, using: &random)
                return Self.seat(
                    Bool.random(using: &random) ? "p\(person)@acme-co.dev" : nil,
                    Bool.random(using: &random) ? "u-\(person)" : nil,
                    in: Bool.random(using: &random) ? Self.here : Self.there, id: "s\(index)",
                    is: [.pending, .claimed, .revoked].randomElement(using: &random) ?? .claimed)
            }
        }
        let old = side()
        let new = side()
        #expect(SeatDifference.between(old, old).isEmpty)
        #expect(SeatDifference.between(new, new).isEmpty)
        let there = SeatDifference.between(old, new)
        let back = SeatDifference.between(new, old)
        let came = there.count { $0.kind == .added }
        let left = there.count { $0.kind == .removed }
        #expect(new.count(where: \.status.isLive) - old.count(where: \.status.isLive) == came - left)
        #expect(back.count { $0.kind == .added } == left)
        #expect(back.count { $0.kind == .removed } == came)
    }
}
