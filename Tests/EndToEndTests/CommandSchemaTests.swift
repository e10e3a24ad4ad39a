import Foundation
import Testing

/// What `--json` prints is valid by the published schemas, in the eyes of a library that is not ours.
@Suite("Schemas of what --json prints")
struct CommandSchemaTests {
    private static let hasValidator: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import jsonschema"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Checks each line `KIND FILE` of standard input; of the stream of `apply`, each line of the file.
    private static let check = """
        import json, sys, jsonschema
        folder, failed = sys.argv[1], 0
        for line in sys.stdin:
            kind, name = line.split()
            schema = json.load(open(f'{folder}/{kind}.schema.json'))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            text = open(name).read()
            values = [json.loads(l) for l in text.splitlines() if l] if kind == 'apply' else [json.loads(text)]
            assert values, f'{name} is empty'
            for value in values:
                for error in validator.iter_errors(value):
                    failed = 1
                    print(f'{name}: {kind}: {error.json_path}: {error.message[:300]}')
        sys.exit(failed)
        """

    /// One document of each kind, and the variants that have other members.
    @Test(
        "every document is valid by its schema", .enabled(if: hasValidator, "needs python3 with the module jsonschema"))
    func documents() async throws {
        try await withTool { tool in
            let found = try await Self.documents(tool)
            let list = found.map { "\($0.kind) \($0.file)" }.joined(separator: "\n")
            let schemas = Tool.root.appendingPathComponent("docs/schemas").path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
            let result = try await tool.run(
                ["python3", "-c", Self.check, schemas], input: list, extra: ["PATH": path, "HOME": home],
                program: "/usr/bin/env")
            #expect(result.status == 0, "\(result.output)\(result.talk)")
            for document in found where document.kind != "apply" {
                let value = try tool.json(try tool.read(document.file))
                #expect(value["kind"] as? String == document.kind && (value["format"] as? Int ?? 0) >= 1, "\(document)")
                // A schema that anything is valid by would prove nothing.
                var odd = value
                odd["unheard_of"] = 1
                try JSONSerialization.data(withJSONObject: odd)
                    .write(to: URL(fileURLWithPath: tool.path("odd-\(document.file)")))
                let refused = try await tool.run(
                    ["python3", "-c", Self.check, schemas], input: "\(document.kind) odd-\(document.file)",
                    extra: ["PATH": path, "HOME": home], program: "/usr/bin/env")
                #expect(refused.status == 1, "\(document.kind) allows any member")
            }
        }
    }

    private struct Document {
        var kind: String
        var file: String
    }

    /// Makes the documents in the tool's folder; `POLAR_SEATS_DOCUMENTS` keeps a copy of them.
    private static func documents(_ tool: Tool) async throws -> [Document] {
        var found: [Document] = []
        let acme = ["--server", "embedded", "--subscription", World.acme]
        func add(_ kind: String, _ arguments: [String], status: Int32, extra: [String: String] = [:]) async throws {
            let result = try await tool.run(arguments + ["--json"], extra: extra)
            #expect(result.status == status, "\(result)")
            let file = "\(found.count).json"
            try tool.write(result.output, file)
            found.append(Document(kind: kind, file: file))
        }
        try tool.write(
            "email,external_id,note\nmia@acme-co.dev,m-1,x\nnobody,n-1,y\nmia@acme-co.dev,m-1,z\n", "bad.csv")
        try tool.write("<people><person><email>ada@acme-co.dev</email></person></people>", "people.xml")
        try tool.write(roster(3), "people.csv")
        try await add("check", ["check", "people.csv"], status: 0)
        try await add("check", ["check", "bad.csv", "--fixed", "fixed.csv"], status: 65)
        try await add("check", ["check", "people.xml", "people.csv"], status: 65)
        try await add("plan", ["plan", "people.csv", "-o", "a.seatplan"] + acme, status: 0)
        try await add("plan", ["plan", "bad.csv", "--max-mails", "0"] + acme, status: 65)
        try await add("plan", ["plan", "people.csv", "--mode", "mirror", "--min-rows", "9"] + acme, status: 4)
        try await add("rehearse", ["rehearse", "a.seatplan"], status: 0)
        try await add("verify", ["verify", "a.seatplan"], status: 5)
        try await add("apply", ["apply", "a.seatplan", "--verify"], status: 0)
        try await add("verify", ["verify", "a.seatplan"], status: 0)
        try await add("report", ["show", "a.seatplan"], status: 0)
        try await add("plan", ["undo", "a.seatplan", "-o", "u.seatplan"], status: 0)
        try tool.write("email\nx@example.com\nnew@acme-co.dev\n", "more.csv")
        try await add("apply", ["apply", "more.csv", "--yes"] + acme, status: 3)
        try await add("apply", ["apply", "people.csv", "--yes", "--min-rows", "9"] + acme, status: 4)
        try await add("apply", ["apply", "people.csv", "--yes"] + acme, status: 0)
        try await add("runs", ["runs", "list"], status: 0)
        try await add("runs-prune", ["runs", "prune", "--older-than", "0d", "--keep", "0"], status: 0)
        try await add("runs", ["runs", "list"], status: 0)
        try await add("doctor", ["doctor", "--server", "embedded"], status: 0, extra: ["POLAR_SEATS_RATE": "5/s"])
        try await add(
            "doctor", ["doctor", "--server", "embedded"], status: 77,
            extra: ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_x"])
        try await add("seats", ["export", "seats"] + acme, status: 0)
        try await add("error", ["plan", "people.csv", "--subscription", World.acme], status: 64)
        try await add("error", ["plan", "people.csv", "--server", "embedded", "--rate", "fast"], status: 64)
        try await add("error", ["show", "gone.seatplan"], status: 66)
        try await add("error", ["runs", "show", "zz"], status: 66)
        try await add("version", ["--version"], status: 0)
        if let copy = ProcessInfo.processInfo.environment["POLAR_SEATS_DOCUMENTS"] {
            for document in found {
                let name = "\(document.kind)-\(document.file)"
                try tool.bytes(document.file).write(to: URL(fileURLWithPath: copy + "/" + name))
            }
        }
        return found
    }
}
