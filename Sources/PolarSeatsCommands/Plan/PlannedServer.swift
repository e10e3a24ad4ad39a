internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// The server of a saved plan. A plan may come from anyone, and a token is sent only where the user said: Polar's own
/// servers and the embedded one are taken from the plan, a URL must be repeated.
struct PlannedServer {
    private let header: PlanHeader
    private let path: String

    init(_ header: PlanHeader, _ path: String) {
        self.header = header
        self.path = path
    }

    /// - Parameters:
    ///   - command: the command that was given, for repeating it in the hint.
    ///   - options: those of it that it cannot do without.
    func choice(_ options: ServerOptions, command: String, options others: [String] = []) throws -> ServerChoice {
        let planned = try ServerChoice(header.server)
        guard let said = try ServerChoice.chosen(options) else {
            guard case .remote(let server) = planned, ![.production, .sandbox].contains(server) else { return planned }
            let again = (["polar-seats", command, path] + others + ["--server", header.server]).map(shellQuoted)
            throw Failure(
                .usage,
                "\(path): made for the server \(header.server), and a plan does not choose where the access token is sent",
                hints: ["if that is your server: \(again.joined(separator: " "))"])
        }
        guard said.place == planned.place else {
            throw Failure(
                .badData, "\(path): made for \(header.server), not for \(said.name)",
                hints: [
                    options.server == nil
                        ? "unset POLAR_SERVER, or plan again against \(said.name)"
                        : "leave --server out, or plan again against \(said.name)"
                ])
        }
        return said
    }
}

extension ServerChoice {
    /// The same for two spellings of one server.
    fileprivate var place: String {
        switch self {
        case .embedded: "embedded"
        case .remote(let server): server.baseURL
        }
    }

    /// What the locks of this machine call the server.
    func lockName(_ options: ServerOptions) -> String {
        switch self {
        case .embedded: "embedded \(OutputPlace.resolved(options.embedded.stateFile))"
        case .remote(let server): server.baseURL
        }
    }
}

extension PlanHeader {
    /// Where a plan applies, as every display of it begins.
    var place: String {
        [server, organization].compactMap(\.self).filter { !$0.isEmpty }.map(printable).joined(separator: " · ")
    }
}

extension PlanHeader {
    /// `production (Northwind Traders)`
    var placeInSentence: String {
        let name = organization.flatMap { $0.isEmpty ? nil : " (\(printable($0)))" } ?? ""
        return printable(server) + name
    }

    /// What a plan does, as a question: `Assign 180 seats and email 180 people on production (Northwind Traders)?`
    var question: String {
        let revoked = count(.revoke)
        let parts = [
            count(.assign) > 0 ? "assign \(plural(count(.assign), "seat"))" : nil,
            revoked > 0 ? "revoke \(plural(revoked, "seat"))" : nil,
            count(.reissue) > 0 ? "renew \(plural(count(.reissue), "invitation"))" : nil,
            mails > 0 ? "email \(plural(mails, "person", "people"))" : nil,
        ].compactMap(\.self)
        let list =
            parts.count > 1
            ? parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "") : parts.first ?? "apply this plan"
        return list.prefix(1).uppercased() + list.dropFirst() + " on \(placeInSentence)?"
    }
}

extension Console {
    /// Logs that a new plan found under its name.
    func note(setAside names: [String]) {
        for name in names {
            warn("a log that a killed run of a deleted plan left behind is now named \(printable(name))")
        }
    }
}
