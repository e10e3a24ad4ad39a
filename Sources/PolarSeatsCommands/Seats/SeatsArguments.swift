internal import ArgumentParser
internal import Foundation
internal import PolarAPI

/// What can be known of an API id without asking the server: it takes version-4 UUIDs alone.
enum SeatsID {
    static func check(_ value: String?, _ place: String) throws {
        guard let value else { return }
        let characters = Array(value.lowercased())
        guard UUID(uuidString: value) != nil, characters.count == 36, characters[14] == "4",
            "89ab".contains(characters[19])
        else {
            // The value may be an address that was typed in the wrong place, so it is not repeated.
            throw ValidationError(
                "\(place) takes a Polar ID, a version-4 UUID such as 11111111-1111-4111-8111-111111111111"
                    + (value.isEmpty ? "; it is empty" : ""))
        }
    }
}

/// Exactly one container.
struct ContainerArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Subscription that the seat belongs to.", valueName: "id"))
    var subscription: String?

    @Option(help: ArgumentHelp("Order that the seat belongs to.", valueName: "id"))
    var order: String?

    func validate() throws {
        guard (subscription == nil) != (order == nil) else {
            throw ValidationError("pass either --subscription or --order")
        }
        try SeatsID.check(subscription, "--subscription")
        try SeatsID.check(order, "--order")
    }

    var container: SeatContainer {
        order.map { .order(OrderID($0)) } ?? .subscription(SubscriptionID(subscription ?? ""))
    }
}

/// The one seat that an operation is about.
struct SeatArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The seat, as seats list shows it.", valueName: "seat-id"))
    var seat: String

    func validate() throws { try SeatsID.check(seat, "<seat-id>") }

    var id: SeatID { SeatID(seat) }
}

/// Metadata of a seat, as texts or as any JSON.
struct MetadataArguments: ParsableArguments {
    /// What the API takes at most.
    private static let keyLimit = 10

    @Option(help: ArgumentHelp("Seat metadata as text. Repeatable.", valueName: "key=value"))
    var metadata: [String] = []

    @Option(
        name: .customLong("metadata-json"),
        help: ArgumentHelp("Seat metadata as a JSON object, for numbers and booleans.", valueName: "object"))
    var json: String?

    func validate() throws { _ = try values() }

    /// nil if there is none; the API takes ten keys.
    func values() throws -> [String: JSONValue]? {
        var values: [String: JSONValue] = [:]
        if let json {
            guard case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)) else {
                throw ValidationError("--metadata-json takes a JSON object such as '{\"desk\": 4, \"remote\": true}'")
            }
            values = members
        }
        for pair in metadata {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("--metadata takes KEY=VALUE; got '\(pair)'")
            }
            guard values.updateValue(.string(parts[1]), forKey: parts[0]) == nil else {
                throw ValidationError("the metadata key '\(parts[0])' is given twice")
            }
        }
        guard values.count <= Self.keyLimit else {
            throw ValidationError("a seat takes \(Self.keyLimit) metadata keys at most; got \(values.count)")
        }
        return values.isEmpty && json == nil ? nil : values
    }
}

/// An invitation token is a secret like any other: a file or standard input, never an argument.
struct InvitationArgument: ParsableArguments {
    @Option(
        name: .customLong("invitation-file"),
        help: ArgumentHelp("Read the invitation token from a file, - for standard input.", valueName: "file"),
        completion: .file())
    var file: String

    func read() throws -> InvitationToken {
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
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }) else {
            throw Failure(
                .usage, "--invitation-file \(file): holds something that cannot be an invitation token",
                hints: ["the token follows the last = or / of the link in the invitation email"])
        }
        return InvitationToken(token)
    }
}
