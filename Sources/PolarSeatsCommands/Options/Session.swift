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

    private static let names = ["production", "sandbox", "embedded"]

    init(_ text: String) throws {
        switch text {
        case "embedded": self = .embedded
        case "production": self = .remote(.production)
        case "sandbox": self = .remote(.sandbox)
        default:
            do { self = .remote(try PolarServer(url: text)) } catch {
                // What looks like a user and password is not repeated.
                let shown = text.contains("@") ? "" : " \(text)"
                let near = UsageSuggestions.nearest(text, Self.names, prefixes: true)
                throw Failure(
                    .usage, "--server\(shown): \(error.sentence)",
                    hints: [
                        near.map { "did you mean --server \($0)?" }
                            ?? "use production, sandbox, embedded, https://… or http://127.0.0.1:PORT on this machine"
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
            .usage, "no server specified",
            hints: [
                "use --server production, sandbox, embedded or a URL, or set POLAR_SERVER; there is no default server, "
                    + "on purpose"
            ])
    }

    var name: String {
        switch self {
        case .embedded: "embedded"
        case .remote(let server): server.name
        }
    }

    /// A server of the user's own: its limit is not known, and is taken for production's until a 429 shows it.
    var isGuessed: Bool {
        guard case .remote(let server) = self else { return false }
        return server != .production && server != .sandbox
    }

    /// What the server documents that it allows.
    var limit: RequestRate {
        switch self {
        case .embedded: .perSecond(100)
        case .remote(let server): server.documentedLimit
        }
    }

    /// 80% of the limit, by default the documented one, so that the shop's own traffic keeps its share.
    func rate(_ options: ServerOptions, limit: RequestRate? = nil) throws -> RequestRate? {
        if let said = options.rate { return try ServerOptions.parse(rate: said) }
        return (limit ?? self.limit).share(percent: 80)
    }
}

/// A connection to one server for the length of a command.
struct Session: Sendable {
    /// Stands in place of connections in tests that run whole commands in process; nothing waits then.
    @TaskLocal static var replacement: (any PolarTransport)?

    var choice: ServerChoice
    var client: PolarClient
    /// The thread of the client's connections.
    var executor: any TaskExecutor
    var governor: RequestGovernor
    /// What waits to be sent again.
    var retries: RetryWatch
    var rate: RequestRate?
    /// What the server allows: documented, or for the embedded server that of the token's group.
    var limit: RequestRate
    /// Containers at once.
    var concurrency: Int
    var now: @Sendable () -> Date
    /// Where the token came from and what it is, but not the token.
    var credential: Credential
    /// What connections to the server are tunnelled through.
    var proxy: HTTPProxy?
    /// The running embedded server, if the command started one.
    var embedded: RunningEmbeddedServer?

    /// Opens the connection, runs `body`, and closes whatever was opened.
    static func with<R: Sendable>(
        _ choice: ServerChoice, _ options: ServerOptions, _ common: CommonOptions,
        concurrency: Int = ApplyCommand.standardConcurrency,
        needsToken: Bool = true, _ body: @Sendable (Session) async throws -> R
    ) async throws -> R {
        try options.refuseIdleOptions(for: choice)
        let credential = try Credentials(options).credential(for: choice, required: needsToken)
        switch choice {
        case .remote(let server):
            return try await connect(choice, server, credential, options, common, concurrency, nil, body)
        case .embedded:
            var configuration = try options.embedded.configuration()
            configuration.isPrivate = true
            do {
                return try await withEmbeddedServer(configuration) { running in
                    let tokens = await running.tokens()
                    let known = tokens.first { $0.token == credential.token?.revealed() }
                    do {
                        return try await connect(
                            choice, .embedded(port: running.port), credential, options, common, concurrency, running,
                            limit: known.map { RequestRate($0.rate) }, body)
                    } catch  where known == nil {
                        throw Failure(error).naming(tokens)
                    }
                }
            } catch let error as EmbeddedServerError {
                throw Failure(error)
            }
        }
    }

    private static func connect<R: Sendable>(
        _ choice: ServerChoice, _ server: PolarServer, _ credential: Credential, _ options: ServerOptions,
        _ common: CommonOptions, _ concurrency: Int, _ embedded: RunningEmbeddedServer?,
        limit: RequestRate? = nil, _ body: @Sendable (Session) async throws -> R
    ) async throws -> R {
        let rate = try choice.rate(options, limit: limit)
        let governor = RequestGovernor(
            rate: rate, limit: limit ?? choice.limit, maxWait: .seconds(options.maxWait),
            learnsLimit: limit == nil && choice.isGuessed)
        let watch = RetryWatch()
        let proxy = try proxy(for: server)
        let transportOptions = HTTPTransportOptions(
            timeout: .seconds(options.timeout), caFile: try options.readableCAFile(), proxy: proxy,
            connections: max(8, concurrency))
        let offset = try options.embedded.moment().map { $0.timeIntervalSinceNow } ?? 0
        return try await withHTTPTransport(transportOptions) { transport in
            let prepared = (Self.replacement ?? transport).prepared(
                token: credential.token, for: server, userAgent: ToolVersion.userAgent, governor: governor,
                retries: RetryPolicy(retries: options.retries), watch: watch, logger: common.logger)
            let session = Session(
                choice: choice, client: PolarClient(server: server, transport: prepared), executor: transport.executor,
                governor: governor, retries: watch, rate: rate, limit: limit ?? choice.limit, concurrency: concurrency,
                now: { Date(timeIntervalSinceNow: offset) }, credential: credential,
                proxy: proxy, embedded: embedded)
            return try await body(session)
        }
    }

    /// `HTTPS_PROXY`, unless `NO_PROXY` excepts the server.
    private static func proxy(for server: PolarServer) throws -> HTTPProxy? {
        let environment = ProcessInfo.processInfo.environment
        guard server.scheme == "https", !server.isLoopback,
            let url = [environment["HTTPS_PROXY"], environment["https_proxy"]].compactMap(\.self)
                .first(where: { !$0.isEmpty })
        else { return nil }
        do {
            let proxy = try HTTPProxy(url: url, noProxy: environment["NO_PROXY"] ?? environment["no_proxy"] ?? "")
            return proxy.flatMap { $0.applies(to: server) ? $0 : nil }
        } catch {
            throw Failure(
                .badConfiguration,
                "HTTPS_PROXY: cannot read the proxy's URL (expected one like http://proxy.acme-co.dev:3128)",
                hints: ["fix or unset HTTPS_PROXY, or except the server with NO_PROXY"])
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

/// What `crash-after=N` rehearses: the process is gone without a word, as after kill -9.
func crashNow() { kill(getpid(), SIGKILL) }

extension RequestRate {
    /// What a rate group of the embedded server allows.
    fileprivate init(_ rate: EmbeddedRate) {
        self = rate.window == 1 ? .perSecond(rate.requests) : .perMinute(rate.requests)
    }
}
