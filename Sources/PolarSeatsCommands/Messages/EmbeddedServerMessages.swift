internal import EmbeddedServer

extension Failure {
    /// Why the embedded server cannot do what was requested.
    init(_ error: EmbeddedServerError) {
        let message = "embedded server: \(error.text)"
        let anotherFile = "choose another file with --embedded-state FILE"
        switch error {
        case .invalidSeed: self.init(.badData, error.text)
        case .invalidFault: self.init(.usage, error.text)
        case .cannotListen:
            self.init(
                .badConfiguration, message,
                hints: ["choose another port with --port, or a free one with --port 0"])
        case .noState:
            self.init(.badConfiguration, message, hints: ["commands with --server embedded create it"])
        case .foreignFile:
            self.init(.badConfiguration, message, hints: ["nothing was changed; \(anotherFile)"])
        case .cannotCreateFolder: self.init(.cannotWrite, message, hints: [anotherFile])
        case .stateInUse(_, _, let port?):
            self.init(
                .badConfiguration, message,
                hints: ["use it with --server http://127.0.0.1:\(port), or \(anotherFile)"])
        case .stateInUse(let path, let process, nil):
            // Another command, which comes to its end.
            let who = process.map { "process \($0)" } ?? "another process"
            self.init(
                .stopped, "\(who) is using the embedded server's data '\(path)'; nothing was changed",
                hints: ["wait until it is done, then run the same command again; or \(anotherFile)"])
        case .unusableState(let path, _), .unsupportedFormat(let path, _):
            let reset = "polar-seats embedded reset --embedded-state \(shellQuoted(path))"
            self.init(
                .badConfiguration, message,
                hints: ["\(anotherFile), or replace it by the default data: \(reset)"])
        case .noAccess: self.init(.badConfiguration, message, hints: [anotherFile])
        }
    }

    /// The same failure for a token that the embedded server's data does not have, with those that it has.
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
}

extension EmbeddedServerError {
    /// What happened, as people read it.
    var text: String {
        switch self {
        case .invalidFault(let text):
            "cannot read the fault '\(text)' (expected latency=50ms±20, drop-before=0.05, drop-after=0.05, "
                + "status=503:0.1, truncate=0.02, rate=500/min, rate=unlimited, lock=2s or crash-after=100)"
        case .invalidSeed(let defect): defect.text
        case .noState(let path): "there is no state file '\(path)'"
        case .foreignFile(let kind, let path): kind.text(path)
        case .unusableState(let path, let reason): "cannot use the state file '\(path)': \(reason)"
        case .unsupportedFormat(let path, _): "the state file '\(path)' was written by another version of polar-seats"
        case .noAccess(let operation, let path, let reason): "cannot \(operation.rawValue) '\(path)': \(reason)"
        case .cannotCreateFolder(let path, let reason): "cannot create the folder '\(path)': \(reason)"
        case .stateInUse(let path, _, _): "another process runs the embedded server on '\(path)'"
        case .cannotListen(let port, let reason): "cannot listen on 127.0.0.1:\(port): \(Self.system(reason))"
        }
    }

    /// The system's reason in the message of a network library.
    private static func system(_ reason: String) -> String {
        if reason.contains("EADDRINUSE") || reason.contains("Address already in use") {
            return "another process uses the port"
        }
        if reason.contains("EACCES") || reason.contains("Permission denied") {
            return "ports below 1024 are for root only"
        }
        return reason
    }
}

extension EmbeddedServerError.ForeignFile {
    fileprivate func text(_ path: String) -> String {
        switch self {
        case .notAFileName: "'\(path)' is not the name of a file"
        case .folder: "'\(path)' is a folder"
        case .symbolicLink: "'\(path)' is a symbolic link"
        case .otherKind: "'\(path)' is not a regular file"
        case .notAState: "'\(path)' is not a state file of the embedded server"
        case .logWithoutState: "'\(path)' is in the way: it belongs to a database that is not the embedded server's"
        case .notALock: "'\(path)', the name of its lock file, is another program's file"
        }
    }
}

extension SeedDefect {
    /// The place and what is wrong there.
    fileprivate var text: String {
        if case .notJSON(let line, let column, let reason) = problem {
            return "line \(line), column \(column): not valid JSON: \(reason)"
        }
        return "\(place.isEmpty ? "the document" : place): \(problem.text)"
    }
}

extension SeedProblem {
    fileprivate var text: String {
        switch self {
        case .notJSON(_, _, let reason), .unreadable(let reason), .notAUUID(let reason): reason
        case .wrongType(let expected): "expected \(expected.article) \(expected.rawValue)"
        case .missing: "missing"
        case .null: "null is not allowed"
        case .duplicate: "is used twice"
        case .empty: "must not be empty"
        case .containsNUL: "must not contain NUL"
        case .notAToken: "must be visible ASCII characters without spaces"
        case .notAScope: "must be a scope such as customer_seats:read, or *"
        case .notOneOf(let choices, let value): "unknown value '\(value)' (expected \(Self.list(choices)))"
        case .notAnEmail: "not an email address"
        case .notVersion4(let text): "'\(text)' is not a version 4 UUID, which the API requires"
        case .notATime(let text): "'\(text)' is not a time such as 2026-01-05T09:00:00Z"
        case .notACurrency: "must be three lower-case letters, such as usd"
        case .outOfRange(let number, let range):
            "\(number) is not between \(range.lowerBound) and \(range.upperBound)"
        case .emptyList: "must have at least one element"
        case .tierOverlaps: "must be above the previous tier"
        case .tierWithoutEnd: "only the last tier may have no end"
        case .tierEndsBeforeItBegins: "must not be below min_seats"
        case .missingEmail: "missing; only a customer of type team may have no address"
        case .unknown(let kind, let id): "the organization has no \(kind.rawValue) with the id \(id)"
        case .onlyFor(.orders): "is for orders only"
        case .onlyFor(.subscriptions): "is for subscriptions only"
        case .onlyFor(.pendingSeats): "is for pending seats only"
        case .onlyFor(.seatsOfCustomers): "is only for seats that were assigned to customers"
        case .alwaysMember: "must be member in an organization with the member model"
        case .conflictsWithEmail: "cannot be combined with email"
        case .tooManyKeys(let limit): "has more than \(limit) keys"
        case .tooLong(let limit): "is longer than \(limit) characters of JSON"
        case .externalIDOfAnotherMember: "belongs to another member"
        case .otherExternalID(let id): "the member's external id is '\(id)'"
        case .notAMember: "a holder without an address is not a member and has no external id"
        case .holdsASeat: "this person holds a seat here already"
        }
    }

    private static func list(_ choices: [String]) -> String {
        guard let last = choices.last, choices.count > 1 else { return choices.joined() }
        return "\(choices.dropLast().joined(separator: ", ")) or \(last)"
    }
}

extension SeedProblem.ValueType {
    fileprivate var article: String {
        switch self {
        case .object, .array, .integer: "an"
        case .string, .boolean: "a"
        }
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
