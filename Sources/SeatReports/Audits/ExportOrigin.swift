public import SeatAudits

/// Where an export comes from: what its pages for people say, so that they can be filed.
public struct ExportOrigin: Sendable, Equatable {
    /// As the user chose it: `production`, a URL, …
    public var server: String
    /// When the server was asked: ISO 8601, UTC.
    public var time: String
    /// What was asked for, in the words of the options: `--status pending`.
    public var conditions: [String]

    /// What is not covered: `1 canceled subscription with 6 seats`; nil: nothing was left out, or no one looked.
    public var notCovered: String?
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
            ].compactMap(\.self)
    }

    /// What an audit leaves out, counted.
    public static func scope(_ omissions: [AuditOmission], omitsOrders: Bool) -> String? {
        let parts =
            omissions.sorted { $0.status < $1.status }.map { omission in
                "\(NumberFormat.grouped(omission.subscriptions)) \(omission.status) "
                    + (omission.subscriptions == 1 ? "subscription" : "subscriptions")
                    + " with \(NumberFormat.count(omission.seats, "seat"))"
            } + (omitsOrders ? ["orders"] : [])
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

}
