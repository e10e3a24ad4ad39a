internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Runs a plan in front of the user: signals, progress, reports, the summary and the exit code.
struct ApplyRunner: Sendable {
    let file: PlanFile
    let session: Session
    let console: Console
    let options: RunOptions
    let reports: [String]
    let failed: String?
    let csv: ReportOptions
    let isJSON: Bool
    let resumeCommand: String
    let origin: Origin
    let log: RunLog?
    /// Whether the live seats are compared with the plan's prediction at the end.
    let verifies: Bool

    /// Where the plan came from.
    enum Origin: Sendable {
        /// It was there before the command, and stays.
        case saved
        /// The command made it from rosters.
        case rosters([String], isKept: Bool)
    }

    func perform() async throws {
        do {
            try await runAndReport()
        } catch {
            let failure = resumable(error)
            // Rows that missed their goal are told by their own lines and by the summary.
            if isJSON, failure.status != .incomplete {
                try ErrorLine(failure).print()
            }
            throw failure
        }
    }

    /// What the server or the plan file did wrong before a row was reached is no reason to lose the way back.
    private func resumable(_ error: any Error) -> Failure {
        var failure = Failure(error)
        guard error is PolarError || error is PlanFileError else { return failure }
        if failure.status == .interrupted { failure.message = "interrupted before the run began" }
        if !isStored {
            failure.hints.append("nothing was changed; run the same command again")
            return failure
        }
        if [.unreachable, .notPermitted, .stopped, .interrupted, .cannotWrite].contains(failure.status) {
            failure.hints.append("resume with: \(resumeCommand)")
        }
        return failure
    }

    private func runAndReport() async throws {
        // Places that cannot be written are found before the first request that changes anything.
        let set = try ReportSet(reports, failed: failed, options: csv, plan: file)
        defer { set.discard() }
        try refuseChangedRosters()
        let stop = StopController()
        let display = ProgressDisplay(console: console, isJSON: isJSON, session: session)
        let run = Run(
            file: file, client: session.client, options: options,
            environment: RunEnvironment(
                now: session.now,
                sleep: { delay in
                    if Session.replacement != nil { return }
                    try await session.retries.sleeping { try await Task.sleep(for: delay) }
                },
                random: RunEnvironment.live.random,
                executor: session.executor),
            toolVersion: ToolVersion.current, governor: session.governor, stop: stop,
            onProgress: { display.update($0) })
        let end: RunEnd
        let begun = Timestamp(session.now()).rawValue
        do {
            defer { display.end() }
            end = try await withSignals(stop, display) { try await run.perform() }
        } catch let refusal as RunRefusal {
            throw refused(refusal)
        }
        let written = try set.write(file, console)
        let changes = try ChangeList(file, summary: end.summary, since: begun)
        try tell(end, set, written, changes)
        let verification = try await verify(end)
        try judge(end)
        if let verification, !verification.isAsPredicted { throw Failure(verification, file: planPath) }
    }

    /// A plan is made of a roster's bytes: if they have changed since, someone may expect the change in the run.
    private func refuseChangedRosters() throws {
        guard !options.ignoreRosterChange else { return }
        for roster in try file.rosters() {
            // What a plan names could be a device that never ends: only files are read again.
            guard let path = roster.path, let now = RosterFile.sha256(path), now != roster.sha256 else { continue }
            throw Failure(
                .badData, "\(roster.name) has changed since the plan was made",
                hints: ["plan again, or apply the rows as they were: \(resumeCommand) --ignore-roster-change"])
        }
    }

    /// The first SIGINT, SIGTERM or SIGHUP lets requests under way finish; the second ends the process at once, which is
    /// as safe as a kill.
    private func withSignals<R: Sendable>(
        _ stop: StopController, _ display: ProgressDisplay, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await StopSignals.catching { signals in try await run(stop, display, signals, body) }
    }

