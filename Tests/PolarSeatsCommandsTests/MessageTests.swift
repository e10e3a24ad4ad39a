import Foundation
import Rosters
import SeatPlanning
import SeatReports
import SeatRuns
import Testing

@testable import PolarSeatsCommands

/// Libraries return codes with fields; what people read of them is written here alone.
@Suite("Sentences of plans and runs")
struct MessageTests {
    private static let id = ContainerID.subscription("11111111-1111-4111-8111-111111111111")

    private static let notes: [(RowNote, String)] = [
        (.quoted("words of the server"), "words of the server"),
        (.duplicate(line: 2, source: nil, differs: false), "duplicate of line 2"),
        (
            .duplicate(line: 2, source: "a.csv", differs: true),
            "duplicate of line 2 of a.csv; its metadata or immediate_claim differs and is not sent"
        ),
        (.noIdentity(policy: .externalMember), "the row has no email or id that --identity external-member can send"),
        (.unknownPerson(id: .init(.externalMember, "u-1")), "no member has the external id u-1"),
        (.unknownPerson(id: .init(.customer, "c-1")), "no customer has the id c-1"),
        (.unknownCustomer(id: "c-1"), "no customer has the id c-1, of Polar's or of your own"),
        (
            .personNotLookedUp(id: .init(.externalCustomer, "u-1")),
            "the customer with the external id u-1 could not be looked up"
        ),
        (
            .membersUnreadable(id: .init(.member, "m-1")),
            "the members could not be read, so the member id m-1 cannot be looked up"
        ),
        (.customerWithoutEmail(id: "c-1"), "the customer c-1 has no email address"),
        (
            .twoPeople(email: "ada@acme-co.dev", id: .init(.externalMember, "u-1"), owner: nil),
            "ada@acme-co.dev and external id u-1 are two people on the server: the id belongs to a customer without an "
                + "address"
        ),
        (
            .otherExternalID(email: "ada@acme-co.dev", known: "a", given: "b"),
            "ada@acme-co.dev has the external id a on the server, and not b"
        ),
        (
            .countsAsBuyer(email: nil),
            "the server counts seats that were given by member ids as those of the billing customer, and would not give "
                + "it another; name the person by external_member_id"
        ),
        (
            .noContainer,
            "the row names no subscription or order; add a subscription_id, order_id or team column, or use "
                + "--subscription ID"
        ),
        (.unknownContainer(container: id, mayBeForeign: false), "\(id) does not exist on the server"),
        (
            .unusableContainerID(id: "x", words: "not a UUID"),
            "x is not an id that the server takes: not a UUID"
        ),
        (.unknownCheckout(id: "x"), "no order was made by the checkout x"),
        (
            .ambiguousTeam(name: "acme", choices: [.init(subscription: "s", product: "Team")]),
            "the team acme has 1 active subscriptions with seats: s (Team); use --product ID or a subscription_id column"
        ),
        (.holdsNoSeat, "holds no seat"), (.asksForNoSeat, "holds no seat, and the row asks for none"),
        (.invitationExpired, "the invitation has expired; --reissue-expired renews it"),
        (
            .expiredBesideOthers,
            "the invitation has expired; the person has other seats here, so it is not renewed"
        ),
        (.notInRoster, "not in the roster"),
        (.excludedPerson(line: 3, reason: "status is Suspended"), "excluded on line 3: status is Suspended"),
        (.furtherSeat(line: 3), "another seat of the person on line 3"),
        (.afterNewSeat, "after the person has the new seat"), (.noFreeSeat, "no free seat left"),
        (.raise(from: 3, to: 5), "3 to 5 seats"),
        (
            .undoes(change: .renewal, place: .init(source: "a.csv", line: 4)),
            "undoes the renewal of line 4 of a.csv"
        ),
        (
            .undoes(change: .revocation, place: .init(source: nil, line: 0)),
            "undoes the revocation of the plan's own revocations"
        ),
        (.assignedMeanwhile, "holds a seat that someone else assigned in the meantime"),
        (.otherState(status: "claimed"), "the seat is claimed now, which the plan did not see; nothing was revoked"),
        (
            .renewalNotRevoked(words: "locked"),
            "the old invitation could not be revoked, so no new one was made: locked"
        ),
        (.raised(seats: 5), "raised to 5 seats"),
        (
            .onlyScheduled(seats: 3, goal: 5),
            "the server accepted the purchase but the subscription has 3 seats, not 5: it is only scheduled"
        ),
    ]

