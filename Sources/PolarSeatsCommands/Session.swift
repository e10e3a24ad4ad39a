internal import EmbeddedServer
internal import Foundation
internal import Logging
internal import PolarAPI

#if canImport(Glibc)
    internal import Glibc
#endif

/// The server that a command talks to, as its plan remembers it.
enum ServerChoice: Equatable {
    case embedded
    case remote(PolarServer)

    init(_ text: String) throws {
        switch text {
        case "embedded": self = .embedded
        case "production": self = .remote(.production)
        case "sandbox": self = .remote(.sandbox)
        default:
            do { self = .remote(try PolarServer(url: text)) } catch {
                throw Failure(
                    .usage, "--server \(text): \(error.description)",
                    hints: [
                        "use production, sandbox, embedded, https://… or, on this machine alone, http://127.0.0.1:PORT"
                    ])
            }
        }
    }

    /// What the option or the environment says; there is no default, because this is a bulk writer.
    static func chosen(_ options: ServerOptions) throws -> ServerChoice? {
        let said =
            options.server ?? ProcessInfo.processInfo.environment["POLAR_SERVER"].flatMap { $0.isEmpty ? nil : $0 }
        return try said.map { try ServerChoice($0) }
    }

    static func required(_ options: ServerOptions) throws -> ServerChoice {
        if let choice = try chosen(options) { return choice }
        throw Failure(
            .usage, "no server was chosen",
            hints: [
                "use --server production, sandbox, embedded or a URL, or set POLAR_SERVER; there is no default, because a "
                    + "bulk writer must not guess"
            ])
    }

    var name: String {
        switch self {
        case .embedded: "embedded"
        case .remote(let server): server.name
        }
    }

    /// What the server documents that it allows.
    var limit: RequestRate {
        switch self {
        case .embedded: .perSecond(100)
        case .remote(let server): server.documentedLimit
        }
    }

    /// 80 % of the documented limit, so that the shop's own traffic keeps its share.
    func rate(_ options: ServerOptions) throws -> RequestRate? {
        if let said = options.rate { return try ServerOptions.parse(rate: said) }
        return limit.share(percent: 80)
    }
}

/// A connection to one server for the length of a command.
struct Session: Sendable {
    var choice: ServerChoice
    var client: PolarClient
    var governor: Governor
    var rate: RequestRate?
    var now: @Sendable () -> Date
    /// The running embedded server, if the command started one.
    var embedded: RunningEmbeddedServer?

    /// Opens the connection, runs `body`, and closes whatever was opened.
    static func with<R: Sendable>(
        _ choice: ServerChoice, _ options: ServerOptions, _ common: CommonOptions, concurrency: Int = 8,
        needsToken: Bool = true, _ body: @Sendable (Session) async throws -> R
    ) async throws -> R {
        switch choice {
        case .remote(let server):
            let token = try Credentials(options).token(for: choice, required: needsToken)
            return try await connect(choice, server, token, options, common, concurrency, nil, body)
        case .embedded:
            let token = try Credentials(options).token(for: choice, required: needsToken)
            let configuration = try options.embedded.configuration()
            do {
                return try await withEmbeddedServer(configuration) { running in
                    try await connect(
                        choice, .embedded(port: running.port), token, options, common, concurrency, running, body)
                }
            } catch let error as EmbeddedServerError {
                throw Failure(error)
            }
        }
    }

    private static func connect<R: Sendable>(
        _ choice: ServerChoice, _ server: PolarServer, _ token: AccessToken?, _ options: ServerOptions,
        _ common: CommonOptions, _ concurrency: Int, _ embedded: RunningEmbeddedServer?,
        _ body: @Sendable (Session) async throws -> R
    ) async throws -> R {
        let rate = try choice.rate(options)
        let governor = Governor(rate: rate, limit: choice.limit, maxWait: .seconds(options.maxWait))
        let transportOptions = HTTPTransportOptions(
            timeout: .seconds(options.timeout), caFile: try options.readableCAFile(), proxy: try proxy(for: server),
            connections: max(8, concurrency))
        let moment = try options.embedded.configuration().now
        let offset = choice == .embedded ? moment.map { $0.timeIntervalSinceNow } ?? 0 : 0
        return try await withHTTPTransport(transportOptions) { transport in
            let prepared = transport.prepared(
                token: token, for: server, userAgent: ToolVersion.userAgent, governor: governor,
                retries: RetryPolicy(retries: options.retries), logger: common.logger)
            let session = Session(
                choice: choice, client: PolarClient(server: server, transport: prepared), governor: governor,
                rate: rate, now: { Date(timeIntervalSinceNow: offset) }, embedded: embedded)
            return try await body(session)
        }
    }

