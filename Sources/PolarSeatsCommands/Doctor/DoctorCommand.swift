internal import ArgumentParser
internal import EmbeddedServer
internal import Foundation
internal import PolarAPI
internal import Rosters

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the server, the token and its scopes, the organization and the clock. Makes no changes.",
        discussion: """
            Tests each scope with one read. Exits with 0 if plans can be made, 69 if the server cannot be reached, 75 if \
            its rate limit is used up, 77 if it rejects the token or the token may not read seats, and 78 if the server \
            is not Polar's API.

            Examples:
              polar-seats doctor --server production
              polar-seats doctor --server sandbox --json
            """)

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        // Someone waits at the screen: what does not answer soon is what is to be reported.
        var patient = server
        patient.retries = min(server.retries, 1)
        patient.timeout = min(server.timeout, 20)
        patient.maxWait = 0
        let (report, failure) = try await Session.with(choice, patient, common, needsToken: false) { session in
            var checkUp = Diagnostics(session, caFile: server.caFile, embedded: server.embedded)
            checkUp.report.settings = SettingValue.all(server, token: session.credential.source, rate: session.rate)
            let failure = await checkUp.run()
            return (checkUp.report, failure)
        }
        if common.json {
            Console.data(try JSONOutput.text(report))
        } else {
            Console.output(report.text(common.console))
        }
        // The report has said why; on standard error it is said again, shortly, for whoever reads that alone.
        if let failure { throw failure }
    }
}

/// Harmless reads, one a scope, and what their answers tell.
private struct Diagnostics {
    let session: Session
    var report: DoctorReport

    init(_ session: Session, caFile: String?, embedded: EmbeddedOptions) {
        self.session = session
        let isHere = session.choice == .embedded
        report = DoctorReport(
            server: .init(
                name: session.choice.name, url: session.client.server.baseURL, isEmbedded: isHere,
                proxy: session.proxy?.description, caFile: caFile, embeddedState: isHere ? embedded.stateFile : nil,
                embeddedNow: embedded.now),
            token: .init(kind: session.credential.kind, source: session.credential.source),
            rate: .init(documented: session.limit.description, used: session.rate?.description))
    }

    /// One read that needs one scope.
    private struct Probe {
        var scope: String
        var collection: PolarRequest.Segment
        var serves: String
        /// Without a container, the seats' read is refused after the token is judged and before anything is read.
        var isList = true
    }

    private static let probes = [
        Probe(scope: "organizations:read", collection: "organizations", serves: "model and features, here"),
        Probe(scope: "customer_seats:read", collection: "customer-seats", serves: "everything", isList: false),
        Probe(scope: "subscriptions:read", collection: "subscriptions", serves: "subscriptions as targets, teams"),
        Probe(scope: "orders:read", collection: "orders", serves: "orders and checkouts as targets"),
        Probe(scope: "customers:read", collection: "customers", serves: "billing customers in exports"),
        Probe(scope: "members:read", collection: "members", serves: "people by external id, their roles"),
        Probe(scope: "products:read", collection: "products", serves: "names and prices of products"),
        Probe(scope: "events:read", collection: "events", serves: "export history"),
    ]

    /// Fills the report; a failure is why the server is not usable.
    mutating func run() async -> Failure? {
        for (index, probe) in Self.probes.enumerated() {
            do {
                let failure = try await take(probe, isFirst: index == 0)
                if let failure { return stopped(failure) }
            } catch let error as PolarError where error.code == .pauseTooLong {
                report.rate.refused += 1
                return stopped(
                    Failure(
                        .stopped, "the server's rate limit is used up: it refused a request of this check-up",
                        hints: ["try again in a minute; other clients of the organization use the same limit"]))
            } catch {
                let failure = Failure(error)
                if index == 0 { return stopped(failure) }
                report.scopes.append(
                    .init(scope: probe.scope, access: .unknown, serves: probe.serves, note: failure.message))
            }
        }
        report.scopes.append(
            .init(
                scope: "customer_seats:write", access: .unknown, serves: "apply",
                note: "for apply; not tried"))
        report.scopes.append(
            .init(
                scope: "subscriptions:write", access: .unknown, serves: "apply --grow",
                note: "for apply --grow; not tried"))
        warn()
        return verdict()
    }

    /// The failure as a finding, too.
    private mutating func stopped(_ failure: Failure) -> Failure {
        report.findings.append(.init(severity: .problem, message: failure.message))
        return failure
    }

