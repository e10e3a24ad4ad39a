/// What happens to one request.
struct FaultDecision: Sendable, Equatable {
    enum Fate: Sendable, Equatable {
        case answer
        case dropBefore
        case status(Int)
        case dropAfter
        case truncate
    }

    var wait: Duration = .zero
    var fate: Fate = .answer
}

/// Decides, by seed, which requests go wrong.
struct FaultPlan: Sendable {
    private var faults: [EmbeddedFault]
    private var salt: UInt64
    private(set) var requests = 0

    /// `run` tells one opening of a state file from the next: a resumed run must not meet the same faults forever.
    init(_ faults: [EmbeddedFault], seed: UInt64, run: UInt64) {
        self.faults = faults
        var random = RepeatableRandom(seed, 0xFA17, run)
        salt = random.next()
    }

    var isQuiet: Bool { faults.isEmpty }

    /// The limit that stands for every group's, doubly optional: none given, none at all, or a rate.
    var rate: EmbeddedRate?? {
        for case .rate(let rate) in faults { return .some(rate) }
        return nil
    }

    var lock: Duration {
        for case .lock(let duration) in faults { return duration }
        return .zero
    }

    /// Whether the server is gone for good after the requests counted so far.
    var hasCrashed: Bool {
        for case .crashAfter(let count) in faults { return requests > count }
        return false
    }

    mutating func next() -> FaultDecision {
        requests += 1
        var random = RepeatableRandom(salt, UInt64(requests))
        var decision = FaultDecision()
        // Each fault draws its number whether or not another came first, so that adding one leaves the others be.
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
    fileprivate mutating func take(_ other: Fate) {
        if fate == .answer { fate = other }
    }
}