    private static let plainNotes: [RowNote] = [
        .unpaidOrder, .expiredInUnpaidOrder, .expiredInOverfull, .assignedBefore, .renewedBefore, .claimedBefore,
        .revokedBefore, .renewedMeanwhile, .claimedMeanwhile, .revokedMeanwhile, .overfull, .seatsTaken,
        .renewalSeatTaken, .unexpectedSeat, .becameValid, .holderUnknown, .otherSeatGiven, .notMoved,
        .heldByOther(name: "eve@globex.dev"), .otherSeat(id: "s", status: "claimed"),
        .renewalNotAssigned(words: "full"), .givenToOthers(place: .init(source: "a.csv", line: 2)),
        .unknownTeam(name: "acme", near: []), .unknownTeam(name: "acme", near: ["acme-eu", "acme-us"]),
        .inactiveTeam(name: "acme", statuses: ["canceled", "past_due"]),
    ]

    @Test("each note of a row has its sentence")
    func rowNotes() {
        for (note, sentence) in Self.notes { #expect(note.sentence == sentence) }
    }

    @Test("no note is without a sentence, and each is read back from a plan as it was written")
    func stored() throws {
        for note in Self.notes.map(\.0) + Self.plainNotes {
            expectPlain(note.sentence, "\(note)")
            let text = try JSONEncoder().encode(note)
            #expect(try JSONDecoder().decode(RowNote.self, from: text) == note)
        }
    }

    @Test("each warning has its sentence")
    func warnings() throws {
        let cases: [(PlanWarning, String)] = [
            (
                .full(Self.id, rows: 1, seats: 10, live: 10),
                "1 row finds no free seat in \(Self.id): 10 seats; buy 1 more, or plan with --grow"
            ),
            (
                .full(.order("o"), rows: 2, seats: 1, live: 3),
                "2 rows find no free seat in order o: 1 seat (3 live); buy 2 more"
            ),
            (.emailsSent(2), "2 invitation emails cannot be recalled"),
            (
                .staysGrown(Self.id, from: 3, to: 5),
                "\(Self.id) was raised from 3 to 5 seats and stays so: reduce it manually once seats are free"
            ),
            (
                .emailDomain(domain: "nomx.dev", exists: true, rows: 2, source: "a.csv", line: 4),
                "nomx.dev does not accept email: the server will refuse 2 rows (a.csv, line 4)"
            ),
            (
                .notGrown(.order("o"), missing: 2, .order),
                "order o cannot grow: orders are bought once; 2 more seats need a new order"
            ),
            (
                .protectedKept(Self.id, people: 1),
                "1 protected person keeps a seat in \(Self.id) although no row names that person"
            ),
        ]
        for (warning, sentence) in cases { #expect(warning.sentence == sentence) }
        let others: [PlanWarning] = [
            .organizationUnreadable(scope: "organizations:read"), .containerUnreadable(Self.id),
            .membersUnreadable(scope: "members:read"), .customersUnreadable(scope: "customers:read"),
            .protectedKeepOld(people: 2), .waitingKeepOld(people: 1), .excludedElsewhere(rows: 2),
            .unpaid(Self.id, rows: 2), .notGrown(Self.id, missing: 1, .status("canceled")),
            .notGrown(Self.id, missing: 1, .endsWithPeriod), .notGrown(Self.id, missing: 1, .nextPeriod),
            .notGrown(Self.id, missing: 1, .aboveLastTier(to: 9, most: 5)), .benefitsStay, .invitationsReplaced(1),
            .givenToOthers(seats: 1), .renewalsStay(seats: 2), .notReached(changes: 2), .secondSeatsLost(1),
        ]
        for warning in cases.map(\.0) + others {
            expectPlain(warning.sentence, "\(warning)")
            let text = try JSONEncoder().encode(warning)
            #expect(try JSONDecoder().decode(PlanWarning.self, from: text) == warning)
        }
    }

    @Test("a guard names its figure, its limit and the option that lets the plan pass, as the command takes it")
    func guards() {
        var revoke = GuardTrip(.maxRevoke, figure: 20, limit: 12, container: Self.id)
        revoke.live = 120
        revoke.rule = .standard
        #expect(
            revoke.sentence
                == "20 of 120 live seats of \(Self.id) would be revoked, more than the 12 allowed (10% of the live "
                + "seats, at least 5)")
        #expect(revoke.notice.remedy == "--max-revoke 20" && revoke.notice.isOption)
        let command = RepeatedCommand(["polar-seats", "plan", "my team.csv", "--max-revoke", "3", "-o", "a.seatplan"])
        #expect(
            revoke.hint(command) == "polar-seats plan 'my team.csv' -o a.seatplan --max-revoke 20",
            "the old limit is replaced")
        #expect(revoke.hint(.none) == "plan again with --max-revoke 20")
        let protect = GuardTrip.protect([.init(name: "boss@acme-co.dev", line: 5)], in: .roster)
        #expect(protect.sentence == "protected people would be revoked: boss@acme-co.dev (line 5)")
        #expect(!protect.notice.isOption && !protect.hint(command).contains("plan again with"))
        for guardName in GuardTrip.Guard.allCases {
            expectPlain(GuardTrip(guardName, figure: 2, limit: 1).sentence, guardName.rawValue)
        }
    }

