import Foundation
import Testing
import Yams

/// The composite action and its example workflow, as a runner of GitHub would read them, on the embedded server.
@Suite("The GitHub action")
struct WorkflowTests {
    private static let folder = Tool.root.appendingPathComponent(".github/actions/polar-seats")

    private static func parsed(_ name: String) throws -> [String: Any] {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    /// Replaces `${{ … }}`; an expression that the test does not know is a mistake of the file.
    private static func evaluated(_ text: String, _ values: [String: String]) throws -> String {
        var text = text
        for match in text.matches(of: /\$\{\{ *([^}]+?) *\}\}/).reversed() {
            let value = try #require(values[String(match.output.1)], "unknown expression \(match.output.1)")
            text.replaceSubrange(match.range, with: value)
        }
        return text
    }

    /// A runner's folder, with the tool and a stand-in for `gh` on its path.
    private struct Runner {
        let tool: Tool
        var values = [
            "vars.POLAR_SERVER": "embedded", "secrets.POLAR_ACCESS_TOKEN": "polar_oat_embedded_wayne",
            "vars.POLAR_SUBSCRIPTION": World.acme, "github.token": "made-up", "github.event.pull_request.number": "7",
        ]

        init(_ tool: Tool) throws {
            self.tool = tool
            try FileManager.default.createDirectory(atPath: tool.path("bin"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: tool.path("bin/polar-seats"), withDestinationPath: Tool.binary)
            try tool.write("#!/bin/sh\necho \"$@\" >> gh-calls\ncat polar-seats.md >> gh-comment\n", "bin/gh")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool.path("bin/gh"))
        }

        func script(_ text: String, _ environment: [String: String]) async throws -> Tool.Result {
            var variables = environment
            variables["PATH"] = tool.path("bin") + ":/usr/bin:/bin"
            variables["GITHUB_OUTPUT"] = tool.path("outputs")
            variables["GITHUB_STEP_SUMMARY"] = tool.path("summary")
            return try await tool.run(
                ["--noprofile", "--norc", "-eo", "pipefail", "-c", text], extra: variables,
                program: "/bin/bash")
        }

        /// Runs the composite action with inputs.
        func action(_ inputs: [String: String]) async throws -> Tool.Result {
            let action = try WorkflowTests.parsed("action.yml")
            let declared = try #require(action["inputs"] as? [String: [String: Any]])
            for name in inputs.keys { #expect(declared[name] != nil, "the action has no input \(name)") }
            let all = declared.mapValues { $0["default"] as? String ?? "" }.merging(inputs) { $1 }
            let expressions = Dictionary(uniqueKeysWithValues: all.map { ("inputs.\($0.key)", $0.value) })
            let steps = try #require((action["runs"] as? [String: Any])?["steps"] as? [[String: Any]])
            let step = try #require(steps.first)
            let environment = try #require(step["env"] as? [String: String])
            let script = try #require(step["run"] as? String)
            #expect(!script.contains("${{"), "an input in the script's text could be a command")
            try? FileManager.default.removeItem(atPath: tool.path("outputs"))
            return try await self.script(
                script, try environment.mapValues { try WorkflowTests.evaluated($0, expressions) })
        }

        /// Runs those steps of a job of the example that are commands or the action.
        func job(_ name: String, event: String) async throws -> [Tool.Result] {
            let workflow = try WorkflowTests.parsed("example.yml")
            let jobs = try #require(workflow["jobs"] as? [String: [String: Any]])
            var results: [Tool.Result] = []
            for step in try #require(jobs[name]?["steps"] as? [[String: Any]]) {
                if let condition = step["if"] as? String, !condition.contains("github.event_name == '\(event)'") {
                    continue
                }
                if step["uses"] as? String == "./.github/actions/polar-seats" {
                    let inputs = try #require(step["with"] as? [String: String])
                    results.append(try await action(try inputs.mapValues { try WorkflowTests.evaluated($0, values) }))
                } else if let script = step["run"] as? String {
                    let environment = (step["env"] as? [String: Any] ?? [:]).mapValues { "\($0)" }
                    results.append(
                        try await self.script(
                            script, try environment.mapValues { try WorkflowTests.evaluated($0, values) }))
                }
                if let last = results.last, last.status != 0 { break }
            }
            return results
        }
    }

