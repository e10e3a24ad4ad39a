import Foundation
import Subprocess
import SystemPackage
import Testing

/// The built binary, in a folder of its own: its embedded server's state, its files and its environment are no one
/// else's.
struct Tool {
    /// What one command did.
    struct Result {
        var command: String
        var status: Int32
        var signal: Int32?
        var output: String
        var talk: String

        /// Everything that was printed, for looking for what must not be in it.
        var everything: String { output + talk }
    }

    let folder: String
    var environment: [String: String]

    init() throws {
        folder = NSTemporaryDirectory() + "polar-seats-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        environment = [
            "HOME": folder, "XDG_STATE_HOME": folder + "/state", "PATH": "/usr/bin:/bin", "TMPDIR": folder,
            "LC_ALL": "C.UTF-8",
        ]
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// The test bundle stands beside the binary.
    static var binary: String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let here = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }?
            .deletingLastPathComponent()
        let candidates = [bundle, here, Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        for candidate in candidates.compactMap(\.self) {
            let path = candidate.appendingPathComponent("polar-seats").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return bundle.appendingPathComponent("polar-seats").path
    }

    /// The folder of the sources.
    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    static var samples: String { root.appendingPathComponent("samples").path }

    func path(_ name: String) -> String { folder + "/" + name }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    /// Runs a command to its end, in the tool's folder.
    func run(_ arguments: String..., input: String = "", extra: [String: String] = [:]) async throws -> Result {
        try await run(arguments, input: input, extra: extra)
    }

    func run(
        _ arguments: [String], input: String = "", extra: [String: String] = [:], program: String = Tool.binary
    ) async throws -> Result {
        let merged = environment.merging(extra) { $1 }
        let variables = Dictionary(
            uniqueKeysWithValues: merged.map { (Environment.Key(rawValue: $0.key) ?? "IGNORED", $0.value) })
        // A file, not a pipe: a process that ends before it has read its input would leave the pipe's writer open, and
        // swift-subprocess ends the tests for that.
        let inputFile = path("input-\(UUID().uuidString)")
        try Data(input.utf8).write(to: URL(fileURLWithPath: inputFile))
        defer { try? FileManager.default.removeItem(atPath: inputFile) }
        await Places.shared.take()
        let descriptor = try FileDescriptor.open(FilePath(inputFile), .readOnly)
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: FilePath(folder),
            input: .fileDescriptor(descriptor, closeAfterSpawningProcess: true), output: .string(limit: 1 << 24),
            error: .string(limit: 1 << 24))
        await Places.shared.give()
        var status: Int32 = -1
        var signal: Int32?
        switch result.terminationStatus {
        case .exited(let code): status = code
        case .signaled(let code): signal = code
        }
        let outcome = Result(
            command: arguments.joined(separator: " "), status: status, signal: signal,
            output: result.standardOutput, talk: result.standardError)
        // `embedded` shows its own tokens: they open nothing else. So does the hint for a token that its data lacks.
        let hint = "set POLAR_ACCESS_TOKEN to one of the tokens in the embedded server's data: "
        let lines = outcome.everything.split(separator: "\n").filter { !$0.contains(hint) }
        if arguments.first != "embedded" {
            #expect(!lines.contains { $0.contains("polar_oat_embedded_wayne") }, "\(outcome.command) shows a token")
        }
        return outcome
    }

    /// Files that hold a text, but for the embedded server's own state.
    func filesHolding(_ text: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
            if name == "state" || name.contains(".sqlite") { return false }
            let data = FileManager.default.contents(atPath: path(name)) ?? Data()
            return data.range(of: Data(text.utf8)) != nil
        }
    }

    /// The names of the plans in the run store, the oldest first.
    func storedRuns() throws -> [String] {
        guard exists("state/polar-seats/runs") else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path("state/polar-seats/runs"))
            .filter { $0.hasSuffix(".seatplan") }.sorted()
    }

    /// Runs a shell's script in the tool's folder; `$0` is the binary.
    func shell(_ script: String) async throws -> Result {
        try await run(["-c", script, Self.binary], program: "/bin/sh")
    }

    /// A value that `--json` printed.
    func json(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The emails of the embedded server, but for the one that the default world begins with.
    func mailList() async throws -> [[String: Any]] {
        let result = try await run("embedded", "outbox", "--json")
        // No command has reached the server yet, so there is no world.
        if result.status == 78 { return [] }
        let list = try json(result.output)["mails"] as? [[String: Any]] ?? []
        return list.filter { $0["to"] as? String != "margaret@acme-co.dev" }
    }

    /// Who was invited, and how often.
    func mails() async throws -> [String: Int] {
        try await mailList().reduce(into: [:]) { $0[$1["to"] as? String ?? "?", default: 0] += 1 }
    }

    /// Who holds a live seat of a container.
    func holders(_ container: String...) async throws -> [String] {
        let result = try await run(["seats", "list", "--server", "embedded"] + container)
        let seats = try json(result.output)["seats"] as? [[String: Any]] ?? []
        return seats.filter { $0["status"] as? String != "revoked" }.compactMap { $0["email"] as? String }.sorted()
    }
}

/// Few commands at once: tests run all together, and each process costs pipes, memory and a share of the cores.
private actor Places {
    static let shared = Places()
    private var free = 6
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// Runs `body` with a tool whose folder is removed afterwards.
func withTool(_ body: (Tool) async throws -> Void) async throws {
    let tool = try Tool()
    defer { tool.remove() }
    try await body(tool)
}

/// The default world's containers.
enum World {
    static let acme = "11111111-1111-4111-8111-111111111111"
    static let globex = "22222222-2222-4222-8222-222222222222"
    static let initech = "33333333-3333-4333-8333-333333333333"
    static let umbrella = "44444444-4444-4444-8444-444444444444"
}

/// A roster of made-up people.
func roster(_ count: Int, from first: Int = 1) -> String {
    "email,external_id\n" + (first..<first + count).map { "person\($0)@acme-co.dev,p-\($0)\n" }.joined()
}
