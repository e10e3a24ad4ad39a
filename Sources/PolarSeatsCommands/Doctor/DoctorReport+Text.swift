extension DoctorReport {
    /// One screen of 80 columns.
    func text(_ console: Console) -> String {
        var lines: [String] = []
        func add(_ label: String, _ value: String) { lines.append(label.padding(to: 15) + value) }
        func addWrapped(_ label: String, _ value: String, _ paint: Console.Paint? = nil) {
            for (index, line) in printable(value).wrapped(to: 64).enumerated() {
                add(index == 0 ? label : "", paint.map { console.paintOutput(line, $0) } ?? line)
            }
        }
        add("server", printable(server.name == server.url ? server.url : "\(server.name), \(server.url)"))
        if server.isReachable {
            add("", server.isEmbedded ? "an embedded server: no emails are sent" : "reachable")
        } else {
            add("", console.paintOutput("cannot be reached", .red))
        }
        if let state = server.embeddedState { add("", "state: \(printable(state))") }
        if let now = server.embeddedNow { add("", "clock started at \(printable(now))") }
        if let proxy = server.proxy { add("", "via the proxy \(printable(proxy))") }
        if let file = server.caFile { add("", "also trusts \(printable(file))") }
        add("API version", printable(server.apiVersion + versionNote))
        add("token", tokenLine(console))
        for organization in organizations {
            addWrapped("organization", organization.text)
        }
        for (index, scope) in scopes.enumerated() {
            let word =
                switch scope.access {
                case .granted: console.paintOutput("yes", .green) + " "
                case .missing: console.paintOutput("no", .red) + "  "
                case .unknown: console.paintOutput("?", .yellow) + "   "
                }
            let note = scope.note.map { "(\(printable($0)))" } ?? "for \(scope.serves)"
            add(index == 0 ? "scopes" : "", scope.scope.padding(to: 21) + word + note)
        }
        if server.isReachable {
            add("rate", "documented \(rate.documented); polar-seats would use \(rate.used ?? "no limit")")
            add(
                "",
                "rate group unknown; \(rate.refused) of \(rate.requests) requests throttled")
            add("clock", clockLine)
        }
        for (index, setting) in settings.filter({ $0.source != "default" }).enumerated() {
            add(index == 0 ? "settings" : "", setting.line)
        }
        // Rate and token have lines of their own.
        let defaults = settings.filter { $0.source == "default" && !["rate", "token"].contains($0.option) }
            .compactMap { setting in setting.value.map { "\(setting.option) \($0)" } }
        if !defaults.isEmpty { add("defaults", defaults.joined(separator: ", ")) }
        for finding in findings {
            let isProblem = finding.severity == .problem
            addWrapped(isProblem ? "problem" : "warning", finding.message, isProblem ? .red : .yellow)
        }
        add("", isUsable ? console.paintOutput("OK", .green) : console.paintOutput("NOT READY", .red))
        return Console.document(lines.map(\.trimmingTrailingSpaces))
    }

    private var versionNote: String {
        guard server.isReachable else { return " would be requested" }
        guard let answered = server.answeredVersion else { return " requested; the server returned none" }
        return answered == server.apiVersion ? "" : " requested, \(answered) returned"
    }

    private func tokenLine(_ console: Console) -> String {
        let source =
            switch token.source {
            case .environment: ", from POLAR_ACCESS_TOKEN"
            case .file: ", from --token-file"
            case .command: ", from --token-command"
            case .builtIn: ", built in"
            case .none: ""
            }
        let kind =
            switch token.kind {
            case .organization: "an organization access token"
            case .embedded: "an embedded server's token"
            case .other: "a token of another kind"
            case .none: "none"
            }
        let verdict =
            switch token.isAccepted {
            case true?: ", " + console.paintOutput("accepted", .green)
            case false?: ", " + console.paintOutput("not accepted", .red)
            case nil: ""
            }
        return kind + source + verdict
    }

    private var clockLine: String {
        guard let skew = clockSkewSeconds else { return "unknown: the server sent no date" }
        return abs(skew) < 2
            ? "in sync with the server" : "\(abs(skew)) s \(skew > 0 ? "behind" : "ahead of") the server"
    }
}

extension DoctorReport.OrganizationFacts {
    fileprivate var text: String {
        let model =
            switch model {
            case "member": "member model"
            case "legacy": "legacy model: holders are customers"
            default: "model unknown"
            }
        let sells = sellsSeats.map { $0 ? "sells seats" : "does not sell seats" } ?? "seats unknown"
        return "\(name) (\(slug)): \(model), \(sells)" + (proration.map { ", proration \($0)" } ?? "")
    }
}

extension String {
    func padding(to width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }

    /// Lines of so many characters at most, broken at spaces; a word that is longer has a line of its own.
    fileprivate func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        for word in split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
