internal import Rosters

/// Whether email can be sent to a domain, as far as DNS says.
enum EmailDomainVerdict: Equatable, Sendable {
    case takesEmail, doesNotExist, takesNoEmail
    /// No answer, or a failure of the name server: the real server accepts such a domain.
    case unknown
}

/// Looks one domain up.
protocol EmailDomainResolver: Sendable {
    /// - Parameter domain: in its Unicode form.
    func verdict(of domain: String) async -> EmailDomainVerdict
}

/// Looks up the domains of rosters, several at once and for a bounded time in all.
struct EmailDomains {
    var resolver: any EmailDomainResolver = DNSResolver.system()
    /// Look-ups at once.
    var width = 16
    /// After this no further domain is looked up; those that are left are not judged.
    var limit: Duration = .seconds(60)
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// What is wrong with domains, and how many could not be judged.
    struct Findings: Equatable {
        struct Finding: Equatable {
            var use: EmailDomainUse
            var verdict: EmailDomainVerdict

            /// For example `acme.example does not exist: the server will refuse 3 rows`.
            var message: String {
                let why = verdict == .doesNotExist ? "does not exist" : "does not accept email"
                return "\(use.domain) \(why): the server will refuse \(plural(use.rows, "row"))"
            }
        }

        var findings: [Finding] = []
        /// Domains without a verdict.
        var unknown = 0
    }

    func look(_ uses: [EmailDomainUse]) async -> Findings {
        let verdicts = await verdicts(of: uses.map(\.domain))
        var findings = Findings()
        for use in uses {
            switch verdicts[use.domain] {
            case .doesNotExist?: findings.findings.append(.init(use: use, verdict: .doesNotExist))
            case .takesNoEmail?: findings.findings.append(.init(use: use, verdict: .takesNoEmail))
            default: break
            }
        }
        findings.unknown = verdicts.values.count { $0 == .unknown }
        return findings
    }

    /// Each domain once, in the order in which they come.
    private func verdicts(of domains: [String]) async -> [String: EmailDomainVerdict] {
        let end = now().advanced(by: limit)
        var seen = Set<String>()
        var waiting = domains.filter { seen.insert($0).inserted }.makeIterator()
        return await withTaskGroup(of: (String, EmailDomainVerdict).self) { [resolver, now] group in
            func start() {
                guard let domain = waiting.next() else { return }
                group.addTask { (domain, now() < end ? await resolver.verdict(of: domain) : .unknown) }
            }
            for _ in 0..<width { start() }
            var verdicts: [String: EmailDomainVerdict] = [:]
            for await (domain, verdict) in group {
                verdicts[domain] = verdict
                start()
            }
            return verdicts
        }
    }
}

extension Roster {
    /// Warns of domains to which no email can be sent: one defect for each roster and domain, at its first row.
    ///
    /// - Returns: how many domains could not be judged.
    mutating func warnOfEmailDomains(_ domains: EmailDomains) async -> Int {
        let uses = entries.emailDomains { entries.action(at: $0) == .assign }
        let found = await domains.look(uses)
        add(
            found.findings.map { finding in
                Defect(
                    .warning, "email_domain", source: entries.sources[finding.use.source].name, line: finding.use.line,
                    value: finding.use.domain, message: finding.message,
                    remedy: "correct the address, or ask whoever runs the domain", entry: finding.use.entry)
            })
        return found.unknown
    }
}
