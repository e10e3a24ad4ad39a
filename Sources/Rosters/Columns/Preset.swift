internal import RosterFormats

/// The export of one directory: what its columns mean, and which of its rows are people who should have a seat.
public enum Preset: String, Sendable, Codable, CaseIterable {
    /// The user export of Google Workspace.
    case googleWorkspace = "google-workspace"
    /// The user exports of Okta, Microsoft Entra ID, Slack and GitHub, and user lists in the form of SCIM.
    case okta, entra, slack, github, scim

    /// Beside each field the names that mean it, best first, in the normal form of ``RosterField``. They count before the
    /// general aliases, which stay.
    var aliases: [(RosterField, [String])] {
        switch self {
        case .googleWorkspace:
            [
                (.email, ["emailaddress[required]", "emailaddress", "primaryemail", "email"]),
                (.externalID, ["employeeid"]),
            ]
        case .okta:
            [
                (
                    .email,
                    [
                        "primaryemail", "email", "profile.email", "user.email", "login", "profile.login", "user.login",
                        "username",
                    ]
                ),
                (.externalID, ["id", "userid", "user.id"]),
                (.name, ["displayname", "profile.displayname", "user.displayname"]),
            ]
        case .entra:
            [
                (.email, ["mail", "email"] + Self.principalNames),
                (.externalID, ["objectid", "id", "objektid"]),
                (.name, ["displayname", "anzeigename", "nomd'affichage"]),
            ]
        case .slack:
            [
                (.email, ["email", "emailaddress"]),
                (.externalID, ["userid"]),
                (.name, ["fullname", "realname", "displayname"]),
            ]
        case .github:
            [
                (
                    .email,
                    [
                        "email", "emails", "githubcomverifieddomainemails", "verifieddomainemails", "samlnameid",
                        "githubcomsamlnameid", "publicemail",
                    ]
                ),
                (.externalID, ["id", "githubcomid"]),
                (.name, ["name", "githubcomname", "profilename"]),
            ]
        case .scim:
            [
                (.email, ["emails.value", "emails", "username", "email"]),
                (.externalID, ["externalid", "id"]),
                (.name, ["displayname", "name.formatted"]),
            ]
        }
    }

    /// Entra's sign-in name, which is an address of its own unless the person is a guest; the portal translates it.
    static let principalNames = ["userprincipalname", "benutzerprinzipalname", "nomd'utilisateurprincipal"]

    /// Guests of Entra have a sign-in name that no email reaches: `ada_globex.dev#EXT#@acme-co.dev`.
    static let guestMark = Array("#ext#".utf8)

    /// The names that mean an email address, as the vendor writes them where that is known: for saying what was looked for.
    public var emailColumns: [String] {
        switch self {
        case .googleWorkspace: ["Email Address [Required]", "Email Address", "Primary email", "email"]
        case .okta: ["Primary email", "email", "profile.email", "login", "Username"]
        case .entra: ["mail", "userPrincipalName"]
        case .slack: ["email"]
        case .github: ["email", "emails", "GitHub com verified domain emails", "SAML NameID"]
        case .scim: ["emails.value", "emails", "userName"]
        }
    }

    /// Which words of which columns say whether a person should have a seat.
    struct StatusRule: Sendable {
        /// In the normal form of ``RosterField``; the first that the roster has counts.
        var columns: [String]
        /// Words in the normal form of ``RosterField``.
        var included: Set<String>
        var excluded: Set<String>
    }

    var statusRules: [StatusRule] {
        switch self {
        case .googleWorkspace:
            [
                StatusRule(
                    columns: ["status[readonly]", "status"], included: ["active"], excluded: ["suspended", "archived"])
            ]
        case .okta:
            [
                StatusRule(
                    columns: ["status", "userstatus", "user.status"],
                    included: [
                        "active", "provisioned", "pendinguseraction", "recovery", "passwordreset", "passwordexpired",
                        "lockedout",
                    ], excluded: ["staged", "suspended", "deprovisioned", "deactivated"])
            ]
        case .entra:
            [
                StatusRule(
                    columns: ["accountenabled", "kontoaktiviert", "compteactivé"],
                    included: ["true", "wahr", "vrai", "yes", "1"], excluded: ["false", "falsch", "faux", "no", "0"]),
                StatusRule(columns: ["usertype", "benutzertyp"], included: ["member", "guest"], excluded: []),
                // The export of the Microsoft 365 admin center says it the other way round.
                StatusRule(columns: ["blockcredential"], included: ["false"], excluded: ["true"]),
            ]
        case .slack:
            [
                StatusRule(columns: ["status"], included: Self.slackAccounts, excluded: ["deactivated", "bot"]),
                StatusRule(columns: ["accounttype"], included: Self.slackAccounts, excluded: ["deactivated", "bot"]),
            ]
        case .github: []
        case .scim: [StatusRule(columns: ["active"], included: ["true", "1"], excluded: ["false", "0"])]
        }
    }

    private static let slackAccounts: Set<String> = [
        "member", "fullmember", "regularmember", "admin", "workspaceadmin", "orgadmin", "owner", "primaryowner",
        "workspaceowner", "workspaceprimaryowner", "orgowner", "primaryorgowner", "multichannelguest",
        "singlechannelguest", "guest", "active", "invited",
    ]
}
