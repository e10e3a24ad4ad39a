internal import ArgumentParser
internal import PolarAPI

struct SeatsAssignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Assign one seat.",
        discussion: """
            There is no idempotency key: if the result is unknown, check with `seats list`. A full subscription returns \
            SeatNotAvailable whoever is named.

            Examples:
              polar-seats seats assign --subscription ID --email ada@acme-co.dev
              polar-seats seats assign --subscription ID --external-member-id u-7 \\
                --email ada@acme-co.dev
            """)

    @OptionGroup var place: ContainerArguments

    @Option(help: ArgumentHelp("Email address.", valueName: "address"))
    var email: String?

    @Option(
        name: .customLong("external-customer-id"),
        help: ArgumentHelp("External customer ID.", valueName: "id"))
    var externalCustomerID: String?

    @Option(name: .customLong("customer-id"), help: ArgumentHelp("Polar customer ID.", valueName: "id"))
    var customerID: String?

    @Option(
        name: .customLong("external-member-id"),
        help: ArgumentHelp("External member ID; can be combined with --email.", valueName: "id"))
    var externalMemberID: String?

    @Option(name: .customLong("member-id"), help: ArgumentHelp("Polar member ID.", valueName: "id"))
    var memberID: String?

    @OptionGroup var metadata: MetadataArguments

    @Flag(name: .customLong("immediate-claim"), help: "Claim the seat immediately, without an invitation email.")
    var immediateClaim = false

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        let texts = [
            ("--email", email), ("--external-customer-id", externalCustomerID), ("--customer-id", customerID),
            ("--external-member-id", externalMemberID), ("--member-id", memberID),
        ]
        let given = texts.filter { $0.1 != nil }
        guard !given.isEmpty else {
            throw ValidationError(
                "no person given: use --email, --external-customer-id, --customer-id, --external-member-id or --member-id"
            )
        }
        guard given.count == 1 || (given.count == 2 && email != nil && externalMemberID != nil) else {
            throw ValidationError(
                "the API takes one identity, or --external-member-id with --email; got "
                    + given.map(\.0).joined(separator: " and "))
        }
        for (name, text) in given where text?.allSatisfy(\.isWhitespace) ?? false {
            throw ValidationError("\(name) is empty")
        }
        try SeatsID.check(customerID, "--customer-id")
        try SeatsID.check(memberID, "--member-id")
    }

    func run() async throws {
        let body = SeatAssign(
            in: place.container, email: email, externalCustomerID: externalCustomerID,
            customerID: customerID.map { CustomerID($0) }, externalMemberID: externalMemberID,
            memberID: memberID.map { MemberID($0) }, metadata: try metadata.values(),
            immediateClaim: immediateClaim ? true : nil)
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            try SeatsCommand.print(try await session.client.assignSeat(body))
        }
    }
}
