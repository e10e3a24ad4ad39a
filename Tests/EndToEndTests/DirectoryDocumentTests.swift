import Foundation
import Testing

/// Directories that have no status column, or are no tables.
@Suite("SCIM and GitHub: onboarding 300 people, then offboarding by mirror")
struct DirectoryDocumentTests {
    private static let people = 300
    private static let common = ["--server", "embedded", "--subscription", World.acme]
    private static let mirror = ["--mode", "mirror", "--max-revoke", "20"]

    /// How a server lists its users.
    struct Listing: Sendable, CustomTestStringConvertible {
        var name: String
        var start: String
        var end: String
        /// Members of each user in another order.
        var isTurned = false
        var options: [String]
        var testDescription: String { name }
    }

    private static let listings = [
        Listing(
            name: "a SCIM ListResponse, with the preset",
            start: #"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":["#, end: "]}",
            options: ["--preset", "scim"]),
        Listing(
            name: "a list of users in another order, without the preset", start: "[\n", end: "\n]\n", isTurned: true,
            options: ["--map", "email=emails.value", "--exclude", "active=false"]),
    ]

    private static func users(_ listing: Listing, leaving: Int = 0, bots: Int = 0) -> String {
        func user(_ members: [String]) -> String {
            "{" + (listing.isTurned ? members.reversed() : members).joined(separator: ",") + "}"
        }
        var users = (0..<people).map { number in
            user([
                #""id":"id-\#(number)""#, #""userName":"user\#(number)""#,
                #""name":{"formatted":"Person \#(number)","givenName":"Person"}"#,
                #""emails":[{"value":"home\#(number)@globex.dev"},{"primary":true,"value":"person\#(number)@acme-co.dev"}]"#,
                #""active":\#(number >= leaving)"#,
            ])
        }
        users += (0..<bots).map { user([#""id":"bot-\#($0)""#, #""userName":"robot\#($0)""#, #""active":false"#]) }
        return listing.start + users.joined(separator: ",\n") + listing.end
    }

    @Test("12 people who left and 4 bots lose their seats, and no one else", arguments: listings)
    func scim(_ listing: Listing) async throws {
        try await withTool { tool in
            try tool.write(Self.users(listing), "all.json")
            let onboarding = try await tool.run(
                ["apply", "all.json", "--yes", "--grow"] + Self.common + listing.options)
            #expect(onboarding.status == 0, "\(onboarding)")
            try tool.write(Self.users(listing, leaving: 12, bots: 4), "now.json")
            // From standard input, as the directory's API gives it.
            let plan = try await tool.run(
                ["plan", "-", "--json"] + Self.mirror + Self.common + listing.options,
                input: Self.users(listing, leaving: 12, bots: 4))
            let actions = try #require(try tool.json(plan.output)["actions"] as? [String: Int])
            #expect(actions["keep"] == Self.people - 12 && actions["excluded"] == 16)
            let offboarding = try await tool.run(
                ["apply", "now.json", "--yes"] + Self.mirror + Self.common + listing.options)
            #expect(offboarding.status == 0, "\(offboarding)")
            let holders = Set(try await tool.holders("--subscription", World.acme))
            #expect(holders == Set((12..<Self.people).map { "person\($0)@acme-co.dev" }))
        }
    }

    /// The members' export of GitHub: who left is not in it, and who verified no address has none.
    private static func members(leaving: Int, bots: Int, reversed: Bool) throws -> String {
        let url = URL(fileURLWithPath: Tool.samples).appendingPathComponent("github.csv")
        let header = String(decoding: try Data(contentsOf: url), as: UTF8.self).split(whereSeparator: \.isNewline)[0]
        var columns = header.split(separator: ",").map(String.init)
        if reversed { columns.reverse() }
        func row(_ login: String, _ email: String) -> String {
            columns.map { column in
                switch column {
                case "GitHub com login": login
                case "GitHub com verified domain emails": email
                default: ""
                }
            }.joined(separator: ",")
        }
        let rows = (leaving..<people).map { row("person-\($0)", "person\($0)@acme-co.dev") }
        let rest = (0..<bots).map { row("robot-\($0)", "") }
        return ([columns.joined(separator: ",")] + rows + rest).joined(separator: "\n") + "\n"
    }

    @Test(
        "GitHub lists only who is there: 12 people who left lose their seats, and 4 bots without an address get none",
        arguments: [["--preset", "github"], ["--map", "email=GitHub com verified domain emails"]])
    func github(options: [String]) async throws {
        try await withTool { tool in
            let options = Self.common + options
            try tool.write(try Self.members(leaving: 0, bots: 0, reversed: false), "all.csv")
            let onboarding = try await tool.run(["apply", "all.csv", "--yes", "--grow"] + options)
            #expect(onboarding.status == 0, "\(onboarding)")
            try tool.write(try Self.members(leaving: 12, bots: 4, reversed: true), "now.csv")
            // A row without an address could be anyone: a mirror needs to be told that they are bots.
            let stopped = try await tool.run(["plan", "now.csv"] + Self.mirror + options)
            #expect(stopped.status == 65, "\(stopped)")
            let apart = ["--exclude", "GitHub com verified domain emails="]
            let offboarding = try await tool.run(["apply", "now.csv", "--yes"] + Self.mirror + options + apart)
            #expect(offboarding.status == 0, "\(offboarding)")
            let holders = Set(try await tool.holders("--subscription", World.acme))
            #expect(holders == Set((12..<Self.people).map { "person\($0)@acme-co.dev" }))
        }
    }

    @Test("an export of seats as JSON reads back: nothing to change", arguments: ["json", "csv", "xml"])
    func roundTrip(format: String) async throws {
        try await withTool { tool in
            let export = try await tool.run(
                "export", "seats", "--server", "embedded", "--format", format, "-o", "seats.\(format)")
            #expect(export.status == 0, "\(export)")
            let check = try await tool.run("check", "seats.\(format)")
            #expect(check.status == 0, "\(check)")
            #expect(check.output.contains("an export of seats"))
            let plan = try await tool.run("plan", "seats.\(format)", "--server", "embedded", "--detailed-exitcode")
            #expect(plan.status == 0, "\(plan)")
        }
    }

    @Test("a JSON document that is broken anywhere changes nothing")
    func broken() async throws {
        try await withTool { tool in
            let text = Self.users(Self.listings[0])
            for (name, bad) in [
                ("cut", String(text.dropLast(3))),
                ("twice", text.replacing(#""id":"id-299""#, with: #""id":"1","id":"2""#)),
                ("more", text + "{}"), ("half", text.replacing("Person 299", with: #"Person \ud83d"#)),
            ] {
                try tool.write(bad, "all.json")
                let result = try await tool.run(
                    ["apply", "all.json", "--yes", "--grow", "--preset", "scim"] + Self.common)
                #expect(result.status == 65, "\(name): \(result)")
                #expect(result.talk.contains("all.json, line "), "\(result.talk)")
                #expect(try await tool.mails().isEmpty)
            }
        }
    }
}
