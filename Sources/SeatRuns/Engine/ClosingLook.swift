internal import Foundation
internal import PolarAPI
internal import SeatPlanning

/// The look at the end of a run: each container is listed once more, and people are compared, not counts.
///
/// Everyone who was assigned, kept or renewed holds a seat, and everyone who was revoked holds none. Who lost a seat since
/// is given it again where a revocation of this plan whose outcome was not known can be the cause; else it is reported.
struct ClosingLook {
    /// What one container showed.
    struct Result: Sendable {
        /// Index of the container in the plan.
        var container: Int
        var seats: Int
        var live: Int
        var lost: [PlanFile.HeldRow] = []
        var holdAgain: [PlanFile.HeldRow] = []
    }

    let file: PlanFile
    let watches: [ContainerWatch]
    let before: BeforeImages
    let monitor: RunMonitor
    let client: PolarClient
    let options: RunOptions
    let environment: RunEnvironment

    /// Looks at every container in which the plan has rows. A container that cannot be listed is left as it is: what is
    /// stated of it stays expected.
    func perform() async throws {
        let file = file
        let rows = try await file.away {
            var rows: [Int: [PlanFile.HeldRow]] = [:]
            try file.forEachHeldRow("row.action IN ('assign', 'keep', 'reissue', 'revoke', 'absent', 'grow')") { row in
                rows[row.container, default: []].append(row)
            }
            return rows
        }
        let doubted = try await file.away { try file.doubtedSeats() }
        let order = rows.keys.sorted()
        let watches = watches
        // Each is asked, and what fails is no reason to end the run.
        let listings = try await order.concurrentMap(atOnce: options.concurrency) { index in
            try? await watches[index].look()
        }
        for (index, listing) in zip(order, listings) {
            guard let listing else { continue }
            var result = compare(index, rows[index] ?? [], listing)
            let time = environment.timestamp()
            let seen = result
            try await file.away { try file.note(seen, at: time) }
            for row in result.holdAgain {
                try await note(row, .holdsAgain, in: index, time)
            }
            for row in result.lost {
                let mayBeOurs = row.seatID.map { doubted[index]?.contains($0) ?? false } ?? false
                if try await settle(row, mayBeOurs: mayBeOurs, in: index, time) { result.live += 1 }
            }
            let live = result.live
            if live != seen.live { try await file.away { try file.correct(live: live, of: index) } }
        }
    }

    private func compare(_ index: Int, _ rows: [PlanFile.HeldRow], _ listing: SeatListing) -> Result {
        var result = Result(container: index, seats: listing.totalSeats, live: listing.live.count)
        for row in rows {
            guard let holds = row.holds else { continue }
            let person = before.person(of: row)
            var seat = listing.live.find(person)
            // Known by an id that seats do not bear: the seat that was given shows it.
            if seat == nil, holds, let own = row.seatID.flatMap({ listing.live.byID[$0] }), person.holds(own) == nil {
                seat = own
            }
            if holds, seat == nil { result.lost.append(row) }
            if !holds, seat != nil { result.holdAgain.append(row) }
        }
        return result
    }

    private func finding(
        _ row: PlanFile.HeldRow, _ kind: RunFinding.Kind, _ state: RunFinding.State, in index: Int, _ time: String
    ) -> RunFinding {
        RunFinding(
            kind, state, container: watches[index].id, email: row.email.isEmpty ? nil : row.email,
            externalID: row.externalID.isEmpty ? nil : row.externalID, seatID: row.seatID, at: time)
    }

    private func note(
        _ row: PlanFile.HeldRow, _ kind: RunFinding.Kind, in index: Int, _ time: String
    ) async throws {
        let (file, finding) = (file, finding(row, kind, .reported, in: index, time))
        _ = try await file.away { try file.add(finding, container: index, row: row.id, body: nil) }
    }

    /// - Returns: whether the person holds a seat again.
    private func settle(
        _ row: PlanFile.HeldRow, mayBeOurs: Bool, in index: Int, _ time: String
    ) async throws -> Bool {
        let file = file
        var body = try await file.away { try file.assignmentBody(ofRow: row.id) }
        if body?.identity == nil {
            body = before.seat(row.seatID, of: index).map { SeatReturn.body(for: $0, model: before.model) }
        }
        guard mayBeOurs, let body, body.identity != nil else {
            try await note(row, .lost, in: index, time)
            return false
        }
        let finding = finding(row, .lost, .open, in: index, time)
        let stored = try await file.away { try file.add(finding, container: index, row: row.id, body: body) }
        let seatReturn = SeatReturn(
            file: file, watches: watches, monitor: monitor, client: client, options: options, environment: environment,
            model: before.model)
        return try await seatReturn.perform(stored, before.person(of: row)).value.state == .givenBack
    }
}