    /// `HTTPS_PROXY`, unless `NO_PROXY` excepts the server.
    private static func proxy(for server: PolarServer) throws -> HTTPProxy? {
        let environment = ProcessInfo.processInfo.environment
        guard server.scheme == "https", let url = environment["HTTPS_PROXY"] ?? environment["https_proxy"], !url.isEmpty
        else { return nil }
        do {
            let proxy = try HTTPProxy(url: url, noProxy: environment["NO_PROXY"] ?? environment["no_proxy"] ?? "")
            return proxy.flatMap { $0.applies(to: server) ? $0 : nil }
        } catch {
            throw Failure(.badConfiguration, "HTTPS_PROXY: \(error.description)")
        }
    }
}

extension ServerOptions {
    fileprivate func readableCAFile() throws -> String? {
        guard let caFile else { return nil }
        guard FileManager.default.isReadableFile(atPath: caFile) else {
            throw Failure(.missingFile, "--ca-file \(caFile): cannot be read")
        }
        return caFile
    }
}

/// Where the access token comes from. It is never an argument: arguments are visible to every process.
struct Credentials {
    static let standardEmbeddedToken = "polar_oat_embedded_wayne"
    let options: ServerOptions

    init(_ options: ServerOptions) { self.options = options }

    /// A real token never reaches a rehearsal, and a rehearsal's token never a real server.
    func token(for choice: ServerChoice, required: Bool) throws -> AccessToken? {
        let said = try fromFile() ?? fromEnvironment()
        switch choice {
        case .embedded:
            if options.tokenFile == nil, let said, !said.isEmbedded { return AccessToken(Self.standardEmbeddedToken) }
            if let said, !said.isEmbedded {
                throw Failure(
                    .usage, "--token-file holds a token that is not one of the embedded server's",
                    hints: ["a real token is never given to a rehearsal; leave --token-file out"])
            }
            return said ?? AccessToken(Self.standardEmbeddedToken)
        case .remote(let server):
            if let said, said.isEmbedded, !server.isLoopback {
                throw Failure(
                    .notPermitted, "the token is one of the embedded server's and is not sent to \(server.baseURL)",
                    hints: ["set POLAR_ACCESS_TOKEN to a token of that server"])
            }
            if said == nil, required {
                throw Failure(
                    .notPermitted, "there is no access token for \(server.name)",
                    hints: ["set POLAR_ACCESS_TOKEN, or use --token-file FILE"])
            }
            return said
        }
    }

    private func fromEnvironment() throws -> AccessToken? {
        guard let text = ProcessInfo.processInfo.environment["POLAR_ACCESS_TOKEN"], !text.isEmpty else { return nil }
        guard let token = AccessToken(text) else {
            throw Failure(.badConfiguration, "POLAR_ACCESS_TOKEN holds something that cannot be a token")
        }
        return token
    }

    private func fromFile() throws -> AccessToken? {
        guard let file = options.tokenFile else { return nil }
        let text: String
        if file == "-" {
            text = readLine() ?? ""
        } else {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Failure(.missingFile, "--token-file \(file): cannot be read")
            }
            text = String(decoding: data, as: UTF8.self)
        }
        guard let token = AccessToken(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Failure(.badConfiguration, "--token-file \(file): holds no token")
        }
        return token
    }
}

/// What `crash-after=N` rehearses: the process is gone without a word, as after kill -9.
func crashNow() { kill(getpid(), SIGKILL) }

extension Failure {
    init(_ error: EmbeddedServerError) {
        self.init(.badConfiguration, "embedded server: \(error.message)")
    }
}
