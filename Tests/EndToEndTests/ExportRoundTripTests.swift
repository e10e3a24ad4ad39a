import Foundation
import TestSupport
import Testing

/// What `export` wrote says nothing new to `plan`, and nothing to `diff`, whatever has happened to the seats.
@Suite struct ExportRoundTripTests {
    private static let place = ["--server", "embedded"]

    @Test(
        "the default world, in both models, reads back",
        arguments: ["polar_oat_embedded_wayne", "polar_oat_embedded_umbrella"])
    func defaultWorld(token: String) async throws {
        try await withTool { tool in
            try await expectFixedPoint(tool, ["POLAR_ACCESS_TOKEN": token])
        }
    }

    @Test("so it does after a random series of assignments and revocations", arguments: 1...3)
    func randomWorld(seed: UInt64) async throws {
        try await withTool { tool in
            var random = SplitMix64(state: seed)
            var rows = "email,external_id,subscription_id,order_id,action,metadata.note\n"
            // Text that CSV, XML and the formula guard each have to do something about.
            let notes = ["", "R&D", "=1+1", "'quoted", "a \"b\", c", "ä<ö>ü", " spaces ", "-", "tab\there"]
            for number in 1...24 {
                let isOrder = Bool.random(using: &random)
                let external = Bool.random(using: &random) ? "x-\(number)" : ""
                let note = (notes.randomElement(using: &random) ?? "").replacing("\"", with: "\"\"")
                rows +=
                    "p\(number)@acme-co.dev,\(external),\(isOrder ? "" : World.acme),\(isOrder ? World.initech : ""),assign,\"\(note)\"\n"
            }
            rows += "ada@acme-co.dev,,\(World.acme),,revoke,\n"
            try tool.write(rows, "change.csv")
            let change = try await tool.run(["apply", "change.csv", "--yes"] + Self.place)
            // Some may find no free seat.
            #expect([0, 3].contains(change.status), "\(change)")
            try await expectFixedPoint(
                tool, [:], ["--customer", "acme", "--customer", "globex", "--customer", "initech"])
            let revoked = (1...24).filter { _ in Bool.random(using: &random) }
            let removal =
                "email,subscription_id,order_id\n"
                + revoked.flatMap { ["p\($0)@acme-co.dev,\(World.acme),\n", "p\($0)@acme-co.dev,,\(World.initech)\n"] }
                .joined()
            try tool.write(removal, "remove.csv")
            let removed = try await tool.run(
                ["apply", "remove.csv", "--mode", "remove", "--max-revoke", "100%", "--yes"] + Self.place)
            #expect(removed.status == 0, "\(removed)")
            try await expectFixedPoint(
                tool, [:], ["--customer", "acme", "--customer", "globex", "--customer", "initech"])
        }
    }

    private func expectFixedPoint(_ tool: Tool, _ extra: [String: String], _ options: [String] = []) async throws {
        let forms = ["csv", "xml", "json", "jsonl"]
        for form in forms {
            let export = try await tool.run(["export", "-o", "e.\(form)"] + options + Self.place, extra: extra)
            #expect(export.status == 0, "\(export)")
            let diff = try await tool.run("diff", "e.csv", "e.\(form)")
            #expect(diff.status == 0, "\(diff)")
            #expect(diff.output.hasSuffix("\nNo differences.\n"))
        }
        let seats = try table(try tool.read("e.csv")).count
        #expect(seats > 0)
        for form in ["csv", "xml"] {
            for mode in ["add", "mirror"] {
                let plan = try await tool.run(
                    ["plan", "e.\(form)", "--mode", mode, "--detailed-exitcode", "--json"] + Self.place, extra: extra)
                #expect(plan.status == 0, "\(plan)")
                let actions = try #require(try tool.json(plan.output)["actions"] as? [String: Int])
                #expect(actions == ["keep": seats], "\(form) \(mode)")
            }
        }
    }
}
