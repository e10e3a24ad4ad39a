import RosterFormats
import Rosters
import SeatAudits
import SeatPlanning
import SeatReports

/// A run and an audit, small enough to be read and awkward enough to be worth it.
enum ReportSamples {
    static let acme = ContainerID.subscription("11111111-1111-4111-8111-111111111111")
    static let initech = ContainerID.order("33333333-3333-4333-8333-333333333333")
    static let extraColumns = ["Department", "message"]

    static let summary = RunSummary(
        toolVersion: "0.1.0", server: "https://sandbox-api.polar.sh", organization: "wayne", mode: "mirror",
        plannedAt: "2026-11-20T09:00:00Z", startedAt: "2026-11-20T09:05:00Z", finishedAt: "2026-11-20T09:07:30Z",
        isComplete: true, rosterRows: 5, addedRows: 1,
        actions: ["assign": 3, "keep": 1, "invalid": 1, "revoke": 1],
        outcomes: ["assigned": 2, "kept": 1, "revoked": 1, "failed": 1, "skipped": 1], mispredicted: 1, requests: 8,
        containers: [
            .init(
                id: acme, team: "acme", product: "Team <Pro> & \"friends\"", seats: 25, liveBefore: 4,
                livePlanned: 6, liveAfter: 5, seenAt: "2026-11-20T09:07:29Z"),
            .init(
                id: initech, team: nil, product: nil, seats: 10, liveBefore: 0, livePlanned: 0, liveAfter: 0,
                seenAt: "2026-11-20T09:07:29Z"),
        ],
        minutes: [
            .init(at: "2026-11-20T09:05:00Z", requests: 4, paused: 0),
            .init(at: "2026-11-20T09:06:00Z", requests: 0, paused: 60),
            .init(at: "2026-11-20T09:07:00Z", requests: 2, paused: 2.25),
        ])

    static let rows: [ResultRow] = [
        ResultRow(
            source: "people.csv", line: 2, container: acme, email: "grace@acme-co.dev", externalID: "u-2",
            action: .assign, outcome: .assigned, seatID: "aaaaaaaa-0000-4000-8000-000000000001",
            seatStatus: "pending", httpStatus: 200, attempts: 1, startedAt: "2026-11-20T09:05:01Z",
            finishedAt: "2026-11-20T09:05:02Z",
            extra: [.init(name: "Department", value: "R&D"), .init(name: "message", value: "hello, \"you\"")],
            cells: ["Grace@acme-co.dev", "u-2", "R&D", "hello, \"you\""]),
        ResultRow(
            source: "people.csv", line: 3, container: acme, email: "ada@acme-co.dev", externalID: "",
            action: .keep, outcome: .kept, seatID: "aaaaaaaa-0000-4000-8000-000000000002", seatStatus: "claimed",
            message: "holds a seat already", cells: ["ada@acme-co.dev", "", "", ""]),
        ResultRow(
            source: "people.csv", line: 4, container: acme, email: "=cmd|' /C calc'!A0@acme-co.dev",
            externalID: "'=1+1", action: .assign, outcome: .failed, httpStatus: 422,
            error: "RequestValidationError", message: "<script>alert(\"1\")</script>\nsecond line", attempts: 2,
            startedAt: "2026-11-20T09:07:00Z", finishedAt: "2026-11-20T09:07:02Z",
            extra: [.init(name: "Department", value: "Sales | EMEA"), .init(name: "message", value: "")],
            cells: ["=cmd|' /C calc'!A0@acme-co.dev", "'=1+1", "Sales | EMEA", ""]),
        ResultRow(
            source: "people.csv", line: 5, container: nil, email: "not an address", externalID: "",
            action: .invalid, outcome: .skipped, error: "invalid", message: "the address has no @ sign",
            extra: [.init(name: "Department", value: "Zoë \u{1}\u{2028}x"), .init(name: "message", value: "")],
            cells: ["not an address", "", "Zoë \u{1}\u{2028}x", ""]),
        ResultRow(
            source: "people.csv", line: 7, container: initech, email: "linus@globex.dev", externalID: "",
            action: .assign, outcome: .assigned, seatID: "aaaaaaaa-0000-4000-8000-000000000003",
            seatStatus: "claimed", httpStatus: 200, attempts: 1, startedAt: "2026-11-20T09:05:03Z",
            finishedAt: "2026-11-20T09:05:04Z", cells: ["linus@globex.dev", "", "", ""]),
        ResultRow(
            source: "", line: 0, container: acme, email: "gone@acme-co.dev", externalID: "u-9", action: .revoke,
            outcome: .revoked, seatID: "aaaaaaaa-0000-4000-8000-000000000004", seatStatus: "revoked",
            httpStatus: 200, attempts: 1, startedAt: "2026-11-20T09:05:05Z", finishedAt: "2026-11-20T09:05:06Z"),
    ]