    @Test("a plan on a branch becomes a comment, drift after the approval is refused, and a new plan is applied")
    func pullRequest() async throws {
        try await withTool { tool in
            let runner = try Runner(tool)
            let before = try await tool.holders("--subscription", World.acme)
            try tool.write("email\n" + before.joined(separator: "\n") + "\nmia@acme-co.dev\n", "people.csv")
            let branch = try await runner.job("plan", event: "pull_request")
            #expect(branch.map(\.status) == [0, 0, 0], "\(branch)")
            #expect(try tool.read("outputs").contains("changes=true\n"))
            #expect(try tool.read("gh-calls").contains("pr comment 7 "))
            #expect(try tool.read("gh-comment").contains("mia"), "the comment names who is assigned")
            #expect(try tool.read("summary").contains("mia"))
            #expect(try await tool.mails().isEmpty, "a plan changes nothing")
            let merged = try await runner.job("plan", event: "push")
            #expect(merged.map(\.status) == [0, 0], "\(merged)")
            // Someone else assigns a seat while the plan waits for its approval.
            let late = try await tool.run(
                "seats", "assign", "--email", "late@acme-co.dev", "--server", "embedded", "--subscription", World.acme)
            #expect(late.status == 0)
            let refused = try await runner.job("apply", event: "push")
            #expect(refused.map(\.status) == [4], "\(refused)")
            #expect(refused.first?.talk.contains("late@acme-co.dev") == true, "\(refused)")
            #expect(try await !tool.holders("--subscription", World.acme).contains("mia@acme-co.dev"))
            try tool.write(try tool.read("people.csv") + "late@acme-co.dev\n", "people.csv")
            _ = try await runner.job("plan", event: "push")
            let applied = try await runner.job("apply", event: "push")
            #expect(applied.map(\.status) == [0], "\(applied)")
            #expect(
                try await tool.holders("--subscription", World.acme)
                    == (before + ["late@acme-co.dev", "mia@acme-co.dev"]).sorted())
            // Nothing left: the job that applies would not run.
            _ = try await runner.job("plan", event: "push")
            #expect(try tool.read("outputs").contains("changes=false\n"))
        }
    }

    @Test("errors in the roster are annotations and fail the job; names with spaces and quotes are names")
    func check() async throws {
        try await withTool { tool in
            let runner = try Runner(tool)
            try tool.write("email,note\nnobody,100%\nzoe@acme-co.dev,x\n", "it's, here; $(touch owned).csv")
            let bad = try await runner.action(["command": "check", "roster": "it's, here; $(touch owned).csv\n\n"])
            #expect(bad.status == 65, "\(bad)")
            let line = try #require(bad.output.split(separator: "\n").first { $0.hasPrefix("::error ") }, "\(bad)")
            #expect(line.hasPrefix("::error file=it's%2C here; $(touch owned).csv,line=2,col=1,title="), "\(line)")
            #expect(!tool.exists("owned"))
            #expect(try await runner.action(["command": "check"]).status == 64)
            #expect(try await runner.action(["command": "rm -rf x", "roster": "x"]).status == 64)
            let guarded = try await runner.action([
                "command": "plan", "roster": "it's, here; $(touch owned).csv", "server": "embedded",
                "options": "--subscription=\(World.acme)\n--max-mails=0\n", "token": "polar_oat_embedded_wayne",
            ])
            #expect(guarded.status == 65, "\(guarded)")
            #expect(tool.exists("polar-seats.md"), "a refused plan is shown")
        }
    }

    @Test("--format github escapes what GitHub's runner would take for its own")
    func escaping() async throws {
        try await withTool { tool in
            try tool.write("email\n\"a%b:c,\r\nd\"\n", "50%:a,b.csv")
            let result = try await tool.run("check", "50%:a,b.csv", "--format", "github")
            #expect(result.status == 65)
            let lines = result.output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("::") }, "\(result)")
            #expect(lines.first?.contains("file=50%25%3Aa%2Cb.csv,line=") == true, "\(result)")
            #expect(try await tool.run("check", "50%:a,b.csv", "--format", "github", "--json").status == 64)
            let input = try await tool.run("check", "-", "--format", "github", input: "email\nnobody\n")
            #expect(input.output.hasPrefix("::error title="), "\(input)")
        }
    }
}
