internal import Foundation
internal import PolarAPI

/// A token with what may be said of it.
struct Credential: Sendable {
    enum Source: String, Encodable {
        case environment, file, command, none
        case builtIn = "built_in"
    }

    /// Known by its prefix alone.
    enum Kind: String, Encodable {
        case organization, embedded, other, none
    }

    var token: AccessToken?
    var source: Source

    var kind: Kind {
        guard let token else { return .none }
        if token.isEmbedded { return .embedded }
        return token.revealed().hasPrefix("polar_oat_") ? .organization : .other
    }
}

/// Where the access token comes from. It is never an argument: arguments are visible to every process.
struct Credentials {
    static let standardEmbeddedToken = "polar_oat_embedded_wayne"
    let options: ServerOptions

    init(_ options: ServerOptions) { self.options = options }

    /// A real token never reaches a rehearsal, and a rehearsal's token never a real server.
    func credential(for choice: ServerChoice, required: Bool) throws -> Credential {
        let said = try fromCommand() ?? fromFile() ?? fromEnvironment()
        let source = said == nil ? .none : standardSource
        switch choice {
        case .embedded:
            let standard = Credential(token: AccessToken(Self.standardEmbeddedToken), source: .builtIn)
            if source == .environment, let said, !said.isEmbedded { return standard }
            if let said, !said.isEmbedded {
                let option = source == .command ? "--token-command" : "--token-file"
                throw Failure(
                    .usage, "\(option) gives a token that is not one of the embedded server's",
                    hints: ["a real token is never given to the embedded server; leave \(option) out"])
            }
            return said == nil ? standard : Credential(token: said, source: source)
        case .remote(let server):
            if let said, said.isEmbedded, !server.isLoopback {
                throw Failure(
                    .notPermitted, "the token is one of the embedded server's and is not sent to \(server.baseURL)",
                    hints: ["set POLAR_ACCESS_TOKEN to a token of that server"])
            }
            if said == nil, required {
                throw Failure(
                    .notPermitted, "there is no access token for \(server.name)",
                    hints: ["set POLAR_ACCESS_TOKEN, or use --token-file FILE or --token-command CMD"])
            }
            return Credential(token: said, source: source)
        }
    }

    /// Which of the places is asked.
    private var standardSource: Credential.Source {
        options.tokenCommand != nil ? .command : options.tokenFile != nil ? .file : .environment
    }

    private func fromCommand() throws -> AccessToken? {
        try options.tokenCommand.map { try TokenCommand($0).token() }
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
