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
    public static let maximumResumes = 50

    let path: String
    let client: @Sendable (InjectedCrash?) -> PolarClient
    let options: RunOptions
    let environment: RunEnvironment
    let toolVersion: String

    /// - Parameters:
    ///   - path: a copy of the plan, made by ``PlanFile/copyForRehearsal(to:)``.
    ///   - client: a client that fails with the run it is given.
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

    /// - Parameter moments: after how many each run crashes; the run after the last of them does not.
    /// - Throws: ``RunRefusal`` and everything that ends a run before it begins.
    public func perform(crashingAfter moments: [Int]) async throws -> Result {
        var crashes = 0
        for count in moments {
            let crash = InjectedCrash(after: count)
            do {
                let end = try await run(crash)
                if !crash.hasHappened, end.stop == nil { break }
            } catch  where crash.hasHappened {}
            if crash.hasHappened { crashes += 1 }
        }
        var end = try await run(nil)
        var stops = 0
        while end.stop != nil, stops < Self.maximumResumes {
            stops += 1
            end = try await run(nil)
        }
        return Result(crashes: crashes, stops: stops, lastStop: end.stop, summary: end.summary)
    }

    private func run(_ crash: InjectedCrash?) async throws -> RunEnd {
        let gate: @Sendable () throws -> Void = { try crash?.beforeWriting() }
        return try await PlanFile.running(path, beforeWriting: gate) { file in
            try await Run(
                file: file, client: client(crash), options: options, environment: environment, toolVersion: toolVersion
            ).perform()
        }
    }
}
