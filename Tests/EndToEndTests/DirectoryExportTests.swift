import Foundation
import Testing

@Suite("Exports of directories: onboarding, then offboarding by mirror")
struct DirectoryExportTests {
    struct Directory: Sendable, CustomTestStringConvertible {
        var preset: String
        var sample: String
        var email: String
        var status: String
        var active: [String]
        var left: [String]
        /// Beside the status of someone who left: the header as the vendor translates it.
        var translated: [String: String] = [:]
        /// Columns beside the address that differ between people.
        var others: [String] = []
        /// How many people; 12 of them leave.
        var people = 300
        var testDescription: String { preset }
    }

    private static let directories = [
        Directory(
            preset: "google-workspace", sample: "google-workspace.csv", email: "Email Address [Required]",
            status: "Status [READ ONLY]", active: ["Active"], left: ["Suspended", "Archived"], others: ["Employee ID"]),
        Directory(
            preset: "okta", sample: "okta.csv", email: "Primary email", status: "Status",
            active: ["ACTIVE", "Password expired", "PROVISIONED", "LOCKED_OUT"],
            left: ["SUSPENDED", "Deactivated", "STAGED", "DEPROVISIONED"], others: ["User Id", "Username"]),
        Directory(
            preset: "entra", sample: "entra.csv", email: "userPrincipalName", status: "accountEnabled",
            active: ["True", "true"], left: ["False"],
            translated: ["userPrincipalName": "Benutzerprinzipalname", "accountEnabled": "Kontoaktiviert"]),
        Directory(
            preset: "slack", sample: "slack.csv", email: "email", status: "status",
            active: ["Member", "Admin", "Owner", "Multi-Channel Guest"], left: ["Deactivated", "Bot"],
            others: ["userid", "username"]),
    ]

    /// An export with the sample's own header. The first `leaving` people have left, and `bots` rows without an address
    /// follow that have no place either.
    private static func export(
        _ directory: Directory, leaving: Int = 0, bots: Int = 0, reversed: Bool = false, translated: Bool = false
    ) throws -> String {
        let url = URL(fileURLWithPath: Tool.samples).appendingPathComponent(directory.sample)
        let text = String(decoding: try Data(contentsOf: url), as: UTF8.self).replacingOccurrences(
            of: "\u{FEFF}", with: "")
        let first = text.split(whereSeparator: \.isNewline)[0]
        var columns = first.replacingOccurrences(of: "\"", with: "").split(separator: ",").map(String.init)
        if reversed { columns.reverse() }
        func row(_ number: Int, email: String, status: String) -> String {
            columns.map { column in
                switch column {
                case directory.email: email
                case directory.status: status
                case _ where directory.others.contains(column): "\(column.prefix(4))-\(number)"
                default: ""
                }
            }.joined(separator: ",")
        }
        let header = columns.map { translated ? directory.translated[$0] ?? $0 : $0 }.joined(separator: ",")
        let people = (0..<directory.people).map { number in
            let words = number < leaving ? directory.left : directory.active
            return row(number, email: "person\(number)@acme-co.dev", status: words[number % words.count])
        }
        let rest = (0..<bots).map { row(9_000 + $0, email: "", status: directory.left[$0 % directory.left.count]) }
        return ([header] + people + rest).joined(separator: "\n") + "\n"
    }

    @Test("12 people who left and 4 bots lose their seats, and no one else", arguments: directories)
    func offboarding(_ directory: Directory) async throws {
        try await withTool { tool in
            let common = ["--server", "embedded", "--subscription", World.acme, "--preset", directory.preset]
            try tool.write(try Self.export(directory), "all.csv")
            let mirror = ["--mode", "mirror", "--max-revoke", "20"]
            let onboarding = try await tool.run(["apply", "all.csv", "--yes", "--grow"] + common)
            #expect(onboarding.status == 0, "\(onboarding)")
            let before = Set(try await tool.holders("--subscription", World.acme))
            #expect(before.count { $0.hasPrefix("person") } == directory.people)

            // The same people with the columns in another order, and the header as the vendor translates it.
            try tool.write(try Self.export(directory, reversed: true, translated: true), "turned.csv")
            let same = try await tool.run(["plan", "turned.csv", "--detailed-exitcode"] + common)
            #expect(same.status == 0, "\(same)")

            try tool.write(try Self.export(directory, leaving: 12, bots: 4, reversed: true), "now.csv")
            let plan = try await tool.run(
                ["plan", "now.csv", "-o", "now.seatplan", "--json"] + mirror + common)
            #expect(plan.status == 0, "\(plan)")
            let actions = try #require(try tool.json(plan.output)["actions"] as? [String: Int])
            // 4 people of the default data are not in the directory.
            let others = before.count - directory.people
            #expect(
                actions
                    == ["keep": directory.people - 12, "excluded": 16, "revoke": 12 + others].filter { $0.value > 0 })
            let csv = try await tool.run("show", "now.seatplan", "--format", "csv").output
            for number in 0..<12 {
                let lines = csv.split(separator: "\n").filter { $0.contains(",person\(number)@acme-co.dev,") }
                #expect(lines.count == 2, "\(lines)")
                #expect(lines.contains { $0.contains(",excluded,") } && lines.contains { $0.contains(",revoke,") })
            }
            let apply = try await tool.run("apply", "now.seatplan", "--report", "r.csv", "--failed", "f.csv")
            #expect(apply.status == 0, "\(apply)")
            let after = Set(try await tool.holders("--subscription", World.acme))
            #expect(after == Set((12..<directory.people).map { "person\($0)@acme-co.dev" }))
            #expect(try tool.read("r.csv").components(separatedBy: ",excluded,excluded,").count == 17)
            // Whoever is left out did not fail.
            #expect(try tool.read("f.csv").split(separator: "\n").count == 1)
            #expect(try await tool.run("verify", "now.seatplan").status == 0)
        }
    }

    @Test("the same without the preset, by naming column and words", arguments: directories)
    func withoutPreset(_ directory: Directory) async throws {
        try await withTool { tool in
            let common = [
                "--server", "embedded", "--subscription", World.acme, "--map", "email=\(directory.email)",
                "--exclude", "\(directory.status)=\(directory.left.joined(separator: ","))",
            ]
            try tool.write(try Self.export(directory), "all.csv")
            #expect(try await tool.run(["apply", "all.csv", "--yes", "--grow"] + common).status == 0)
            try tool.write(try Self.export(directory, leaving: 12, bots: 4), "now.csv")
            let result = try await tool.run(
                ["apply", "now.csv", "--yes", "--mode", "mirror", "--max-revoke", "20"] + common)
            #expect(result.status == 0, "\(result)")
            let after = Set(try await tool.holders("--subscription", World.acme))
            #expect(after == Set((12..<directory.people).map { "person\($0)@acme-co.dev" }))
        }
    }
}
