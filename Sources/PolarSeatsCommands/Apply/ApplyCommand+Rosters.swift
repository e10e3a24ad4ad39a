internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

/// Planning, asking and applying in one go.
extension ApplyCommand {
    /// How often the plan is made again because another run had the seats until now.
    private static let rounds = 3

    func applyRosters(_ log: RunLog?) async throws {
        let console = common.console
        let choice = try ServerChoice.required(server)
        let making = PlanMaking(arguments: arguments, console: console)
        let loaded = try reading.load(inputs, console: console, defaultAction: .assign, keepsCells: true)
        if !yes, !console.canAsk {
            throw Failure(
                .usage, "cannot ask for confirmation: standard input is not a terminal; nothing was changed",
                hints: ["use --yes to skip the prompt, or save a plan with `plan -o FILE` and apply it"])
        }
        let rosters = loaded.planRosters
        try await Session.with(choice, server, common, concurrency: concurrency) { session in
            var held: ContainerLocks?
            defer { held?.release() }
            for round in 1...Self.rounds {
                let contents = try await making.make(loaded, session)
                log?.begin(planID: contents.header.planID)
                log?.write(.info, "planned \(contents.header.place): \(Self.rosterNames(rosters.map(\.name)))")
                for warning in contents.plan.warnings { log?.write(.warning, warning.sentence) }
                let keeps = output != nil || contents.plan.hasChanges
                let isDone = try await withNewPlan(contents, roster: inputs.first) { file in
                    do {
                        try show(file, session)
                        let command = RepeatedCommand()
                        if let failure = contents.header.verdict(
                            skipsInvalid: arguments.skipInvalid, repeating: command)
                        {
                            throw failure
                        }
                        try confirm(contents, console, file.path)
                        if held == nil {
                            let (locks, waited) = try await locks(choice).take(try file.changedContainers())
                            held = locks
                            // The other run has changed what this plan was made for.
                            if waited, round < Self.rounds { return false }
                        }
                        try await execute(
                            file, session, console, log, origin: .rosters(rosters.map(\.name), isKept: keeps))
                        return true
                    } catch {
                        try showWhatFailed(file, session, error)
                        throw error
                    }
                }
                if isDone { return }
            }
        }
    }

    /// Stores a plan and runs `body` on it, alone. A plan of which nothing was done is no record: it is removed again,
    /// unless `-o` named its place.
    ///
    /// - Parameter body: returns false when the plan was given up for another one.
    @discardableResult
    func withNewPlan(
        _ contents: PlanContents, roster: String?, _ body: (PlanFile) async throws -> Bool
    ) async throws -> Bool {
        let path = try output ?? storePath(roster, contents)
        common.console.note(setAside: try PlanFile.create(path, contents, replacing: replacement))
        var isKept = output != nil
        defer { if !isKept { RunStore.removeFiles(path) } }
        return try await PlanFile.running(path) { file in
            do {
                let isDone = try await body(file)
                if isDone, contents.plan.hasChanges { isKept = true }
                return isDone
            } catch {
                // A run that had nothing to change leaves no record, also where rows were blocked.
                if contents.plan.hasChanges, hasBegun(file) { isKept = true }
                throw error
            }
        }
    }

    /// Whether a run is recorded in a plan; one that cannot be read is taken for one.
    private func hasBegun(_ file: PlanFile) -> Bool {
        guard let summary = try? file.summary() else { return true }
        return summary.startedAt != nil
    }

    /// With --quiet no one has seen the plan that is refused.
    private func showWhatFailed(_ file: PlanFile, _ session: Session, _ error: any Error) throws {
        guard common.quiet, !common.json, [.guarded, .badData].contains(Failure(error).status) else { return }
        let report = try ChangeReport(
            file, planFile: nil, rate: session.rate, limits: try listing.limits(isJSON: false))
        Console.output(report.planText(common.console))
    }

    /// The plan, before the question; with --quiet only changes and errors are printed.
    func show(_ file: PlanFile, _ session: Session) throws {
        let report = try ChangeReport(
            file, planFile: output, rate: session.rate, limits: try listing.limits(isJSON: common.json))
        if common.json {
            Console.data(try JSONOutput.text(TypedLine(type: "plan", value: report), pretty: false))
        } else if !common.quiet || !yes {
            Console.output(report.planText(common.console))
        }
    }

    /// What `-o FILE` may replace; the name that is made up belongs to no one.
    var replacement: PlanFile.Replacement { output == nil ? .nothing : .unappliedPlan }

    /// A name in the run store.
    func storePath(_ roster: String?, _ contents: PlanContents) throws -> String {
        do {
            return try RunStore.standard.newPath(
                roster: roster ?? "roster", planID: contents.header.planID ?? PlanHeader.newID(), at: Date())
        } catch let error as RunStoreError {
            throw Failure(error)
        }
    }

    // MARK: Asking

    private func confirm(_ contents: PlanContents, _ console: Console, _ path: String) throws {
        guard !yes, contents.plan.hasChanges else { return }
        if !contents.plan.growths.isEmpty { return try confirmGrowth(contents.header, console, path) }
        try confirm(contents.header, console)
    }

    func confirm(_ header: PlanHeader, _ console: Console) throws {
        let answer = console.ask("\(header.question) [y/N] ")?
            .trimmingCharacters(in: .whitespaces).lowercased()
        guard ["y", "yes"].contains(answer ?? "") else { throw Failure.declined }
    }

    /// Seats cost money: a plan that buys some is asked about even when it was saved and reviewed.
    func confirmGrowth(_ header: PlanHeader, _ console: Console, _ path: String) throws {
        guard !yes, let count = header.grownSeats else { return }
        let answer = console.ask(
            "This buys seats on \(header.placeInSentence) and will be billed. "
                + "Enter the new seat count (\(count)) to confirm: ")
        if answer == nil {
            throw Failure(
                .usage, "the plan buys seats, and there is no terminal to confirm it; nothing was changed",
                hints: ["use --yes to buy them: \(resumeCommand(path)) --yes"])
        }
        guard answer.flatMap({ Int($0.trimmingCharacters(in: .whitespaces)) }) == count else {
            throw Failure.declined
        }
    }
}
