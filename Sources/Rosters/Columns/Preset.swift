internal import RosterFormats

/// The column names of one directory's export, so that its whole set is understood at once.
public enum Preset: String, Sendable, Codable, CaseIterable {
    /// The user export of Google Workspace.
    case googleWorkspace = "google-workspace"
    /// The user exports of Okta, Microsoft Entra ID and Slack, and user lists in the form of SCIM.
    case okta, entra, slack, scim

    /// Beside each field the names that mean it, best first, in the normal form of ``RosterField``.
    var aliases: [(RosterField, [String])] {
        switch self {
        case .googleWorkspace:
            [
                (.email, ["emailaddress[required]", "emailaddress", "primaryemail"]),
                (.externalID, ["employeeid"]),
            ]
        case .okta:
            [
                (.email, ["user.email", "login", "user.login"]),
                (.externalID, ["id", "userid", "user.id"]),
                (.name, ["displayname", "user.displayname"]),
            ]
        case .entra:
            [
                (.email, ["mail", "userprincipalname"]),
                (.externalID, ["objectid", "id"]),
                (.name, ["displayname"]),
            ]
        case .slack:
            [
                (.externalID, ["userid"]),
                (.name, ["fullname", "realname", "displayname"]),
            ]
        case .scim:
            [
                (.email, ["emails.value", "emails", "username"]),
                (.externalID, ["externalid", "id"]),
                (.name, ["displayname", "name.formatted"]),
            ]
        }
    }
}
