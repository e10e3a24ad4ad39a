internal import Foundation
internal import GRDB
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Holds every step of a plan against the row that it belongs to: `apply` carries out steps, and `show` shows rows, so what
/// the one does must be what the other says.
///
/// SQLite compares plain assignments and revocations, which most steps are; the rest is looked at one by one.
struct PlanStepInspection {
    private let database: Database
    private let header: PlanHeader
    private let containers: [PlanContainerInspection.Facts]
    private let rules: IdentityRules

    init(_ database: Database, _ header: PlanHeader, _ containers: [PlanContainerInspection.Facts]) {
        self.database = database
        self.header = header
        self.containers = containers
        rules = IdentityRules(model: header.model, policy: header.options.identity)
    }

    func perform() throws {
        try checkNumbers()
        try checkForecasts()
        try checkKeys()
        let mails = try checkEach()
        guard mails <= header.mails else {
            throw PlanDamage("table plan, header", "counts \(header.mails) emails, and the steps send \(mails)")
        }
        try checkGuards(mails)
    }

    // MARK: Which steps there are

    /// Each row has the steps that its action needs, and no other.
    private func checkNumbers() throws {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT row.id, row.action, coalesce(own.grows, 0) AS grows, coalesce(own.revokes, 0) AS revokes,
                    coalesce(own.assigns, 0) AS assigns
                FROM row LEFT JOIN (
                    SELECT row, sum(kind = 'grow') AS grows, sum(kind = 'revoke') AS revokes,
                        sum(kind = 'assign') AS assigns, min(CASE kind WHEN 'revoke' THEN id END) AS revocation,
                        max(CASE kind WHEN 'assign' THEN id END) AS assignment
                    FROM step GROUP BY row) AS own ON own.row = row.id
                WHERE grows != (action = 'grow') OR revokes != (action IN ('revoke', 'reissue'))
                    OR assigns != (action IN ('assign', 'reissue'))
                    OR (action = 'reissue' AND own.revocation > own.assignment)
                LIMIT 1
                """)
        guard let row else { return }
        throw PlanDamage(
            table: "row", id: Int64.fromDatabaseValue(row["id"]),
            "its action does not have the steps that such a row has")
    }

    /// What each container's forecast counts is what its rows do.
    private func checkForecasts() throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT container, action, count(*) AS number FROM row
                WHERE action IN ('assign', 'revoke', 'reissue', 'blocked', 'grow') GROUP BY container, action
                """)
        var counts: [Int: [String: Int]] = [:]
        for row in rows {
            counts[try row.value("container"), default: [:]][try row.value("action")] = try row.value("number")
        }
        for (index, container) in containers.enumerated() {
            let own = counts[index] ?? [:]
            let forecast = container.forecast
            let isSame =
                forecast.assigns == own["assign"] ?? 0 && forecast.revokes == own["revoke"] ?? 0
                && forecast.reissues == own["reissue"] ?? 0 && forecast.blocked == own["blocked"] ?? 0
                && (forecast.seatsAfter > forecast.seatsBefore) == (own["grow"] == 1) && (own["grow"] ?? 0) <= 1
            guard isSame else {
                throw PlanDamage(table: "container", id: Int64(index), "the forecast counts other rows than there are")
            }
        }
        let grown = containers.filter { $0.forecast.seatsAfter > $0.forecast.seatsBefore }
        let total = grown.reduce(0) { $0 + $1.forecast.seatsAfter }
        guard (grown.isEmpty ? nil : total) == header.grownSeats else {
            throw PlanDamage("table plan, header", "buys another number of seats than the rows")
        }
    }

    /// The address by which a person is found is the one that is shown.
    private func checkKeys() throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, email, email_key FROM row
                WHERE action IN ('assign', 'keep', 'reissue', 'revoke') AND email != '' AND lower(email) != email_key
                """)
        while let row = try rows.next() {
            let (email, key): (String, String) = (try row.value("email"), try row.value("email_key"))
            if EmailAddress.serverKey(of: email) != key {
                throw PlanDamage(
                    table: "row", id: Int64.fromDatabaseValue(row["id"]), "email and email_key are two addresses")
            }
        }
    }

    // MARK: What each does

    /// - Returns: how many invitations are emailed.
    private func checkEach() throws -> Int {
        let counted = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM step WHERE kind = 'assign' AND NOT coalesce(body ->> '$.immediateClaim', 0)")
        let plain = "(\(plainAssignment)) OR (\(Self.plainRevocation))"
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT step.id AS id, step.kind, step.container, step.lane, step.after_row, step.seat_id, step.body,
                    row.action, row.container AS row_container, row.seat_id AS row_seat, row.email, row.email_key,
                    row.external_id, row.asks, seat.email AS holder, seat.record,
                    before.container AS before_container, before.action AS before_action
                FROM step JOIN row ON row.id = step.row
                    LEFT JOIN seat ON seat.container = step.container AND seat.seat_id = step.seat_id
                        AND step.kind = 'revoke'
                    LEFT JOIN row AS before ON before.id = step.after_row
                WHERE coalesce(NOT (\(plain)), 1)
                ORDER BY step.id
                """)
        while let row = try rows.next() { try check(row) }
        return counted ?? 0
    }

    /// An assignment to an address, perhaps with an external id, in the bytes that such a step has.
    private var plainAssignment: String {
        guard header.options.identity != .externalCustomer else { return "0" }
        let claim =
            "CASE WHEN coalesce(row.asks ->> '$.immediateClaim', \(header.options.immediateClaim ? 1 : 0)) "
            + "THEN ',\"immediateClaim\":true' ELSE '' END"
        let id =
            rules.linksExternalID
            ? "CASE row.external_id WHEN '' THEN '' ELSE ',\"externalMemberID\":' || json_quote(row.external_id) END"
            : "''"
        return """
            step.kind = 'assign' AND row.action = 'assign' AND step.container = row.container
            AND step.lane = row.container AND step.after_row IS NULL AND row.email != ''
            AND (row.asks IS NULL OR (coalesce(row.asks ->> '$.externalID', '') = row.external_id
                AND json_extract(row.asks, '$.externalMemberID', '$.externalCustomerID', '$.customerID', '$.memberID',
                    '$.metadata') = '[null,null,null,null,null]'))
            AND step.body = '{"identity":{"email":' || json_quote(row.email) || \(id) || '}' || \(claim) || '}'
            """
    }

    /// A revocation of the seat that the snapshot shows at the row's address.
    private static let plainRevocation = """
        step.kind = 'revoke' AND row.action = 'revoke' AND step.container = row.container AND step.lane = row.container
        AND step.after_row IS NULL AND step.body IS NULL AND step.seat_id = row.seat_id AND row.email_key != ''
        AND lower(seat.email) = row.email_key
        """

    private func check(_ row: Row) throws {
        let id: Int64 = try row.value("id", in: "step")
        func fail(_ what: String) -> PlanDamage { PlanDamage(table: "step", id: id, what) }
        let container: Int = try row.value("container", in: "step")
        guard try row.optional("row_container") == container else {
            throw fail("changes another container than its row")
        }
        let (lane, after): (Int, Int64?) = (
            try row.value("lane", in: "step"), try row.optional("after_row", in: "step")
        )
        if after == nil {
            guard lane == container else { throw fail("stands in another container's lane") }
        } else {
            let before: String? = try row.optional("before_action")
            guard try row.value("kind", in: "step") == Step.Kind.revoke.rawValue,
                try row.optional("before_container") == lane, ["assign", "keep", "reissue"].contains(before ?? "")
            else { throw fail("waits for a row that gives no seat") }
        }
        let text: String? = try row.optional("body", in: "step")
        let body: StepBody?
        do { body = try text.map { try PlanJSON.value(StepBody.self, $0) } } catch let error as DecodingError {
            throw fail("body cannot be read (\(error.place))")
        }
        switch Step.Kind(rawValue: try row.value("kind", in: "step")) {
        case .grow:
            guard let body, body.identity == nil, body.seats == containers[container].forecast.seatsAfter else {
                throw fail("buys another number of seats than its row")
            }
        case .revoke:
            guard body == nil else { throw fail("a revocation sends nothing") }
            if let problem = try revocationProblem(row) { throw fail(problem) }
        case .assign:
            guard let identity = body?.identity, body?.seats == nil else { throw fail("assigns a seat to no one") }
            if let problem = try assignmentProblem(row, identity) { throw fail(problem) }
        case nil: throw fail("kind is unknown")
        }
    }

    // MARK: People

    /// The seat must be in the snapshot, and its holder be the person of the row.
    private func revocationProblem(_ row: Row) throws -> String? {
        guard let record: String = try row.optional("record") else {
            return "revokes a seat that the snapshot does not show"
        }
        let seat = try PlanJSON.value(Holder.self, record)
        if try row.value("action") == Action.revoke.rawValue, try row.optional("row_seat") != seat.id {
            return "revokes another seat than its row"
        }
        let person = try Person(row)
        if person.names(seat) { return nil }
        // Someone of whom the snapshot has neither an address nor an id can be named by none.
        let isNameless = person.email.isEmpty && (seat.email ?? "").isEmpty && (seat.externalID ?? "").isEmpty
        return isNameless ? nil : "revokes the seat of someone else than its row shows"
    }

    /// The person that is sent is the row's: the address that is shown, and ids that the row gives.
    private func assignmentProblem(_ row: Row, _ identity: SeatIdentity) throws -> String? {
        let person = try Person(row)
        let problem = "assigns the seat to someone else than its row shows"
        if let email = identity.email {
            guard !person.emailKey.isEmpty,
                EmailAddress.serverKey(of: email) == person.emailKey || email == person.email
            else { return problem }
        }
        var named = person.ids
        if try row.value("action") == Action.reissue.rawValue { named.formUnion(try holderIDs(row)) }
        let ids = [identity.externalMemberID, identity.externalCustomerID, identity.customerID, identity.memberID]
            .compactMap(\.self)
        guard ids.allSatisfy(named.contains), identity.email != nil || !ids.isEmpty else { return problem }
        // Beside an address that is shown, an id that is sent in its place must be shown too.
        let shown: String = try row.value("external_id")
        let isShown =
            try ids == [shown] || row.value("action") == Action.reissue.rawValue || rules.policy == .externalCustomer
        return identity.email != nil || person.email.isEmpty || isShown ? nil : problem
    }

    /// A renewal gives the seat to who had it, whatever they were called by.
    private func holderIDs(_ row: Row) throws -> Set<String> {
        let record = try String.fetchOne(
            database,
            sql: """
                SELECT seat.record FROM step JOIN step AS first ON first.row = step.row AND first.kind = 'revoke'
                JOIN seat ON seat.container = first.container AND seat.seat_id = first.seat_id WHERE step.id = ?
                """, arguments: [try row.value("id", in: "step") as Int64])
        guard let seat = try record.map({ try PlanJSON.value(Holder.self, $0) }), try Person(row).names(seat) else {
            return []
        }
        return seat.ids
    }

    /// What the snapshot has of a seat's holder.
    private struct Holder: Decodable {
        var id: String
        var email: String?
        var externalID: String?
        var externalMemberID: String?
        var memberID: String?
        var customerID: String?

        var ids: Set<String> { Set([externalID, externalMemberID, memberID, customerID].compactMap(\.self)) }
    }

    /// Who a row is about, by everything that it says of them.
    private struct Person {
        var email: String
        var emailKey: String
        var ids: Set<String>

        init(_ row: Row) throws {
            email = try row.value("email")
            emailKey = try row.value("email_key")
            let asks = try (row.optional("asks") as String?).map { try PlanJSON.value(RowRequest.self, $0) }
            ids = Set(
                [
                    try row.value("external_id") as String, asks?.externalID, asks?.externalMemberID,
                    asks?.externalCustomerID, asks?.customerID, asks?.memberID,
                ].compactMap(\.self).filter { !$0.isEmpty })
        }

        func names(_ seat: Holder) -> Bool {
            if !emailKey.isEmpty, seat.email.map({ EmailAddress.serverKey(of: $0) }) == emailKey { return true }
            return !ids.isDisjoint(with: seat.ids)
        }
    }

    // MARK: Guards

    /// The limits that the plan was made with, judged again on what it does. A plan that trips one says so itself, and is
    /// shown and not applied.
    private func checkGuards(_ mails: Int) throws {
        guard header.trips.isEmpty else { return }
        func refuse(_ guardName: String, _ figure: Int, _ limit: Int) -> PlanDamage {
            PlanDamage("table plan, header", "says nothing of \(guardName): \(figure), and the limit is \(limit)")
        }
        if let limit = header.options.maxMails, mails > limit { throw refuse("max-mails", mails, limit) }
        let bought = containers.reduce(0) { $0 + $1.forecast.seatsAfter - $1.forecast.seatsBefore }
        if let limit = header.options.maxGrow, bought > limit { throw refuse("max-grow", bought, limit) }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT container, count(*) AS number FROM step WHERE kind = 'revoke'
                AND row IN (SELECT id FROM row WHERE action = 'revoke') GROUP BY container
                """)
        for row in rows {
            let index: Int = try row.value("container", in: "step")
            let revocations: Int = try row.value("number", in: "step")
            let limit = header.options.maxRevoke.limit(live: containers[index].forecast.liveBefore)
            if revocations > limit { throw refuse("max-revoke", revocations, limit) }
        }
    }
}
