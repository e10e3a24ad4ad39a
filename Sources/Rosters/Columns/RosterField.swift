internal import RosterFormats

/// What a column of a roster says about a person.
public enum RosterField: Sendable, Hashable {
    /// The address that the invitation is sent to.
    case email
    /// The person's id in the user's own system; the plan's identity option says how it is sent.
    case externalID
    /// An id whose kind the roster states: of a member or customer in the user's own system, or in Polar.
    case externalMemberID, externalCustomerID, customerID, memberID
    /// For the report only.
    case name
    /// The subscription or order that the seat is in, or the checkout that it came from.
    case subscriptionID, orderID, checkoutID
    /// The billing customer's external id.
    case team
    /// `subscription` or `order`, and its id: how our own exports name the container.
    case containerType, containerID
    /// What the row asks for, and whether the seat is claimed at once.
    case action, immediateClaim
    /// In our own exports: the seat's status and id.
    case status, seatID
    /// A key of the seat's metadata: the column `metadata.KEY`.
    case metadata(String)

    /// The fields that have a fixed name, in the manual's order.
    public static let named: [RosterField] = [
        .email, .externalID, .externalMemberID, .externalCustomerID, .customerID, .memberID, .name, .subscriptionID,
        .orderID, .checkoutID, .team, .containerType, .containerID, .action, .immediateClaim, .status, .seatID,
    ]

    /// As the manual and `--map` write it: `email`, `external_id`, `metadata.KEY`.
    public var spelling: String {
        switch self {
        case .email: "email"
        case .externalID: "external_id"
        case .externalMemberID: "external_member_id"
        case .externalCustomerID: "external_customer_id"
        case .customerID: "customer_id"
        case .memberID: "member_id"
        case .name: "name"
        case .subscriptionID: "subscription_id"
        case .orderID: "order_id"
        case .checkoutID: "checkout_id"
        case .team: "team"
        case .containerType: "container_type"
        case .containerID: "container_id"
        case .action: "action"
        case .immediateClaim: "immediate_claim"
        case .status: "status"
        case .seatID: "seat_id"
        case .metadata(let key): "metadata.\(key)"
        }
    }

    /// The field that ``spelling`` writes; nil for a text that is none.
    public init?(spelling: String) {
        if let field = Self.named.first(where: { $0.spelling == spelling }) {
            self = field
        } else if spelling.hasPrefix("metadata.") {
            self = .metadata(String(spelling.dropFirst("metadata.".count)))
        } else {
            return nil
        }
    }

    /// A row needs at least one of these.
    public var isIdentity: Bool {
        switch self {
        case .email, .externalID, .externalMemberID, .externalCustomerID, .customerID, .memberID: true
        default: false
        }
    }

    /// The field that a column of this name means, or nil: an unknown column. With a preset, its own names count
    /// first.
    public static func named(header: String, preset: Preset? = nil) -> RosterField? {
        match(header, preset)?.field
    }

    /// A column's meaning, and how good a name it is: the preset's names in their order, the field's own name, then the
    /// general aliases in theirs.
    static func match(_ header: String, _ preset: Preset?) -> (field: RosterField, rank: Int)? {
        if let key = metadataKey(header) { return (.metadata(key), 0) }
        let name = normalized(header)
        for (field, aliases) in preset?.aliases ?? [] {
            if let rank = aliases.firstIndex(of: name) { return (field, rank - aliases.count) }
        }
        if let field = ownNames[name] { return (field, 0) }
        for (field, aliases) in generalAliases {
            if let rank = aliases.firstIndex(of: name) { return (field, rank + 1) }
        }
        return nil
    }

    /// Column names match without regard to case, spaces, `_` and `-`; a path's `/` counts as `.`, and an attribute's
    /// leading `@` not at all.
    static func normalized(_ header: String) -> String {
        var name = ""
        for scalar in header.lowercased().unicodeScalars {
            if scalar == "_" || scalar == "-" || scalar == "\u{FEFF}" || scalar.properties.isWhitespace { continue }
            if scalar == "@", name.isEmpty { continue }
            name.unicodeScalars.append(scalar == "/" ? "." : scalar)
        }
        return name
    }

    private static func metadataKey(_ header: String) -> String? {
        var header = header
        let text = header.withUTF8 { bytes in
            let inner = TrimmedRange(UnsafeRawBufferPointer(bytes), lineBreaks: true)
            return String(decoding: bytes[inner.start..<inner.end], as: UTF8.self)
        }
        guard text.count > 9, text.prefix(8).lowercased() == "metadata" else { return nil }
        let separator = text.dropFirst(8).prefix(1)
        return separator == "." || separator == "/" ? String(text.dropFirst(9)) : nil
    }

    private static let ownNames = Dictionary(uniqueKeysWithValues: named.map { (normalized($0.spelling), $0) })

    /// Names that the exports of common directories use, best first, as ``normalized(_:)`` writes them. None means an
    /// external id: sending one links it to the person for good, so that the user must say it.
    private static let generalAliases: [(RosterField, [String])] = [
        (
            .email,
            [
                "emailaddress[required]", "emailaddress", "emailadresse", "primaryemail", "mail", "emails.value",
                "emails", "userprincipalname", "login", "user.login", "username",
            ]
        ),
        (.name, ["fullname", "realname", "displayname", "name.formatted"]),
    ]
}
