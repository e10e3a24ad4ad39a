import RosterFormats
import Rosters
import Testing

private let header =
    "container_type,container_id,product,billing_customer_email,billing_customer_external_id,seat_id,status,email,"
    + "external_id,member_id,customer_id,role,created_at,metadata.department"
private let acme = "11111111-1111-4111-8111-111111111111"
private let seat = "aaaaaaaa-0000-4000-8000-000000000001"
private let member = "bbbbbbbb-0000-4000-8000-000000000001"
private let buyer = "cccccccc-0000-4000-8000-000000000001"

@Suite struct RosterExportTests {
    private func roster(_ rows: [String]) throws -> Roster {
        try RosterReading.roster(([header] + rows).joined(separator: "\n") + "\n")
    }

    @Test func `an export reads back as a roster of its live seats`() throws {
        let roster = try roster([
            "subscription,\(acme),Team,it@acme-co.dev,acme,\(seat),claimed,ada@acme-co.dev,hr-1,\(member),\(buyer),member,"
                + "2026-01-05T10:00:00Z,R&D",
            "order,\(acme),Team,it@acme-co.dev,acme,\(seat),pending,bo@acme-co.dev,,\(member),\(buyer),member,,",
        ])
        #expect(roster.sources[0].isExport)
        #expect(roster.defects.isEmpty)
        #expect(roster.rows.map(\.email) == ["ada@acme-co.dev", "bo@acme-co.dev"])
        #expect(roster.rows.map(\.externalID) == ["hr-1", ""])
        #expect(roster.rows.map(\.container) == [.container(.subscription(acme)), .container(.order(acme))])
        // The buyer's id is no identity of the holder.
        #expect(roster.rows.allSatisfy { $0.details.customerID.isEmpty && $0.details.memberID.isEmpty })
        #expect(roster.rows[0].details.metadata == [.init(key: "department", value: "R&D")])
        #expect(roster.rows[1].details.metadata.isEmpty)
    }

    @Test func `revoked seats of an export are left out and counted`() throws {
        let roster = try roster([
            "subscription,\(acme),Team,it@acme-co.dev,acme,\(seat),revoked,,,,,,,",
            "subscription,\(acme),Team,it@acme-co.dev,acme,\(seat),claimed,ada@acme-co.dev,,,,,,",
            "subscription,\(acme),Team,it@acme-co.dev,acme,\(seat),revoked,ada@acme-co.dev,,,,,,",
        ])
        #expect(roster.rows.map(\.line) == [3])
        #expect(roster.outline == ["note revoked_seat@2", "note revoked_seat@4"])
        #expect(roster.sources[0].leftOut == 2)
        #expect(roster.recordCount == 3)
    }

    @Test func `a holder without email and external id is known by the member`() throws {
        let roster = try roster([
            "subscription,\(acme),Team,,,\(seat),claimed,,,\(member),\(buyer),member,,",
            "subscription,\(acme),Team,,,\(seat),claimed,,,,\(buyer),,,",
        ])
        #expect(roster.defects.isEmpty)
        #expect(roster.rows.map(\.details.memberID) == [member, ""])
        #expect(roster.rows.map(\.details.customerID) == ["", buyer])
    }

    @Test func `a status means nothing outside an export`() throws {
        let roster = try RosterReading.roster("email,status\na@globex.dev,revoked\n")
        #expect(roster.rows.count == 1)
        #expect(!roster.sources[0].isExport)
        #expect(roster.sources[0].columns.map(\.field) == [.email, nil])
    }

    @Test func `a column action makes a revoked seat a row like any other`() throws {
        let roster = try RosterReading.roster(
            """
            seat_id,status,container_type,container_id,email,action
            \(seat),revoked,order,\(acme),a@globex.dev,revoke

            """)
        #expect(roster.rows.map(\.action) == [.revoke])
    }
}
