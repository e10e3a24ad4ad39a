/// What happens to one request.
struct FaultDecision: Sendable, Equatable {
    enum Effect: Sendable, Equatable {
        case none
        case dropBefore
        case status(Int)
        case dropAfter
        case truncate
    }

    var wait: Duration = .zero
    var effect: Effect = .none
}

/// Decides, from the seed, which requests meet a fault.
struct FaultPlan: Sendable {
    private var faults: [EmbeddedFault]
    private var salt: UInt64
    private(set) var requests = 0

    /// `run` is the number of the opening of the state file: a resumed run must not meet the same faults again and again.
    init(_ faults: [EmbeddedFault], seed: UInt64, run: Int) {
        self.faults = faults
        var random = SplitMix64(seed, 0xFA17, UInt64(bitPattern: Int64(run)))
        salt = random.next()
    }

    var isEmpty: Bool { faults.isEmpty }

    /// The limit of requests.
    var limit: RateLimiter.Limit {
        for case .rate(let rate) in faults { return rate.map { .rate($0) } ?? .unlimited }
        return .ofGroup
    }

    var lock: Duration {
        for case .lock(let duration) in faults { return duration }
        return .zero
    }

    /// Whether the server has crashed after the requests counted so far.
    var hasCrashed: Bool {
        for case .crashAfter(let count) in faults { return requests > count }
        return false
    }

    mutating func next() -> FaultDecision {
        requests += 1
        var random = SplitMix64(salt, UInt64(requests))
        var decision = FaultDecision()
        // Each fault draws its number whether or not another applies, so that adding one does not change the others.
        for fault in faults {
            let draw = random.unit()
            switch fault {
            case .latency(let length, let spread): decision.wait += max(.zero, length + spread * (draw * 2 - 1))
            case .dropBefore(let chance) where draw < chance: decision.take(.dropBefore)
            case .status(let code, let chance) where draw < chance: decision.take(.status(code))
            case .dropAfter(let chance) where draw < chance: decision.take(.dropAfter)
            case .truncate(let chance) where draw < chance: decision.take(.truncate)
            default: break
            }
        }
        return decision
    }
}

extension FaultDecision {
    fileprivate mutating func take(_ other: Effect) {
        if effect == .none { effect = other }
    }
}
