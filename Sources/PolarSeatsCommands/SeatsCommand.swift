internal import ArgumentParser
internal import Foundation
internal import PolarAPI

struct SeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seats",
        abstract: "The six operations of the API, one at a time, for scripts. They print the API's JSON.",
        subcommands: [
            SeatsAssignCommand.self, SeatsListCommand.self, SeatsRevokeCommand.self, SeatsResendCommand.self,
            SeatsClaimInfoCommand.self, SeatsClaimCommand.self,
        ])

    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Console.line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// Exactly one container.
struct ContainerArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The subscription.", valueName: "id"))
    var subscription: String?

    @Option(help: ArgumentHelp("The order.", valueName: "id"))
    var order: String?

    func validate() throws {
        guard (subscription == nil) != (order == nil) else {
            throw ValidationError("exactly one of --subscription ID and --order ID says where the seat is")
        }
    }

    var container: SeatContainer {
        order.map { .order(OrderID($0)) } ?? .subscription(SubscriptionID(subscription ?? ""))
    }
}

struct SeatsAssignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "assign", abstract: "Assign one seat.")

    @OptionGroup var place: ContainerArguments

    @Option(help: ArgumentHelp("The person's address.", valueName: "address"))
    var email: String?

    @Option(
        name: .customLong("external-customer-id"),
        help: ArgumentHelp("The customer's id in your system.", valueName: "id"))
    var externalCustomerID: String?

    @Option(name: .customLong("customer-id"), help: ArgumentHelp("The customer's id on Polar.", valueName: "id"))
    var customerID: String?

    @Option(
        name: .customLong("external-member-id"),
        help: ArgumentHelp("The member's id in your system, alone or with --email.", valueName: "id"))
    var externalMemberID: String?

    @Option(name: .customLong("member-id"), help: ArgumentHelp("The member's id on Polar.", valueName: "id"))
    var memberID: String?

    @Option(help: ArgumentHelp("Metadata of the seat, repeatable.", valueName: "key=value"))
    var metadata: [String] = []

    @Flag(name: .customLong("immediate-claim"), help: "The seat is claimed at once: no invitation is mailed.")
    var immediateClaim = false

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        let people = [externalCustomerID, customerID, externalMemberID, memberID].compactMap(\.self).count
        guard people + (email == nil ? 0 : 1) > 0 else {
            throw ValidationError(
                "say who: --email, --external-customer-id, --customer-id, --external-member-id or --member-id")
        }
        guard people <= 1, email == nil || people == 0 || externalMemberID != nil else {
            throw ValidationError("the API takes one identity; only --external-member-id goes with --email")
        }
        for pair in metadata where !pair.contains("=") || pair.hasPrefix("=") {
            throw ValidationError("--metadata takes KEY=VALUE; got '\(pair)'")
        }
    }

    func run() async throws {
        var values: [String: JSONValue] = [:]
        for pair in metadata {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            values[parts[0]] = .string(parts[1])
        }
        let body = SeatAssign(
            in: place.container, email: email, externalCustomerID: externalCustomerID,
            customerID: customerID.map { CustomerID($0) }, externalMemberID: externalMemberID,
            memberID: memberID.map { MemberID($0) }, metadata: values.isEmpty ? nil : values,
            immediateClaim: immediateClaim ? true : nil)
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            try SeatsCommand.print(try await session.client.assignSeat(body))
        }
    }
}

struct SeatsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all seats of a container, revoked ones too.")

    @OptionGroup var place: ContainerArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            try SeatsCommand.print(try await session.client.seats(of: place.container))
        }
    }
}

struct SeatsRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke one seat. Its holder is in this answer alone: the API forgets them.")

    @Argument(help: ArgumentHelp("The seat.", valueName: "seat-id")) var seat: String
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            try SeatsCommand.print(try await session.client.revokeSeat(SeatID(seat)))
        }
    }
}

struct SeatsResendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend", abstract: "Mail a pending invitation again. An expired one stays expired.")

    @Argument(help: ArgumentHelp("The seat.", valueName: "seat-id")) var seat: String
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let console = common.console
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            let answer = try await session.client.resendInvitation(SeatID(seat))
            try SeatsCommand.print(answer)
            if let expiry = answer.invitationTokenExpiresAt?.date, expiry < session.now() {
                console.warn(
                    "the invitation has expired, and a resend repeats the dead link; revoke and assign renews it")
            }
        }
    }
}

struct SeatsClaimInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim-info", abstract: "Say what an invitation is for. Needs no access token.")

    @Option(name: .customLong("invitation-file"), help: "Read the invitation token from a file, - for standard input.")
    var invitationFile: String
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let token = try InvitationSource.read(invitationFile)
        try await Session.with(try ServerChoice.required(server), server, common, needsToken: false) { session in
            try SeatsCommand.print(try await session.client.claimInfo(token))
        }
    }
}

struct SeatsClaimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Claim the seat of an invitation. Needs no access token.")

    @Option(name: .customLong("invitation-file"), help: "Read the invitation token from a file, - for standard input.")
    var invitationFile: String
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let token = try InvitationSource.read(invitationFile)
        try await Session.with(try ServerChoice.required(server), server, common, needsToken: false) { session in
            let answer = try await session.client.claimSeat(SeatClaim(invitationToken: token))
            // The answer's session token of the customer is a secret: it is not printed.
            try SeatsCommand.print(["seat": answer.seat])
        }
    }
}

/// An invitation token is a secret like any other: a file or standard input, never an argument.
enum InvitationSource {
    static func read(_ file: String) throws -> InvitationToken {
        let text: String
        if file == "-" {
            text = readLine() ?? ""
        } else {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Failure(.missingFile, "--invitation-file \(file): cannot be read")
            }
            text = String(decoding: data, as: UTF8.self)
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw Failure(.usage, "--invitation-file \(file): holds no token") }
        return InvitationToken(token)
    }
}
