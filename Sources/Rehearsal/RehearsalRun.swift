public import PolarAPI
public import SeatPlanning
public import SeatRuns

/// Runs a plan to its end through crashes and stops, as someone would who types the same command again and again.
public struct RehearsalRun: Sendable {
    /// What it took, and what came of it.
    public struct Result: Sendable {
        /// Runs that ended in an injected crash.
        public var crashes = 0
        /// Runs that stopped by themselves and were resumed.
        public var stops = 0
        /// nil: every row is over.
        public var lastStop: RunStop?
        /// The record of the plan's copy after the last run.
        public var summary: RunSummary
    }

    /// A plan that stops so often does not converge.
    public static let patience = 50

    let path: String
    let client: @Sendable (InjectedCrash?) -> PolarClient
    let options: RunOptions
    let environment: RunEnvironment
    let toolVersion: String

    /// - Parameters:
    ///   - path: a copy of the plan, made by ``PlanFile/copyForRehearsal(to:)``.
    ///   - client: a client that dies with the run it is given.
    public init(
        _ path: String, options: RunOptions, environment: RunEnvironment, toolVersion: String,
        client: @escaping @Sendable (InjectedCrash?) -> PolarClient
    ) {
        self.path = path
        self.options = options
        self.environment = environment
        self.toolVersion = toolVersion
        self.client = client
    }

    /// - Parameter lives: after how many moments each run dies; the run after the last of them lives.
    /// - Throws: ``RunRefusal`` and everything that ends a run before it begins.
    public func perform(dyingAfter lives: [Int]) async throws -> Result {
        var crashes = 0
        for moments in lives {
            let death = InjectedCrash(after: moments)
            do {
                let end = try await run(death)
                if !death.hasHappened, end.stop == nil { break }
            } catch  where death.hasHappened {}
            if death.hasHappened { crashes += 1 }
        }
        var end = try await run(nil)
        var stops = 0
        while end.stop != nil, stops < Self.patience {
            stops += 1
            end = try await run(nil)
        }
        return Result(crashes: crashes, stops: stops, lastStop: end.stop, summary: end.summary)
    }

    private func run(_ death: InjectedCrash?) async throws -> RunEnd {
        let gate: @Sendable () throws -> Void = { try death?.beforeWriting() }
        return try await PlanFile.running(path, beforeWriting: gate) { file in
            try await Run(
                file: file, client: client(death), options: options, environment: environment, toolVersion: toolVersion
            ).perform()
        }
    }
}