    private mutating func take(_ probe: Probe, isFirst: Bool) async throws -> Failure? {
        var query = probe.isList ? [PolarRequest.QueryItem("limit", isFirst ? "100" : "1")] : []
        if probe.collection == "events" { query.append(.init("name", SubscriptionSeatsUpdatedEvent.name)) }
        let request = PolarRequest(
            .get, ["v1", probe.collection], endsInSlash: probe.isList, query: query, to: session.client.server)
        let start = Date()
        report.rate.requests += 1
        let answer = try await session.client.response(to: request)
        if isFirst { look(at: answer, asked: start, answered: Date()) }
        let error = PolarError(answer, to: request)
        var scope = DoctorReport.Scope(scope: probe.scope, access: .granted, serves: probe.serves)
        switch answer.status {
        case 200..<300:
            if isFirst { readOrganizations(answer) }
        case 401:
            report.token.isAccepted = false
            if session.credential.kind == .none {
                return Failure(
                    .notPermitted, "there is no access token for \(session.choice.name)",
                    hints: ["set POLAR_ACCESS_TOKEN, or use --token-file FILE"])
            }
            guard let tokens = await session.embedded?.tokens(),
                !tokens.contains(where: { $0.token == session.credential.token?.revealed() })
            else { return Failure(error) }
            return Failure(error).naming(tokens)
        case 403 where error.code == .insufficientScope: scope.access = .missing
        // These are said only to someone who may read.
        case 400 where error.errorClass != nil, 422: break
        default:
            // Polar names its refusals; without a name, nothing there knows the route or the version.
            if isFirst, error.errorClass == nil, (300..<500).contains(answer.status) {
                return Failure(
                    .badConfiguration,
                    "\(report.server.url) answers, but not as Polar's API of version \(report.server.apiVersion) does "
                        + "(\(answer.status))",
                    hints: ["give the API's base URL, such as https://api.polar.sh"])
            }
            scope.access = .unknown
            scope.note = error.description
        }
        if answer.status < 500 { report.token.isAccepted = true }
        report.scopes.append(scope)
        return nil
    }

    private mutating func look(at answer: PolarResponse, asked: Date, answered: Date) {
        report.server.isReachable = true
        report.server.software = answer.words("server")
        report.server.answeredVersion = answer.words("polar-version")
        if answer.header("server")?.hasPrefix("polar-seats-embedded") ?? false { report.server.isEmbedded = true }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let text = answer.header("date"), let date = format.date(from: text) else { return }
        // The header leaves the fraction out, so that on average half a second is missing.
        let middle = asked.addingTimeInterval(answered.timeIntervalSince(asked) / 2)
        report.clockSkewSeconds = Int(
            saturating: (date.timeIntervalSince(middle) + 0.5).rounded(.towardZero))
    }

    private mutating func readOrganizations(_ answer: PolarResponse) {
        guard let page = try? JSONDecoder().decode(Page<Organization>.self, from: answer.body) else { return }
        report.organizations = page.items.map(DoctorReport.OrganizationFacts.init)
    }

    private mutating func warn() {
        func add(_ message: String) { report.findings.append(.init(severity: .warning, message: message)) }
        func lacks(_ scope: String) -> Bool { report.scopes.contains { $0.scope == scope && $0.access == .missing } }
        if lacks("subscriptions:read"), lacks("orders:read"), !lacks("customer_seats:read") {
            add(
                "the token may read neither subscriptions nor orders: plan and export work with --subscription ID and "
                    + "--order ID, and not with teams, checkouts, names or prices")
        }
        for organization in report.organizations where organization.sellsSeats == false {
            add("\(organization.slug) does not sell seats: the server will refuse assignments")
        }
        if report.token.kind == .other {
            add("the token is not an organization access token: those begin with polar_oat_")
        }
        if let skew = report.clockSkewSeconds, abs(skew) >= 5 {
            add(
                "this machine's clock is \(abs(skew)) s \(skew > 0 ? "behind" : "ahead of") the server's: expired "
                    + "invitations are judged by it")
        }
    }

    private mutating func verdict() -> Failure? {
        func isMissing(_ scope: String) -> Bool {
            report.scopes.contains { $0.scope == scope && $0.access == .missing }
        }
        let needed = "customer_seats:read"
        if let unknown = report.scopes.first(where: { $0.scope == needed && $0.access == .unknown }) {
            return stopped(
                Failure(
                    .unreachable, "could not check whether seats can be read: \(unknown.note ?? "no response")",
                    hints: ["try again later"]))
        }
        if isMissing(needed) {
            return stopped(
                Failure(
                    .notPermitted, "the token may not read seats: it lacks \(needed)",
                    hints: ["use a token with the scope \(needed)"]))
        }
        return nil
    }
}
