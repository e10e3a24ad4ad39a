internal import EmbeddedServer

extension Failure {
    /// Why the embedded server cannot do what was asked.
    init(_ error: EmbeddedServerError) {
        let message = "embedded server: \(error.message)"
        let another = "choose another file with --embedded-state FILE"
        switch error.code {
        case .badSeed: self.init(.badData, error.message)
        case .badFault: self.init(.usage, error.message)
        case .cannotListen:
            self.init(
                .badConfiguration, "\(message): \(Self.reason(error.cause))",
                hints: ["choose another port with --port, or let it take a free one with --port 0"])
        case .noState: self.init(.badConfiguration, message, hints: ["a command with --server embedded makes one"])
        case .foreignState:
            self.init(.badConfiguration, message, hints: ["nothing was changed; \(another)"])
        case .noFolder: self.init(.cannotWrite, message, hints: [another])
        case .stateInUse:
            let server = error.port.map { "use it with --server http://127.0.0.1:\($0), or " } ?? ""
            self.init(.badConfiguration, message, hints: [server + another])
        case .badState:
            let again = error.path.map { "polar-seats embedded reset --embedded-state \(shellQuoted($0))" }
            self.init(
                .badConfiguration, message + Self.cause(error),
                hints: again.map { ["\(another), or replace it by the default data: \($0)"] } ?? [another])
        default: self.init(.badConfiguration, message + Self.cause(error), hints: [another])
        }
    }

    /// The same failure for a token that the embedded server's data does not hold, with those that it does.
    func naming(_ tokens: [EmbeddedToken]) -> Failure {
        guard status == .notPermitted else { return self }
        let good = tokens.filter { !$0.isExpired }
        var failure = self
        failure.hints = [
            good.isEmpty
                ? "the embedded server's data has no token: add one to the seed file"
                : "set POLAR_ACCESS_TOKEN to one of the tokens in the embedded server's data: "
                    + EmbeddedToken.list(good)
        ]
        return failure
    }

    private static func cause(_ error: EmbeddedServerError) -> String { error.cause.map { ": \($0)" } ?? "" }

    /// The system's words in a network library's.
    private static func reason(_ cause: String?) -> String {
        guard let cause else { return "the port cannot be had" }
        if cause.contains("EADDRINUSE") || cause.contains("Address already in use") {
            return "another process has the port"
        }
        if cause.contains("EACCES") || cause.contains("Permission denied") {
            return "ports below 1024 are for root only"
        }
        return cause
    }
}

extension EmbeddedToken {
    /// Tokens with their organizations, as people read them; the first ten of many.
    static func list(_ tokens: [EmbeddedToken]) -> String {
        let shown = tokens.prefix(10).map { "\($0.token) (\($0.organization))" }
        let rest = tokens.count > 10 ? ["and \(tokens.count - 10) more"] : []
        return (shown + rest).joined(separator: ", ")
    }
}
