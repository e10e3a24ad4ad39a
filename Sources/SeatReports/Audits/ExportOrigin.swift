internal import Rosters
public import SeatAudits

/// Where an export comes from, and what it leaves out: what an auditor copies.
public struct ExportOrigin: Sendable, Equatable {
    /// As the user chose it: `production`, a URL, …
    public var server: String
    /// When the server was asked: ISO 8601, UTC.
    public var time: String
    /// What was asked for, in the words of the options: `--status pending`.
    public var conditions: [String]

    /// What is not covered.
    public var omissions: [AuditOmission] = []
    /// Orders are not covered, and could not be counted.
    public var omitsOrders = false
    /// The version that wrote the export.
    public var toolVersion: String?
    /// The name of the organization.
    public var organization: String?
    /// `user@host`, and the command line without secrets.
    public var preparedBy: String?
    /// The command line, without secrets.
    public var command: String?

    /// Creates an origin from its parts.
    public init(server: String, time: String, conditions: [String]) {
        self.server = server
        self.time = time
        self.conditions = conditions
    }

    var place: String {
        [server, organization ?? "", NumberFormat.minute(time)].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    var facts: [Overview.Fact] {
        [
            .init("server", server), .init("as of", NumberFormat.minute(time)),
            .init(
                "scope",
                conditions.isEmpty
                    ? "all subscriptions that are active, trialing or past due" : conditions.joined(separator: " ")),
        ]
            + [
                organization.map { .init("organization", $0) }, notCovered.map { .init("not covered", $0) },
                preparedBy.map { .init("prepared by", $0) }, command.map { .init("command", $0) },
                toolVersion.map { .init("version", $0) },
            ].compactMap(\.self)
    }

    /// What the export leaves out, as people read it; nil: nothing.
    public var notCovered: String? {
        let parts =
            omissions.map { omission in
                let noun = omission.kind == .order ? "order" : "subscription"
                let status = omission.kind == .order ? "" : "\(omission.status) "
                let what = "\(NumberFormat.grouped(omission.count)) \(status)\(noun)\(omission.count == 1 ? "" : "s")"
                let who =
                    omission.holders.map { NumberFormat.count($0, "holder") }
                    ?? "\(NumberFormat.count(omission.seats, "seat")) bought, holders not counted"
                return "\(what) with \(who)"
            } + (omitsOrders ? ["orders (not counted)"] : [])
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The same for programs.
    var json: JSONValue {
        .object([
            "server": .string(server), "organization": .text(organization), "at": .string(time),
            "conditions": .array(conditions.map { .string($0) }), "tool_version": .text(toolVersion),
            "prepared_by": .text(preparedBy), "command": .text(command),
            "not_covered": .array(
                omissions.map {
                    .object([
                        "container_type": .string($0.kind.rawValue), "status": .string($0.status),
                        "count": .number($0.count), "seats": .number($0.seats), "holders": .figure($0.holders),
                    ])
                }), "orders_not_counted": .flag(omitsOrders),
        ])
    }

    var xml: XMLNode {
        XMLNode(
            "origin",
            [
                "server": server, "organization": organization, "at": time,
                "conditions": conditions.isEmpty ? nil : conditions.joined(separator: " "),
                "tool-version": toolVersion, "prepared-by": preparedBy, "command": command,
                "orders-not-counted": omitsOrders ? "true" : "false",
            ],
            omissions.map {
                XMLNode(
                    "not-covered",
                    [
                        "container-type": $0.kind.rawValue, "status": $0.status, "count": String($0.count),
                        "seats": String($0.seats), "holders": $0.holders.map { String($0) },
                    ])
            })
    }
}

extension Optional where Wrapped == ExportOrigin {
    /// For a document's head: nothing where no one says where it comes from.
    var jsonMembers: [JSONValue.Member] { map { [.init(name: "origin", value: $0.json)] } ?? [] }
    var xmlNodes: [XMLNode] { map { [$0.xml] } ?? [] }
}
