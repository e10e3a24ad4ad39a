internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns
internal import Synchronization

/// A saved plan, or one of the run store.
extension ApplyCommand {
    func applyPlan(_ path: String, _ log: RunLog?, asks: Bool = false) async throws {
        let console = common.console
        if replan { return try await applyAnew(path, log) }
        let isRun = Mutex(false)
        do {
            try await apply(path, console, log, asks: asks) { isRun.withLock { $0 = true } }
        } catch let error as PlanFileError where isRun.withLock({ $0 }) {
            // What was done is recorded; another program keeps the log from being folded back.
            var failure = Failure(error)
            failure.hints.append("resume with: \(resumeCommand(path))")
            throw failure
        }
    }

    /// - Parameter done: called when the run has come to its end, and only the plan file is still to be closed.
    private func apply(
        _ path: String, _ console: Console, _ log: RunLog?, asks: Bool, done: @escaping @Sendable () -> Void
    ) async throws {
        try await PlanFile.running(path) { file in
            let header = try file.header()
            log?.begin(planID: header.planID)
            let choice = try PlannedServer(header, path).choice(server, command: "apply")
            if asks { try confirmUnseen(file, header, console) }
            if try file.hasGrowthLeft() { try confirmGrowth(header, console, path) }
            if !common.json { console.note(try opening(of: file, path, header)) }
            // Before the embedded server's state is opened, which is one process's too.
            let locks = try await locks(choice).take(try file.changedContainers()).locks
            defer { locks.release() }
            try await Session.with(choice, server, common, concurrency: concurrency) { session in
                try await execute(file, session, console, log, origin: .saved)
            }
            done()
        }
    }

    /// What the command is about to do, or that there is nothing left to do.
    private func opening(of file: PlanFile, _ path: String, _ header: PlanHeader) throws -> String {
        guard try file.isOver(), let end = try file.summary().finishedAt else {
            return "applying \(printable(path)): \(header.place)"
        }
        return "\(printable(path)) was applied on \(NumberFormat.minute(end)); nothing is left to do"
    }

    /// What is left of a plan, planned again against the live seats. The old plan stays as the record that it is.
    private func applyAnew(_ path: String, _ log: RunLog?) async throws {
        let console = common.console
        var material: PlanInputs
        let before: PlanHeader
        let left: PlanDifference.Changes
        do {
            // Whoever runs the plan at this moment changes what is planned again.
            try PlanFile.requireIdle(path)
            let old = try PlanFile.open(path, .reading)
            defer { try? old.close() }
            before = try old.header()
            left = try PlanDifference.changes(old)
            material = try PlanInputs(old)
        }
        let choice = try PlannedServer(before, path).choice(server, command: "apply", options: ["--replan"])
        // Whoever was protected in the old plan is protected in the new one, and whom --protect names beside them.
        if let more = arguments.protect.map({ PlanOverride.protect(file: $0) }), !material.overrides.contains(more) {
            material.overrides.append(more)
        }
        let making = PlanMaking(arguments: arguments, console: console)
        try await Session.with(choice, server, common, concurrency: concurrency) { [material] session in
            let contents = try await making.make(material, session)
            log?.begin(planID: contents.header.planID)
            let keeps = output != nil || contents.plan.hasChanges
            try await withNewPlan(contents, roster: material.rosters.first?.name) { file in
                if !common.json, !common.quiet {
                    Console.output(PlanDifference(left, try PlanDifference.changes(file)).text(before))
                }
                try show(file, session)
                let command = RepeatedCommand()
                if let failure = contents.header.verdict(
                    skipsInvalid: arguments.skipInvalid, repeating: command)
                {
                    throw failure
                }
                try confirmGrowth(contents.header, console, file.path)
                let locks = try await locks(choice).take(try file.changedContainers()).locks
                defer { locks.release() }
                try await execute(
                    file, session, console, log, origin: .rosters(material.rosters.map(\.name), isKept: keeps))
                return true
            }
        }
    }

    // MARK: The run store

    /// Resumes a run: of those that were begun or at least planned, the last one on the server that is named, if one is.
    func resumeRun(_ log: RunLog?) async throws {
        let run: StoredRun
        if let id = inputs.first {
            run = try RunStore.standard.run(id)
        } else {
            let choice = try ServerChoice.chosen(server)
            let candidates = RunStore.standard.runs().filter { run in
                guard run.isResumable, let facts = run.facts else { return false }
                return choice.map { (try? ServerChoice(facts.server)) == $0 } ?? true
            }
            guard let last = candidates.last(where: { $0.state != .running }) ?? candidates.last else {
                common.console.note("No unfinished runs.")
                return
            }
            run = last
        }
        common.console.note("resuming run \(run.id) of \(Self.rosterNames(run.facts?.rosters ?? []))")
        // No one has seen the plan of a run that ended before its first change.
        try await applyPlan(run.path, log, asks: run.state == .notStarted)
    }

    private func confirmUnseen(_ file: PlanFile, _ header: PlanHeader, _ console: Console) throws {
        if yes { return }
        let rate = try (try? ServerChoice(header.server))?.rate(server)
        if !common.json {
            let report = try ChangeReport(file, planFile: nil, rate: rate, limits: try listing.limits(isJSON: false))
            Console.output(report.planText(console))
        }
        guard console.canAsk else {
            throw Failure(
                .usage, "cannot ask for confirmation: this run was not started, and standard input is not a terminal",
                hints: ["nothing was changed; to apply its plan: \(resumeCommand(file.path)) --yes"])
        }
        try confirm(header, console)
    }

    static func rosterNames(_ names: [String]) -> String {
        names.map { $0 == "-" ? "standard input" : printable($0) }.joined(separator: ", ")
    }
}