    static let containers: [ContainerSnapshot] = [
        ContainerSnapshot(
            id: acme, status: "active", productID: "99999999-0000-4000-8000-000000000001", product: "Team, large",
            billingCustomerID: "cccccccc-0000-4000-8000-000000000001",
            billingCustomerEmail: "billing@acme-co.dev", billingCustomerExternalID: "acme", totalSeats: 25,
            availableSeats: 21,
            pricing: SeatPricing(
                kind: .graduated, currency: "usd", interval: "month",
                tiers: [
                    .init(minSeats: 1, maxSeats: 10, pricePerSeat: 1_000),
                    .init(minSeats: 11, maxSeats: nil, pricePerSeat: 800),
                ]),
            seats: [
                SeatRecord(
                    id: "bbbbbbbb-0000-4000-8000-000000000001", state: .claimed, email: "ada@acme-co.dev",
                    externalID: "u-1", memberID: "dddddddd-0000-4000-8000-000000000001",
                    customerID: "cccccccc-0000-4000-8000-000000000001", role: "owner",
                    createdAt: "2026-10-01T08:00:00.123456Z", modifiedAt: "2026-10-02T08:00:00Z",
                    claimedAt: "2026-10-02T08:00:00Z",
                    metadata: #"{"department":"R&D","level":3,"tags":["a","b"]}"#),
                SeatRecord(
                    id: "bbbbbbbb-0000-4000-8000-000000000002", state: .pending, email: "bob@acme-co.dev",
                    memberID: "dddddddd-0000-4000-8000-000000000002",
                    customerID: "cccccccc-0000-4000-8000-000000000001", role: "member",
                    createdAt: "2026-11-01T08:00:00Z",
                    invitationExpiresAt: "2026-11-02T08:00:00Z", invitationExpired: true),
                SeatRecord(
                    id: "bbbbbbbb-0000-4000-8000-000000000003", state: .claimed, email: "+49@acme-co.dev",
                    externalID: "-7", memberID: "dddddddd-0000-4000-8000-000000000003",
                    customerID: "cccccccc-0000-4000-8000-000000000001", role: "member",
                    createdAt: "2026-10-01T08:00:00Z", claimedAt: "2026-10-03T08:00:00Z",
                    metadata: #"{"department":"Sales \"EMEA\""}"#),
                SeatRecord(
                    id: "bbbbbbbb-0000-4000-8000-000000000004", state: .pending, email: "zoë@münchen.dev",
                    memberID: "dddddddd-0000-4000-8000-000000000004",
                    customerID: "cccccccc-0000-4000-8000-000000000001", role: "member",
                    createdAt: "2026-11-20T08:00:00Z",
                    invitationExpiresAt: "2026-11-21T08:00:00Z"),
            ]),
        ContainerSnapshot(
            id: initech, status: "paid", product: "Team, once", billingCustomerEmail: "billing@globex.dev",
            totalSeats: 10, availableSeats: 10,
            pricing: SeatPricing(
                kind: .volume, currency: "jpy", interval: nil,
                tiers: [
                    .init(minSeats: 2, maxSeats: 4, pricePerSeat: 1_500),
                    .init(minSeats: 5, maxSeats: 50, pricePerSeat: 1_000),
                ]),
            seats: [
                SeatRecord(
                    id: "bbbbbbbb-0000-4000-8000-000000000005", state: .revoked,
                    createdAt: "2026-11-01T08:00:00Z", revokedAt: "2026-11-03T08:00:00Z")
            ]),
    ]

    static let changes: [SeatCountChange] = [
        SeatCountChange(
            time: "2026-11-20T23:35:04.511714Z", subscriptionID: acme.id, oldSeats: 4, newSeats: 25,
            proration: "prorate", source: "system", customerID: "cccccccc-0000-4000-8000-000000000001",
            customerEmail: "billing@acme-co.dev", customerExternalID: "acme"),
        SeatCountChange(
            time: "2026-10-01T00:00:00Z", subscriptionID: acme.id, oldSeats: 8, newSeats: 4, proration: "invoice",
            source: "user", customerEmail: "billing@acme-co.dev"),
        SeatCountChange(
            time: "2026-11-01T00:00:00Z", subscriptionID: "22222222-2222-4222-8222-222222222222", oldSeats: 3,
            newSeats: 3),
    ]

    static let identities: [IdentityMapping] = [
        IdentityMapping(
            container: acme, seatID: "bbbbbbbb-0000-4000-8000-000000000001", status: .claimed,
            email: "ada@acme-co.dev", customerID: "cccccccc-0000-4000-8000-000000000009", externalCustomerID: "u-1",
            memberID: "dddddddd-0000-4000-8000-000000000001", externalMemberID: "u-1"),
        IdentityMapping(
            container: acme, seatID: "bbbbbbbb-0000-4000-8000-000000000002", status: .pending,
            email: "bob@acme-co.dev"),
    ]

    /// The second container's seat is given to someone, one person leaves, one moves, one is renamed.
    static let differences = SeatDifference.between(
        containers.flatMap { container in container.seats.map { ExportedSeat(container.id, $0) } },
        [
            ExportedSeat(
                container: acme, seatID: "bbbbbbbb-0000-4000-8000-000000000001", status: .claimed,
                email: "ada.king@acme-co.dev", externalID: "u-1"),
            ExportedSeat(
                container: acme, seatID: "bbbbbbbb-0000-4000-8000-000000000002", status: .claimed,
                email: "Bob@acme-co.dev"),
            ExportedSeat(
                container: initech, seatID: "bbbbbbbb-0000-4000-8000-000000000005", status: .pending,
                email: "new@globex.dev"),
            ExportedSeat(
                container: initech, seatID: "bbbbbbbb-0000-4000-8000-000000000006", status: .pending,
                email: "zoë@münchen.dev"),
        ])

    /// Every kind of document, by the name of its schema.
    static let kinds = ["report", "seats", "subscriptions", "history", "identities", "diff"]

    /// - Parameter isEmpty: without any row.
    static func document(_ kind: String, _ format: ReportFormat, isEmpty: Bool = false) throws -> String {
        try document(
            kind, format, rows: isEmpty ? [] : rows, containers: isEmpty ? [] : containers,
            changes: isEmpty ? [] : changes, identities: isEmpty ? [] : identities,
            differences: isEmpty ? [] : differences)
    }

    static func document(
        _ kind: String, _ format: ReportFormat, rows: [ResultRow], containers: [ContainerSnapshot],
        changes: [SeatCountChange], identities: [IdentityMapping], differences: [SeatDifference],
        names: (old: String, new: String) = ("old.csv", "new.csv")
    ) throws -> String {
        switch kind {
        case "report":
            var writer = try ResultReportWriter(
                format: format, summary: summary, extraColumns: extraColumns, into: MemorySink())
            for row in rows { try writer.write(row) }
            return try writer.finish().text
        case "seats":
            var writer = try SeatExportWriter(
                format: format, metadataKeys: SeatMetadata.keys(of: containers), into: MemorySink())
            for container in containers { try writer.write(container, seats: container.seats) }
            return try writer.finish().text
        case "subscriptions":
            var writer = try SubscriptionExportWriter(format: format, into: MemorySink())
            for container in containers { try writer.write(container) }
            return try writer.finish().text
        case "history":
            var writer = try HistoryExportWriter(format: format, into: MemorySink())
            for change in changes { try writer.write(change) }
            return try writer.finish().text
        case "identities":
            var writer = try IdentityExportWriter(format: format, into: MemorySink())
            for identity in identities { try writer.write(identity) }
            return try writer.finish().text
        default:
            var writer = try DiffReportWriter(
                format: format, old: ComparedExport(names.old, time: "2026-10-31T08:00:00Z"),
                new: ComparedExport(names.new, time: "2026-11-30T08:00:00Z"), into: MemorySink())
            for difference in differences { try writer.write(difference) }
            return try writer.finish().text
        }
    }

    static func report(_ format: ReportFormat, options: ReportOptions = ReportOptions()) throws -> String {
        var writer = try ResultReportWriter(
            format: format, options: options, summary: summary, extraColumns: extraColumns, into: MemorySink())
        for row in rows { try writer.write(row) }
        return try writer.finish().text
    }

    /// The columns of an export of seats.
    static let everyColumn = [
        "container_type", "container_id", "product", "billing_customer_email", "billing_customer_external_id",
        "seat_id",
        "status", "email", "external_id", "member_id", "customer_id", "role", "created_at", "modified_at", "claimed_at",
        "revoked_at", "invitation_expires_at", "invitation_expired", "metadata.department", "metadata.level",
    ]

    static func seats(_ format: ReportFormat, options: ReportOptions = ReportOptions()) throws -> String {
        var writer = try SeatExportWriter(
            format: format, options: options, metadataKeys: SeatMetadata.keys(of: containers), into: MemorySink())
        for container in containers { try writer.write(container, seats: container.seats) }
        return try writer.finish().text
    }
}
