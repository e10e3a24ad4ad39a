internal import Foundation

/// One row of the state file: a kind, a key and the entity's JSON.
protocol StoredEntity: Sendable {
    static var kind: String { get }
    var storageKey: String { get }
    func stored() throws -> [UInt8]
    init(stored bytes: [UInt8]) throws
}

/// An entity of the state file that cannot be understood.
struct StoredEntityDefect: Error {
    var kind: String
    var field: String
}

extension StoredEntity where Self: Codable {
    func stored() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
    init(stored bytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }
}

extension Organization: StoredEntity {
    static var kind: String { "organization" }
    var storageKey: String { id.description }
}

extension AccessToken: StoredEntity {
    static var kind: String { "token" }
    var storageKey: String { token }
}

extension Product: StoredEntity {
    static var kind: String { "product" }
    var storageKey: String { id.description }
}

extension Subscription: StoredEntity {
    static var kind: String { "subscription" }
    var storageKey: String { id.description }
}

extension Order: StoredEntity {
    static var kind: String { "order" }
    var storageKey: String { id.description }
}

extension SeatsEvent: StoredEntity {
    static var kind: String { "event" }
    var storageKey: String { id.description }
}

// Customers, members, seats and mails come by the ten thousand, and every assign writes three of them: they are written
// and read by hand, because Codable costs ten times as much.

extension Customer: StoredEntity {
    static var kind: String { "customer" }
    var storageKey: String { id.description }

    func stored() -> [UInt8] {
        JSONWriter.object { w in
            w.field("id", id)
            w.field("organization", organization)
            w.field("email", email)
            w.field("external_id", externalID)
            w.field("name", name)
            w.field("created_at", createdAt)
            w.field("pays", pays)
            w.field("is_team", isTeam)
        }
    }

    init(stored bytes: [UInt8]) throws {
        let row = try StoredRow(Self.kind, bytes)
        self.init(
            id: try row.id("id"), organization: try row.id("organization"), email: row.optionalText("email"),
            externalID: row.optionalText("external_id"), name: row.optionalText("name"),
            createdAt: try row.time("created_at"), pays: row.json["pays"] == .bool(true),
            isTeam: row.json["is_team"] == .bool(true))
    }
}

extension Member: StoredEntity {
    static var kind: String { "member" }
    var storageKey: String { id.description }

    func stored() -> [UInt8] {
        JSONWriter.object { w in
            w.field("id", id)
            w.field("organization", organization)
            w.field("customer", customer)
            w.field("email", email)
            w.field("name", name)
            w.field("external_id", externalID)
            w.field("role", role)
            w.field("created_at", createdAt)
            w.field("modified_at", modifiedAt)
        }
    }

    init(stored bytes: [UInt8]) throws {
        let row = try StoredRow(Self.kind, bytes)
        self.init(
            id: try row.id("id"), organization: try row.id("organization"), customer: try row.id("customer"),
            email: try row.text("email"), name: row.optionalText("name"), externalID: row.optionalText("external_id"),
            role: try row.text("role"), createdAt: try row.time("created_at"),
            modifiedAt: row.optionalTime("modified_at"))
    }
}

extension Seat: StoredEntity {
    static var kind: String { "seat" }
    var storageKey: String { id.description }

    func stored() -> [UInt8] {
        JSONWriter.object { w in
            w.field("id", id)
            w.field("organization", organization)
            switch container {
            case .subscription(let id): w.field("subscription", id)
            case .order(let id): w.field("order", id)
            }
            w.field("status", status.rawValue)
            w.field("customer", customer)
            w.field("member", member)
            w.field("email", email)
            w.field("invitation_token", invitationToken)
            w.field("expires_at", expiresAt)
            w.field("claimed_at", claimedAt)
            w.field("revoked_at", revokedAt)
            w.field("metadata", metadata)
            w.field("created_at", createdAt)
            w.field("modified_at", modifiedAt)
        }
    }

    init(stored bytes: [UInt8]) throws {
        let row = try StoredRow(Self.kind, bytes)
        guard let status = Status(rawValue: try row.text("status")) else {
            throw StoredEntityDefect(kind: Self.kind, field: "status")
        }
        self.init(
            id: try row.id("id"), organization: try row.id("organization"),
            container: try row.optionalID("subscription").map(ContainerReference.subscription)
                ?? .order(row.id("order")),
            status: status, customer: row.optionalID("customer"), member: row.optionalID("member"),
            email: row.optionalText("email"), invitationToken: row.optionalText("invitation_token"),
            expiresAt: row.optionalTime("expires_at"),
            claimedAt: row.optionalTime("claimed_at"), revokedAt: row.optionalTime("revoked_at"),
            metadata: row.json["metadata"] ?? .emptyObject, createdAt: try row.time("created_at"),
            modifiedAt: row.optionalTime("modified_at"))
    }
}

extension Mail: StoredEntity {
    static var kind: String { "mail" }
    var storageKey: String { String(number) }

    func stored() -> [UInt8] {
        JSONWriter.object { w in
            w.field("number", number)
            w.field("to", to)
            w.field("kind", kind)
            w.field("seat", seat)
            w.field("container", container)
            w.field("claim_token", claimToken)
            w.field("sent_at", sentAt)
        }
    }

    init(stored bytes: [UInt8]) throws {
        let row = try StoredRow(Self.kind, bytes)
        guard let number = row.json["number"]?.integer else {
            throw StoredEntityDefect(kind: Self.kind, field: "number")
        }
        self.init(
            number: number, to: try row.text("to"), kind: try row.text("kind"), seat: try row.id("seat"),
            container: try row.id("container"), claimToken: try row.text("claim_token"),
            sentAt: try row.time("sent_at"))
    }
}

private struct StoredRow {
    let kind: String
    let json: JSONValue

    init(_ kind: String, _ bytes: [UInt8]) throws {
        self.kind = kind
        json = try JSONValue(parsing: bytes)
    }

    func text(_ field: String) throws -> String {
        guard let text = json[field]?.string else { throw StoredEntityDefect(kind: kind, field: field) }
        return text
    }

    func id(_ field: String) throws -> EntityID {
        guard let id = optionalID(field) else { throw StoredEntityDefect(kind: kind, field: field) }
        return id
    }

    func time(_ field: String) throws -> Instant {
        guard let time = optionalTime(field) else { throw StoredEntityDefect(kind: kind, field: field) }
        return time
    }

    func optionalText(_ field: String) -> String? { json[field]?.string }
    func optionalID(_ field: String) -> EntityID? { json[field]?.string.flatMap { EntityID($0) } }
    func optionalTime(_ field: String) -> Instant? { json[field]?.string.flatMap { Instant($0) } }
}
