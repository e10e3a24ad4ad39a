internal import ArgumentParser
internal import PolarAPI

struct SeatsClaimInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim-info", abstract: "Show the details of an invitation. No access token required.",
        discussion: """
            Examples:
              polar-seats seats claim-info --invitation-file invitation.txt
            """)

    @OptionGroup var invitation: InvitationArgument
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        let token = try invitation.read()
        try await Session.with(choice, server, common, needsToken: false) { session in
            try SeatsCommand.print(try await session.client.claimInfo(token))
        }
    }
}

struct SeatsClaimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Claim the seat of an invitation. No access token required.",
        discussion: """
            Examples:
              polar-seats seats claim --invitation-file invitation.txt
            """)

    @OptionGroup var invitation: InvitationArgument

    @Option(
        name: .customLong("session-file"),
        help: ArgumentHelp(
            "Save the customer session token returned by the claim.",
            valueName: "file"), completion: .file())
    var sessionFile: String?

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        let inputs = server.inputs + invitation.inputs
        try InputFile.refuseSharedInput(inputs)
        try OutputPlace.refuseClashes([sessionFile].compactMap(\.self), inputs: inputs)
        let token = try invitation.read()
        // Opened first: a claim works once, and its answer must have a place to go.
        let session = try sessionFile.map { try OutputFile($0) }
        let answer = try await Session.with(choice, server, common, needsToken: false) { session in
            try await session.client.claimSeat(SeatClaim(invitationToken: token))
        }
        if let session {
            try Array((answer.customerSessionToken.revealed() + "\n").utf8).withUnsafeBytes { try session.write($0) }
            try session.publish()
        }
        // The session token is a secret: it is not printed.
        try SeatsCommand.print(["seat": answer.seat])
    }
}
