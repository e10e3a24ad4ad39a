internal import ArgumentParser
internal import Foundation
internal import PolarAPI

struct SeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seats",
        abstract: "Call the seat API directly and print its JSON responses.",
        subcommands: [
            SeatsAssignCommand.self, SeatsListCommand.self, SeatsRevokeCommand.self, SeatsResendCommand.self,
            SeatsClaimInfoCommand.self, SeatsClaimCommand.self,
        ])

    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Console.data(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

struct SeatsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the seats of a subscription or order, including revoked ones.",
        discussion: """
            Examples:
              polar-seats seats list --subscription ID
            """)

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
        commandName: "revoke", abstract: "Revoke one seat. The response is the only record of who held it.",
        discussion: """
            Examples:
              polar-seats seats revoke SEAT-ID
            """)

    @OptionGroup var seat: SeatArgument
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            try SeatsCommand.print(try await session.client.revokeSeat(seat.id))
        }
    }
}

struct SeatsResendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend", abstract: "Resend a pending invitation. Does not renew an expired one.",
        discussion: """
            Examples:
              polar-seats seats resend SEAT-ID
            """)

    @OptionGroup var seat: SeatArgument
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let console = common.console
        try await Session.with(try ServerChoice.required(server), server, common) { session in
            let answer = try await session.client.resendInvitation(seat.id)
            try SeatsCommand.print(answer)
            if let expiry = answer.invitationTokenExpiresAt?.date, expiry < session.now() {
                console.warn(
                    "the invitation has expired and a resend does not renew it; revoke the seat and assign it again")
            }
        }
    }
}
