import Foundation
import Subprocess
import SystemPackage
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `embedded serve` as a process of its own.
struct ServerProcess: Sendable {
    var url: String
    var port: Int
    fileprivate let end: @Sendable (Signal) -> Void

    func send(_ signal: Signal) { end(signal) }

    /// What the server counted: requests by kind, reads and writes.
    func counters() async throws -> [String: Any] {
        let address = try #require(URL(string: url + "/_embedded/counters"))
        var request = URLRequest(url: address)
        request.setValue("Bearer polar_oat_embedded_wayne", forHTTPHeaderField: "Authorization")
        let (data, _) = try await URLSession.shared.data(for: request)
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}

extension Tool {
    /// Runs `body` while `embedded serve` serves on a port of its own, and says how that ended: with SIGTERM unless the
    /// body sent something else.
    @discardableResult
    func serving(
        _ arguments: [String] = ["--port", "0"], _ body: (ServerProcess) async throws -> Void
    ) async throws -> Result {
        let variables = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0.key) ?? "IGNORED", $0.value) })
        let result = try await Subprocess.run(
            .path(FilePath(Self.binary)), arguments: Arguments(["embedded", "serve", "--json"] + arguments),
            environment: .custom(variables), workingDirectory: FilePath(folder), input: .none, output: .sequence,
            error: .string(limit: 1 << 20)
        ) { execution in
            // The first line comes when requests are answered; more does not come.
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let line = try await lines.next() ?? ""
            let end: @Sendable (Signal) -> Void = { try? execution.send(signal: $0) }
            guard let facts = try? json(line), let url = facts["url"] as? String, let port = facts["port"] as? Int
            else {
                end(.kill)
                Issue.record("embedded serve said '\(line)'")
                return
            }
            do {
                try await body(ServerProcess(url: url, port: port, end: end))
            } catch {
                end(.kill)
                throw error
            }
            end(.terminate)
        }
        var status: Int32 = -1
        var signal: Int32?
        switch result.terminationStatus {
        case .exited(let code): status = code
        case .signaled(let code): signal = code
        }
        return Result(
            command: "embedded serve", status: status, signal: signal, output: "", talk: result.standardError)
    }

    /// The environment in which commands may talk to such a server.
    static var wayne: [String: String] { ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_wayne"] }
}