    private func run<R: Sendable>(
        _ stop: StopController, _ display: ProgressDisplay, _ signals: AsyncStream<String>,
        _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                await display.keepShowing()
                return nil
            }
            group.addTask {
                for await signal in signals {
                    await stop.stop(RunStop(.interrupted))
                    session.governor.close()
                    session.retries.close()
                    // Last: a terminal that no one reads may keep it waiting.
                    display.end()
                    console.note(
                        "Stopping: finishing requests in flight. \(signal == "SIGINT" ? "Press Ctrl-C" : "Send \(signal)") again to stop "
                            + "now; either way nothing is lost.")
                }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    // MARK: Afterwards

    private func tell(_ end: RunEnd, _ set: ReportSet, _ written: Int, _ changes: ChangeList) throws {
        if let log { record(end, changes, in: log) }
        if console.isQuiet, !isJSON { return try tellChanges(end, changes) }
        if isJSON {
            // One encoder for all rows.
            let encoder = JSONOutput.encoder(pretty: false)
            try file.forEachResult { Console.data(try JSONOutput.text(RowLine($0.worded), encoder)) }
            Console.data(
                try JSONOutput.text(
                    SummaryLine(summary: end.summary.worded, stop: end.stop, plan: planPath, reports: set.paths),
                    pretty: false))
            return
        }
        if !console.isQuiet {
            Console.output(RunOutline(try ChangeReport(file), end: end, plan: planPath).text(console))
        }
        for path in set.paths { console.line("Report: \(path)") }
        if let path = set.failedPath {
            console.line(
                written == 0
                    ? "No rows to fix; \(path) contains only the header."
                    : "Rows to fix: \(path) (\(plural(written, "row")))")
        }
    }

    private func judge(_ end: RunEnd) throws {
        let total = end.summary.outcomes.values.reduce(0, +)
        let rows = end.summary.rosterRows + end.summary.addedRows
        guard total == rows else {
            throw Failure(.internalError, "the totals do not add up: \(rows) rows, but \(total) outcomes")
        }
        if let stop = end.stop { throw Failure(stop, resumeCommand) }
        let missed = try file.missedRows()
        let report = try ChangeReport(file)
        let found = end.summary.findings.count
        if missed + found > 0 {
            let parts = [
                found == 0
                    ? nil
                    : "\(plural(found, "person", "people")) \(found == 1 ? "does" : "do") not hold seats as planned",
                missed == 0
                    ? nil
                    : "\(NumberFormat.grouped(missed)) of \(plural(rows, "row")) \(missed == 1 ? "was" : "were") not applied: "
                        + report.missedParts.joined(separator: ", "),
            ].compactMap(\.self)
            throw Failure(
                .incomplete, parts.joined(separator: "; "),
                hints: failed == nil && missed > 0
                    ? [
                        planPath == nil
                            ? "run the same command with --failed fix.csv to write them to a file to fix"
                            : "write them to a file to fix: \(resumeCommand) --failed fix.csv"
                    ] : [])
        }
    }
}

/// A JSON line of `apply --json`.
struct TypedLine<Value: Encodable>: Encodable {
    var type: String
    var value: Value

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(1, forKey: .format)
        try value.encode(to: encoder)
    }

    private enum CodingKeys: String, CodingKey { case type, format }
}

/// The document of a command that could not do its work, and the last line of such an `apply --json`.
struct ErrorLine: Encodable {
    var kind = "error"
    var type = "error"
    var format = 1
    var exitCode: Int32
    var message: String
    var hints: [String]

    init(_ failure: Failure) {
        exitCode = failure.status.rawValue
        message = failure.message
        hints = failure.hints.filter { !$0.isEmpty }
    }

    private static let printed = Mutex(false)

    /// Prints the line, once: whoever passes the failure on has nothing to add.
    func print() throws {
        Self.printed.withLock { $0 = true }
        Console.data(try JSONOutput.text(self, pretty: false))
    }

    /// Whether a command's JSON lacks its error: a document that was printed has its own verdict, but the lines of `apply`
    /// end with it.
    static func isMissing(_ failure: Failure, after command: String?) -> Bool {
        guard !failure.message.isEmpty, !printed.withLock({ $0 }) else { return false }
        if command == "apply" { return ![.incomplete, .differs].contains(failure.status) }
        return !Console.hasData
    }
}

struct RowLine: Encodable {
    var type = "row"
    var source: String
    var line: Int
    var containerType: String?
    var containerId: String?
    var email: String
    var externalId: String
    var action: String
    var outcome: String
    var seatId: String?
    var seatStatus: String?
    var httpStatus: Int?
    var error: String?
    var message: String?
    var attempts: Int
    var startedAt: String?
    var finishedAt: String?

    init(_ row: ResultRow) {
        source = row.source
        line = row.line
        containerType = row.container?.kind.rawValue
        containerId = row.container?.id
        email = row.email
        externalId = row.externalID
        action = row.action.rawValue
        outcome = row.outcome.rawValue
        seatId = row.seatID
        seatStatus = row.seatStatus
        httpStatus = row.httpStatus
        error = row.error
        message = row.message
        attempts = row.attempts
        startedAt = row.startedAt
        finishedAt = row.finishedAt
    }
}

struct SummaryLine: Encodable {
    var type = "summary"
    var format = 1
    var summary: RunSummary
    var stopped: String?
    var reason: String?
    /// nil: the plan was not kept, because there was nothing to do.
    var plan: String?
    var reports: [String]

    init(summary: RunSummary, stop: RunStop?, plan: String?, reports: [String]) {
        self.summary = summary
        stopped = stop?.reason.rawValue
        reason = stop?.sentence
        self.plan = plan
        self.reports = reports
    }
}
