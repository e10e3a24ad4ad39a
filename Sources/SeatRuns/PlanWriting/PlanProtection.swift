internal import Rosters
internal import GRDB
internal import PolarAPI
public import SeatPlanning

/// The people whom a plan must not revoke, as the plan file holds them: so that whoever applies it judges it again, without
/// the file that named them.
struct PlanProtection {
    private let database: Database
    private static let email = "email"
    private static let externalID = "external_id"

    init(_ database: Database) { self.database = database }

    func write(_ people: ProtectedPeople) throws {
        let insert = try database.makeStatement(sql: "INSERT INTO protected (kind, key) VALUES (?, ?)")
        for key in people.emailKeys.sorted() { try insert.execute(arguments: [Self.email, key]) }
        for id in people.externalIDs.sorted() { try insert.execute(arguments: [Self.externalID, id]) }
    }

    func read() throws -> ProtectedPeople {
        var people = ProtectedPeople()
        let rows = try Row.fetchCursor(database, sql: "SELECT kind, key FROM protected")
        while let row = try rows.next() {
            let (kind, key): (String, String) = (
                try row.value("kind", in: "protected"), try row.value("key", in: "protected")
            )
            switch kind {
            case Self.email: people.emailKeys.insert(key)
            case Self.externalID: people.externalIDs.insert(key)
            default: throw PlanDamage("table protected", "kind is unknown")
            }
        }
        return people
    }

    /// The people are as many as the header counts, and each can be found: a key that no one has would protect no one.
    func check(_ header: PlanHeader) throws {
        let people = try read()
        guard people.count == header.protectedPeople ?? 0 else {
            throw PlanDamage("table protected", "has other people than the header counts")
        }
        guard people.emailKeys.allSatisfy({ !$0.isEmpty && EmailAddress.serverKey(of: $0) == $0 }),
            !people.externalIDs.contains("")
        else { throw PlanDamage("table protected", "key is not one that people are compared by") }
    }

    /// Whom the open revocations would put out although they are protected, by name: by what the rows say of them, and by what
    /// the snapshot does. A renewal gives the seat again.
    func revoked() throws -> [String] {
        let people = try read()
        if people.isEmpty { return [] }
        var names: [String] = []
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT row.email, \(EmailKey.sql) AS email_key, row.external_id, seat.email AS holder, seat.external_id AS holder_id
                FROM step JOIN row ON row.id = step.row
                    LEFT JOIN seat ON seat.container = step.container AND seat.seat_id = step.seat_id
                WHERE step.kind = 'revoke' AND row.action = 'revoke' AND step.state IN ('planned', 'sent', 'unknown')
                ORDER BY step.id
                """)
        while let row = try rows.next() {
            let holder: String? = try row.optional("holder")
            let ids: [String?] = [try row.optional("external_id"), try row.optional("holder_id")]
            let keys: [String?] = [try row.optional("email_key"), holder.map { EmailAddress.serverKey(of: $0) }]
            guard
                keys.contains(where: { $0.map(people.emailKeys.contains) ?? false })
                    || ids.contains(where: { $0.map(people.externalIDs.contains) ?? false })
            else { continue }
            let texts: [String?] = [holder, try row.optional("email")]
            names.append((texts + ids.reversed()).compactMap(\.self).first { !$0.isEmpty } ?? "")
        }
        return names
    }
}

extension PlanFile {
    /// Whom the plan must not revoke.
    public func protectedPeople() throws -> ProtectedPeople { try read { try PlanProtection($0).read() } }

    /// Protected people whom the plan would revoke all the same, by name.
    func protectedRevocations() throws -> [String] { try read { try PlanProtection($0).revoked() } }
}

extension ProtectedPeople {
    /// Whether the holder of a seat, as the server names them, is one of these.
    func holds(_ seat: CustomerSeat) -> Bool {
        if seat.addresses.contains(where: { emailKeys.contains(EmailAddress.serverKey(of: $0)) }) { return true }
        return seat.member?.externalID.map(externalIDs.contains) ?? false
    }
}
