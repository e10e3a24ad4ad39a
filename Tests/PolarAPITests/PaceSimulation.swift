import PolarAPI
import TestSupport

/// Lanes that send through a `RateLimiterState` to a `FixedWindowLimiter`, event by event, in a time of their own.
struct PaceSimulation {
    var machine: RateLimiterState
    var limiter: FixedWindowLimiter
    var lanes = 8
    /// How late timers fire.
    var lateness: ClosedRange<Duration> = .zero ... .zero
    /// From the start of a request to its arrival, and from there to the answer.
    var way: ClosedRange<Duration> = .milliseconds(20) ... .milliseconds(20)
    var work: ClosedRange<Duration> = .milliseconds(60) ... .milliseconds(60)
    /// Someone else sends evenly, too.
    var otherInterval: Duration?
    /// The machine sleeps: nothing happens on this side, and connections do not live through it.
    var suspension: Range<Duration>?
    var random = SplitMix64(state: 1)

    private(set) var starts: [Duration] = []
    private(set) var done = 0
    private(set) var now = Duration.zero
    private(set) var otherRefused = 0

    private enum Event {
        case ask
        case poll(RateLimiterState.Ticket)
        case arrival(RateLimiterState.Ticket)
        case answer(RateLimiterState.Ticket, RateLimiterState.Ending)
        case other
    }

    private var events: [(time: Duration, order: Int, event: Event)] = []
    private var order = 0

    init(rate: RequestRate?, limiter: FixedWindowLimiter, maxWait: Duration = .seconds(300)) {
        machine = RateLimiterState(rate: rate, maxWait: maxWait)
        self.limiter = limiter
    }

    /// Runs until so many requests are done. False if it stands still or someone was refused.
    mutating func run(requests: Int) -> Bool {
        for _ in 0..<lanes { schedule(.ask, at: .zero) }
        if otherInterval != nil { schedule(.other, at: .milliseconds(7)) }
        while done < requests {
            guard
                let index = events.indices.min(by: {
                    (events[$0].time, events[$0].order) < (events[$1].time, events[$1].order)
                })
            else { return false }
            let (time, _, event) = events.remove(at: index)
            now = max(now, time)
            guard handle(event) else { return false }
        }
        return true
    }

    private mutating func handle(_ event: Event) -> Bool {
        switch event {
        case .ask:
            return poll(machine.enqueue(at: now))
        case .poll(let ticket):
            return poll(ticket)
        case .arrival(let ticket):
            let isServed = limiter.arrives(at: now)
            let ending: RateLimiterState.Ending =
                isServed ? .answered : .limited(retryAfter: limiter.organization.period)
            schedule(.answer(ticket, ending), at: now + pick(work))
        case .answer(let ticket, let ending):
            machine.ended(ticket, ending, at: now)
            if ending == .answered {
                limiter.answers(at: now)
                done += 1
            }
            schedule(.ask, at: now)
            if let first = machine.first { return poll(first) }
        case .other:
            if !limiter.other(at: now) { otherRefused += 1 }
            if let otherInterval { schedule(.other, at: now + otherInterval) }
        }
        return true
    }

    private mutating func poll(_ ticket: RateLimiterState.Ticket) -> Bool {
        switch machine.turn(of: ticket, at: now) {
        case .go:
            starts.append(now)
            schedule(.arrival(ticket), at: now + pick(way))
            if let first = machine.first { return poll(first) }
        case .wait(let deadline):
            schedule(.poll(ticket), at: deadline + pick(lateness))
        case .queued:
            break
        case .refused:
            return false
        }
        return true
    }

    private mutating func schedule(_ event: Event, at time: Duration) {
        order += 1
        if let suspension, suspension.contains(time) {
            switch event {
            case .ask, .poll: events.append((suspension.upperBound, order, event))
            case .answer(let ticket, _): events.append((suspension.upperBound, order, .answer(ticket, .missing)))
            case .arrival, .other: events.append((time, order, event))
            }
        } else {
            events.append((time, order, event))
        }
    }

    private mutating func pick(_ range: ClosedRange<Duration>) -> Duration {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double.random(in: 0...1, using: &random)
    }
}
