import PolarAPI
import TestSupport
import Testing

@Suite struct RateLimiterStateTests {
    static let minute = Duration.seconds(60)

    /// Lets requests through one after the other, and says 429 to those beyond `limit` in a window of a minute.
    private func start(_ machine: inout RateLimiterState, at now: Duration, _ ending: RateLimiterState.Ending) -> Bool {
        let ticket = machine.enqueue(at: now)
        guard machine.turn(of: ticket, at: now) == .go else {
            machine.withdraw(ticket)
            return false
        }
        machine.ended(ticket, ending, at: now)
        return true
    }

    @Test func `the first 429 shows a guessed limit, which is kept`() {
        var machine = RateLimiterState(rate: .perMinute(400), limit: .perMinute(500), learnsLimit: true)
        for index in 0..<50 { #expect(start(&machine, at: .milliseconds(200 * index), .answered)) }
        #expect(machine.learnedLimit == nil)
        #expect(start(&machine, at: .seconds(10), .limited(retryAfter: Self.minute)))
        #expect(machine.learnedLimit == .perMinute(50) && machine.rate == .perMinute(40))
        // After the pause, and long after that, no more than 40 go in a minute.
        var sent = 0
        var now = Duration.seconds(600)
        while now < .seconds(660) {
            if start(&machine, at: now, .answered) { sent += 1 }
            now += .milliseconds(100)
        }
        #expect((39...41).contains(sent), "\(sent)")
    }

    @Test func `a documented limit is not learned from a 429 that others caused`() {
        var machine = RateLimiterState(rate: .perMinute(400), limit: .perMinute(500))
        for index in 0..<50 { #expect(start(&machine, at: .milliseconds(200 * index), .answered)) }
        #expect(start(&machine, at: .seconds(10), .limited(retryAfter: Self.minute)))
        #expect(machine.learnedLimit == nil && machine.rate == .perMinute(400))
    }

    @Test func `what did not leave is not counted as sent, and what is urgent goes first`() {
        var machine = RateLimiterState(rate: .perMinute(60))
        #expect(start(&machine, at: .zero, .answered))
        let plain = machine.enqueue(at: .seconds(1))
        let urgent = machine.enqueue(at: .seconds(1), isUrgent: true)
        #expect(machine.first == urgent)
        #expect(machine.turn(of: urgent, at: .seconds(10)) == .go)
        machine.ended(urgent, .unsent, at: .seconds(10))
        #expect(machine.sent == 1 && machine.first == plain)
    }

    @Test(arguments: [
        (RequestRate.perMinute(500), 8), (.perMinute(500), 1), (.perMinute(400), 8), (.perMinute(100), 8),
        (.perMinute(60), 4), (.perSecond(100), 32),
    ])
    func `at exactly the server's limit three windows pass without a 429`(rate: RequestRate, lanes: Int) {
        for seed in UInt64(1)...5 {
            var simulation = PaceSimulation(
                rate: rate, limiter: .init(limit: rate.count, period: rate.period))
            simulation.lanes = lanes
            simulation.random = SplitMix64(state: seed)
            // A window of a second loses what one start was late, so much later than timers are as a rule.
            let isFast = rate.period < Self.minute
            simulation.lateness = .microseconds(50)...(isFast ? .microseconds(300) : .milliseconds(3))
            simulation.way = .milliseconds(20)...(isFast ? .microseconds(20_100) : .milliseconds(40))
            simulation.work = .milliseconds(20) ... .milliseconds(60)
            let windows = isFast ? 20 : 3
            let finished = simulation.run(requests: rate.count * windows)
            #expect(finished)
            #expect(simulation.limiter.refused == 0)
            // The last start of the last window would, at the full rate, come one spacing before its end.
            let starts = simulation.starts
            let span = (starts[starts.count - 1] - starts[0]) / rate.period
            let achieved = Double(starts.count - 1) / Double(rate.count) / span
            #expect(achieved >= 0.999, "seed \(seed): \(achieved)")
            #expect(achieved <= 1.0001)
        }
    }

    @Test func `below the server's limit lateness costs nothing`() {
        let rate = RequestRate.perSecond(80)
        var simulation = PaceSimulation(rate: rate, limiter: .init(limit: 100, period: .seconds(1)))
        simulation.machine = RateLimiterState(rate: rate, limit: .perSecond(100))
        simulation.lateness = .milliseconds(1) ... .milliseconds(8)
        let finished = simulation.run(requests: 4000)
        #expect(finished)
        #expect(simulation.limiter.refused == 0)
        let span = simulation.starts[3999] - simulation.starts[0]
        #expect(span / .seconds(1) <= 3999 / 80.0 * 1.001)
    }

    @Test func `however late timers are no window holds more starts than the rate`() {
        for seed in UInt64(1)...20 {
            let rate = RequestRate.perMinute(300)
            var simulation = PaceSimulation(rate: rate, limiter: .init(limit: 1_000_000))
            simulation.random = SplitMix64(state: seed)
            simulation.lateness = .zero ... .seconds(Double(seed) * 0.2)
            simulation.work = .zero ... .seconds(2)
            let finished = simulation.run(requests: 1000)
            #expect(finished)
            let starts = simulation.starts
            for index in starts.indices.dropFirst(rate.count) {
                #expect(starts[index] - starts[index - rate.count] >= rate.period)
            }
            // Bursts: no more at once than lateness lost, and that bounded.
            let burst = 2 + Int(RateLimiterState.allowance / (rate.period / rate.count))
            for index in starts.indices.dropFirst(burst) {
                #expect(starts[index] > starts[index - burst])
            }
        }
    }

    @Test func `nothing starts before its deadline and lateness shifts no later one`() {
        var machine = RateLimiterState(rate: .perSecond(10))
        var starts: [Duration] = []
        warmUp(&machine)
        var now = Duration.zero
        for index in 0..<50 {
            let ticket = machine.enqueue(at: now)
            var turn = machine.turn(of: ticket, at: now)
            while case .wait(let deadline) = turn {
                // Every fifth timer is 30 ms late.
                let early = machine.turn(of: ticket, at: deadline - .nanoseconds(1))
                #expect(early == .wait(until: deadline))
                now = deadline + (index % 5 == 0 ? .milliseconds(30) : .zero)
                turn = machine.turn(of: ticket, at: now)
            }
            #expect(turn == .go)
            starts.append(now)
            machine.ended(ticket, .answered, at: now)
        }
        // 100.05 ms apart from each other, the late ones aside; and not one deadline moved.
        for index in starts.indices where index % 5 != 0 && index < 9 {
            #expect(starts[index] == .microseconds(100_050) * (index + 1))
        }
    }

    @Test func `a stall is made up for by a quarter of a second's worth at most`() {
        var machine = RateLimiterState(rate: .perSecond(100))
        warmUp(&machine)
        let tickets = (0..<200).map { _ in machine.enqueue(at: .zero) }
        // The process stood still for a minute, with everyone waiting.
        let now = Duration.seconds(60)
        var started = 0
        for ticket in tickets {
            guard machine.turn(of: ticket, at: now) == .go else { break }
            started += 1
        }
        #expect((25...26).contains(started))
    }

    @Test func `after hours of suspension nothing bursts: one request alone, then the rate, and no 429`() throws {
        for seed in UInt64(1)...20 {
            let rate = RequestRate.perSecond(50)
            var simulation = PaceSimulation(rate: rate, limiter: .init(limit: 50, period: .seconds(1)))
            // The server counts a token that it has not seen for minutes strictly.
            simulation.limiter.unseen = .init(limit: 1, period: .seconds(60))
            simulation.random = SplitMix64(state: seed)
            simulation.work = .milliseconds(10) ... .milliseconds(300)
            simulation.suspension = .seconds(5) ..< .seconds(5 + 8 * 3600)
            let finished = simulation.run(requests: 1000)
            #expect(finished)
            #expect(simulation.limiter.refused == 0, "seed \(seed)")
            let woken = simulation.starts.filter { $0 >= .seconds(5 + 8 * 3600) }
            #expect(woken.count > 700 && woken.count < simulation.starts.count)
            // Alone until its answer, which takes at least as long as the way and the work.
            #expect(woken[1] - woken[0] >= .milliseconds(30), "seed \(seed)")
            for index in woken.indices.dropFirst(rate.count) {
                #expect(woken[index] - woken[index - rate.count] >= rate.period)
            }
            let burst = 2 + Int(RateLimiterState.allowance / (rate.period / rate.count))
            for index in woken.indices.dropFirst(burst) { #expect(woken[index] > woken[index - burst]) }
        }
    }

    @Test func `a pause that the server asked for is over after a suspension, and so is the lower rate`() {
        var machine = RateLimiterState(rate: .perSecond(100))
        warmUp(&machine)
        let tickets = (0..<2).map { _ in machine.enqueue(at: .zero) }
        #expect(machine.turn(of: tickets[0], at: .milliseconds(20)) == .go)
        machine.ended(tickets[0], .limited(retryAfter: .seconds(60)), at: .seconds(1))
        #expect(machine.turn(of: tickets[1], at: .seconds(2)) == .wait(until: .seconds(61)))
        let woken = Duration.seconds(3600)
        #expect(machine.turn(of: tickets[1], at: woken) == .go)
        #expect(machine.allowedPerSecond(at: woken) == 100)
        // The pause stays as long as it was told, however long the machine slept.
        #expect(machine.pauses == [Pause(start: .seconds(1), length: .seconds(60))])
    }

    @Test func `time in which no one asked is not made up for`() {
        var machine = RateLimiterState(rate: .perSecond(100))
        warmUp(&machine)
        let now = Duration.seconds(60)
        let tickets = (0..<10).map { _ in machine.enqueue(at: now) }
        #expect(machine.turn(of: tickets[0], at: now) == .go)
        #expect(machine.turn(of: tickets[1], at: now) == .wait(until: now + .microseconds(10_005)))
    }

    @Test func `the first request goes alone until its answer is there`() {
        var machine = RateLimiterState(rate: nil)
        let first = machine.enqueue(at: .zero)
        let second = machine.enqueue(at: .zero)
        #expect(machine.turn(of: second, at: .zero) == .queued)
        #expect(machine.turn(of: first, at: .zero) == .go)
        #expect(machine.turn(of: second, at: .seconds(5)) == .queued)
        // No answer: the next one warms up in its place.
        machine.ended(first, .missing, at: .seconds(5))
        let third = machine.enqueue(at: .seconds(5))
        #expect(machine.turn(of: second, at: .seconds(5)) == .go)
        #expect(machine.turn(of: third, at: .seconds(5)) == .queued)
        machine.ended(second, .answered, at: .seconds(6))
        #expect(machine.turn(of: third, at: .seconds(6)) == .go)
    }

    @Test func `after minutes of silence the first request goes alone again`() {
        var machine = RateLimiterState(rate: nil)
        warmUp(&machine)
        let tickets = (0..<3).map { _ in machine.enqueue(at: .seconds(299)) }
        #expect(machine.turn(of: tickets[0], at: .seconds(299)) == .go)
        #expect(machine.turn(of: tickets[1], at: .seconds(299)) == .queued)
        machine.ended(tickets[0], .answered, at: .seconds(300))
        #expect(machine.turn(of: tickets[1], at: .seconds(300)) == .go)
        #expect(machine.turn(of: tickets[2], at: .seconds(300)) == .go)
    }

    @Test func `a 429 pauses everyone until Retry-After is over and lowers the rate by a quarter`() throws {
        var machine = RateLimiterState(rate: .perSecond(100))
        warmUp(&machine)
        let tickets = (0..<3).map { _ in machine.enqueue(at: .seconds(1)) }
        #expect(machine.turn(of: tickets[0], at: .seconds(1)) == .go)
        #expect(machine.turn(of: tickets[1], at: .seconds(2)) == .go)
        machine.ended(tickets[0], .limited(retryAfter: .seconds(60)), at: .seconds(3))
        #expect(machine.turn(of: tickets[2], at: .seconds(4)) == .wait(until: .seconds(63)))
        // The other request under way tells of the same event: the rate is not lowered twice.
        machine.ended(tickets[1], .limited(retryAfter: .seconds(60)), at: .seconds(3))
        #expect(machine.allowedPerSecond(at: .seconds(63)) == 75)
        #expect(machine.turn(of: tickets[2], at: .seconds(62.999)) == .wait(until: .seconds(63)))
        #expect(machine.turn(of: tickets[2], at: .seconds(63)) == .go)
        // It creeps back by 5% each 10 s from the end of the pause.
        #expect(machine.allowedPerSecond(at: .seconds(72)) == 75)
        #expect(machine.allowedPerSecond(at: .seconds(73)) == 80)
        #expect(machine.allowedPerSecond(at: .seconds(113)) == 100)
        #expect(machine.allowedPerSecond(at: .seconds(1000)) == 100)
        #expect(machine.pauses == [Pause(start: .seconds(3), length: .seconds(60))])
    }

    @Test func `a pause beyond the longest allowed is refused until it is over`() {
        var machine = RateLimiterState(rate: nil, maxWait: .seconds(59))
        warmUp(&machine)
        let tickets = (0..<2).map { _ in machine.enqueue(at: .zero) }
        #expect(machine.turn(of: tickets[0], at: .zero) == .go)
        machine.ended(tickets[0], .limited(retryAfter: .seconds(60)), at: .zero)
        #expect(machine.turn(of: tickets[1], at: .seconds(1)) == .refused(.pauseTooLong(.seconds(60))))
        #expect(machine.turn(of: tickets[1], at: .seconds(60)) == .go)
    }

    @Test func `beside another client with thirty in a hundred it finishes, and pauses are as long as told`() {
        var simulation = PaceSimulation(rate: .perMinute(500), limiter: .init(limit: 500))
        simulation.otherInterval = .milliseconds(400)
        let finished = simulation.run(requests: 3000)
        #expect(finished)
        let pauses = simulation.machine.pauses
        #expect(!pauses.isEmpty)
        for pause in pauses {
            // Requests under way when the first 429 came were told to wait the same minute, a little later.
            #expect(pause.length >= .seconds(60) && pause.length <= .seconds(60.2))
            let next = simulation.starts.first { $0 >= pause.end }
            #expect(!simulation.starts.contains { $0 > pause.start && $0 < pause.end })
            #expect(next.map { $0 - pause.end < .milliseconds(1) } ?? true)
        }
        // Each pause is one event; what was under way beside it may have been refused with it.
        #expect(simulation.limiter.refused <= pauses.count * simulation.lanes)
    }

    @Test func `the unseen token's smaller limit is never met`() {
        var simulation = PaceSimulation(rate: .perSecond(50), limiter: .init(limit: 50, period: .seconds(1)))
        simulation.limiter.unseen = .init(limit: 1, period: .seconds(60))
        let finished = simulation.run(requests: 500)
        #expect(finished)
        #expect(simulation.limiter.refused == 0)
    }

    @Test func `a rate above what the ring holds is kept in proportion`() {
        var simulation = PaceSimulation(rate: RequestRate(40_000, per: .seconds(60)), limiter: .init(limit: 40_000))
        simulation.way = .zero ... .zero
        simulation.work = .microseconds(10) ... .microseconds(10)
        let finished = simulation.run(requests: 60_000)
        #expect(finished)
        #expect(simulation.limiter.refused == 0)
        #expect(simulation.now <= .seconds(90.1))
    }

    @Test func `closing refuses who waits and who comes`() {
        var machine = RateLimiterState(rate: nil)
        warmUp(&machine)
        let waiting = machine.enqueue(at: .zero)
        machine.close()
        #expect(machine.turn(of: waiting, at: .zero) == .refused(.closed))
        let coming = machine.enqueue(at: .zero)
        #expect(machine.turn(of: coming, at: .zero) == .refused(.closed))
    }

    private func warmUp(_ machine: inout RateLimiterState) {
        let ticket = machine.enqueue(at: .zero)
        #expect(machine.turn(of: ticket, at: .zero) == .go)
        machine.ended(ticket, .answered, at: .zero)
    }
}
