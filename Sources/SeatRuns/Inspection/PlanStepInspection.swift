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
    private let plain: PlainAssignment

    init(_ database: Database, _ header: PlanHeader, _ containers: [PlanContainerInspection.Facts]) {
        self.database = database
        self.header = header
        self.containers = containers
        rules = IdentityRules(model: header.model, policy: header.options.identity)
        plain = PlainAssignment(header)
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

    /// Each row has the steps that its action needs, and no other. An assignment that its row says all of needs none.
    private func checkNumbers() throws {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT row.id FROM \(PlainAssignment.source) LEFT JOIN (
                    SELECT row, sum(kind = 'grow') AS grows, sum(kind = 'revoke') AS revokes,
                        sum(kind = 'assign') AS assigns
                    FROM step GROUP BY row) AS own ON own.row = row.id
                WHERE coalesce(own.grows, 0) != (row.action = 'grow')
                    OR coalesce(own.revokes, 0) != (row.action IN ('revoke', 'reissue'))
                    OR (coalesce(own.assigns, 0) != (row.action IN ('assign', 'reissue'))
                        AND NOT (row.action = 'assign' AND own.assigns IS NULL AND \(plain.isPlain)))
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
                SELECT id, email, \(EmailKey.sql) AS email_key FROM row
                WHERE action IN ('assign', 'keep', 'reissue', 'revoke') AND email != ''
                    AND (email_key IS NOT NULL OR email GLOB '*[^ -~]*' OR email LIKE '%xn--%')
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
            sql: """
                SELECT (SELECT count(*) FROM step WHERE kind = 'assign' AND immediate_claim IS NULL)
                    + (SELECT count(*) FROM \(PlainAssignment.source)
                        WHERE row.action = 'assign' AND \(PlainAssignment.isUnwritten)
                            AND NOT coalesce(request.immediate_claim, \(plain.claims ? 1 : 0)))
                """)
        let known = "(\(plainAssignment)) OR (\(Self.plainRevocation))"
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT \(Step.columns), row.id AS id, row.action, row.container AS row_container,
                    row.seat_id AS row_seat, row.email, \(EmailKey.sql) AS email_key, row.external_id,
                    \(RowRequest.columns), \(Holder.columns),
                    before.container AS before_container, before.action AS before_action
                FROM step JOIN row ON row.id = step.row LEFT JOIN request ON request.row = row.id
                    LEFT JOIN seat ON seat.container = step.container AND seat.seat_id = step.seat_id
                        AND step.kind = 'revoke'
                    LEFT JOIN row AS before ON before.id = step.after_row
                WHERE coalesce(NOT (\(known)), 1)
                ORDER BY step.id
                """)
        while let row = try rows.next() { try check(row) }
        return counted ?? 0
    }

    /// An assignment that sends what a plain one of its row does.
    private var plainAssignment: String {
        """
        step.kind = 'assign' AND row.action = 'assign' AND step.container = row.container
        AND step.lane = row.container AND step.after_row IS NULL AND \(plain.isPlain) AND \(plain.isSent)
        """
    }

    /// A revocation of the seat that the snapshot shows at the row's address.
    private static let plainRevocation = """
        step.kind = 'revoke' AND row.action = 'revoke' AND step.container = row.container AND step.lane = row.container
        AND step.after_row IS NULL AND \(StepBody.columns.map { "step.\($0) IS NULL" }.joined(separator: " AND "))
        AND step.seat_id = row.seat_id AND \(EmailKey.sql) != '' AND lower(seat.email) = \(EmailKey.sql)
        """

    private func check(_ row: Row) throws {
        let id: Int64 = try row.value("step_id", in: "step")
        func fail(_ what: String) -> PlanDamage { PlanDamage(table: "step", id: id, what) }
        let container: Int = try row.value("step_container", in: "step")
        guard try row.optional("row_container") == container else {
            throw fail("changes another container than its row")
        }
        let (lane, after): (Int, Int64?) = (
            try row.value("step_lane", in: "step"), try row.optional("step_after_row", in: "step")
        )
        let kind: String = try row.value("step_kind", in: "step")
        if after == nil {
            guard lane == container else { throw fail("stands in another container's lane") }
        } else {
            let before: String? = try row.optional("before_action")
            guard kind == Step.Kind.revoke.rawValue, try row.optional("before_container") == lane,
                ["assign", "keep", "reissue"].contains(before ?? "")
            else { throw fail("waits for a row that gives no seat") }
        }
        let body: StepBody
        do { body = try StepBody(row) } catch let error as DecodingError {
            throw fail("metadata cannot be read (\(error.place))")
        }
        switch Step.Kind(rawValue: kind) {
        case .grow:
            guard body == StepBody(seats: containers[container].forecast.seatsAfter) else {
                throw fail("buys another number of seats than its row")
            }
        case .revoke:
            guard body == StepBody() else { throw fail("a revocation sends nothing") }
            if let problem = try revocationProblem(row) { throw fail(problem) }
        case .assign:
            guard let identity = body.identity, body.seats == nil else { throw fail("assigns a seat to no one") }
            if let problem = try assignmentProblem(row, identity) { throw fail(problem) }
            guard body.immediateClaim ?? false == (try RowRequest(row)?.immediateClaim ?? header.options.immediateClaim)
            else { throw fail("claims the seat, and its row does not, or the other way round") }
        case nil: throw fail("kind is unknown")
        }
    }

    // MARK: People

    /// The seat must be in the snapshot, and its holder be the person of the row.
    private func revocationProblem(_ row: Row) throws -> String? {
        guard let seat = try Holder(row) else { return "revokes a seat that the snapshot does not show" }
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
        let found = try Row.fetchOne(
            database,
            sql: """
                SELECT \(Holder.columns) FROM step
                JOIN seat ON seat.container = step.container AND seat.seat_id = step.seat_id WHERE step.id = ?
                """, arguments: [StepID.renewal(ofRow: try row.value("step_row", in: "step"))])
        guard let seat = try found.flatMap({ try Holder($0) }), try Person(row).names(seat) else { return [] }
        return seat.ids
    }

    /// What the snapshot has of a seat's holder.
    private struct Holder {
        var id: String
        var email: String?
        var externalID: String?
        var ids: Set<String>

        private static let names = [
            "seat_id", "email", "external_id", "external_member_id", "member_id", "customer_id",
        ]
        static let columns = names.map { "seat.\($0) AS holder_\($0)" }.joined(separator: ", ")

        /// nil where the snapshot has no such seat.
        init?(_ row: Row) throws {
            func text(_ column: String) throws -> String? { try row.optional("holder_" + column, in: "seat") }
            guard let id = try text("seat_id") else { return nil }
            self.id = id
            email = try text("email")
            externalID = try text("external_id")
            ids = Set(try Self.names.dropFirst(2).compactMap { try text($0) })
        }
    }

    /// Who a row is about, by everything that it says of them.
    private struct Person {
        var email: String
        var emailKey: String
        var ids: Set<String>

        init(_ row: Row) throws {
            email = try row.value("email")
            emailKey = try row.value("email_key")
            let request = try RowRequest(row)
            ids = Set(
                [
                    try row.value("external_id") as String, request?.externalID, request?.externalMemberID,
                    request?.externalCustomerID, request?.customerID, request?.memberID,
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
