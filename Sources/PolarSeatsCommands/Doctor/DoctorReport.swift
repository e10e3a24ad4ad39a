internal import Foundation
internal import PolarAPI

/// What a check-up found: the one value behind the screen and the JSON.
struct DoctorReport: Encodable, Sendable {
    var kind = "doctor"
    var format = 1
    var server: Server
    var token: Token
    var scopes: [Scope] = []
    var organizations: [OrganizationFacts] = []
    var rate: Rate
    /// Server's minus this machine's, good to about a second; nil where the server does not say the time.
    var clockSkewSeconds: Int?
    /// Every option that has a value, and where that comes from.
    var settings: [SettingValue] = []
    /// What stands in the way, or is worth knowing; for people.
    var findings: [Finding] = []

    /// Plans can be made: the token is taken, and reads seats and what holds them.
    var isUsable: Bool { !findings.contains { $0.severity == .problem } }

    struct Server: Encodable, Sendable {
        var name: String
        var url: String
        var isReachable = false
        var isEmbedded = false
        /// What it calls itself.
        var software: String?
        /// The version that was asked for.
        var apiVersion = "2026-04"
        /// The version that it says it answered in.
        var answeredVersion: String?
        var proxy: String?
        var caFile: String?
        var embeddedState: String?
        /// What `--embedded-now` set the embedded server's clock to.
        var embeddedNow: String?
    }

    struct Token: Encodable, Sendable {
        var kind: Credential.Kind
        var source: Credential.Source
        /// nil where nothing was answered.
        var isAccepted: Bool?
    }

    enum Access: String, Encodable, Sendable {
        case granted, missing
        /// The read failed for another reason, or there is no read that would tell.
        case unknown
    }

    struct Scope: Encodable, Sendable {
        var scope: String
        var access: Access
        /// What does not work without it.
        var serves: String
        /// Why it is not known.
        var note: String?
    }

    struct OrganizationFacts: Encodable, Sendable {
        var id: OrganizationID
        var name: String
        var slug: String
        var status: String?
        /// `member` or `legacy`; nil if the answer does not tell.
        var model: String?
        var sellsSeats: Bool?
        var proration: String?

        init(_ organization: Organization) {
            id = organization.id
            name = organization.name
            slug = organization.slug
            status = organization.status
            model = organization.featureSettings?.memberModelEnabled.map { $0 ? "member" : "legacy" }
            sellsSeats = organization.featureSettings?.seatBasedPricingEnabled
            proration = organization.subscriptionSettings?.prorationBehavior?.rawValue
        }
    }

    struct Rate: Encodable, Sendable {
        /// The documented limit of the default group.
        var documented: String
        /// What the tool would use; nil for no limit of its own.
        var used: String?
        /// The server names the organization's group nowhere: all that shows is whether it refused.
        var requests = 0
        var refused = 0
    }

    struct Finding: Encodable, Sendable {
        enum Severity: String, Encodable, Sendable { case problem, warning }

        var severity: Severity
        var message: String
    }
}

extension DoctorReport {
    enum CodingKeys: String, CodingKey {
        case kind, format, settings, server, token, scopes, organizations, rate, clockSkewSeconds, findings, isUsable
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(format, forKey: .format)
        try container.encode(settings, forKey: .settings)
        try container.encode(server, forKey: .server)
        try container.encode(token, forKey: .token)
        try container.encode(scopes, forKey: .scopes)
        try container.encode(organizations, forKey: .organizations)
        try container.encode(rate, forKey: .rate)
        try container.encode(clockSkewSeconds, forKey: .clockSkewSeconds)
        try container.encode(findings, forKey: .findings)
        try container.encode(isUsable, forKey: .isUsable)
    }
}