    @Test("each change of the live seats has its sentence")
    func drift() {
        let cases: [(Drift.Conflict, String)] = [
            (.init(kind: .containerGone, container: Self.id), "\(Self.id) no longer exists"),
            (
                .init(
                    kind: .tooFewSeats, container: Self.id, found: .freeSeats(now: 17, people: 19, planned: 21)),
                "\(Self.id) has 17 free seats now for 19 people; it had 21 when the plan was made"
            ),
            (
                .init(kind: .keptIsGone, container: Self.id, person: "ada@acme-co.dev"),
                "ada@acme-co.dev no longer holds a seat of \(Self.id); the plan keeps it"
            ),
        ]
        for (conflict, sentence) in cases { #expect(conflict.sentence == sentence) }
    }

    @Test("what is wrong with a plan file is said with its name and what to do")
    func planFiles() {
        let cases: [(PlanFileError.Problem, Int32, String)] = [
            (.missing, 66, "a.seatplan: no such plan file"),
            (.running, 75, "a.seatplan: another process is running this plan"),
            (
                .damaged("table row, id 3: has no action"), 65,
                "a.seatplan: damaged, or changed by other means than this tool: table row, id 3: has no action"
            ),
            (
                .exists(.appliedPlan(startedAt: "2026-11-21T09:00:00Z")), 73,
                "a.seatplan: holds the record of a run that began at 2026-11-21T09:00:00Z"
            ),
            (
                .foreignLog(ending: "-wal"), 65,
                "a.seatplan-wal: belongs to another plan than a.seatplan, which it stands beside"
            ),
        ]
        for (problem, status, sentence) in cases {
            let failure = Failure(PlanFileError("a.seatplan", problem))
            #expect((failure.status.rawValue, failure.message) == (status, sentence))
        }
    }

    private func expectPlain(_ sentence: String, _ what: String) {
        #expect(!sentence.isEmpty && !sentence.hasSuffix("."), "\(what): \(sentence)")
        #expect(sentence.first?.isUppercase == false, "\(what): \(sentence)")
        for word in ["container", "somebody", "nobody", "anew", "10 %", "mailed"] {
            #expect(!sentence.contains(word), "\(what): \(sentence)")
        }
    }
}
