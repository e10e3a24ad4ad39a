/// Decides when a request may start: a queue, evenly spaced deadlines, one request alone to warm up, pauses.
///
/// Pure: times are durations since whatever the caller calls the beginning, and it does nothing but answer. Two rules
/// bound the rate, and both hold whatever the lateness of timers:
/// - Deadlines follow each other at one spacing and are kept absolutely, so that a late start shifts no later one. What
///   lateness lost is made up for at most `allowance`; nothing ever starts before its deadline.
/// - No start comes within one period of the limit of the start `count` requests before it. So no window of a period,
///   wherever it begins, sees more than `count` starts; the server's windows begin with a request, maybe a late one.
///
/// The limit's period is stretched by `margin`, for the way to the server is not equally long each time.
public struct RateLimiterState: Sendable {
    /// A request's place in the queue, later its mark while it is under way.
    public struct Ticket: Sendable, Hashable {
        let number: Int
    }

    /// What the holder of a ticket is to do.
    public enum Turn: Sendable, Hashable {
        /// Start now.
        case go
        /// First in the queue: ask again then.
        case wait(until: Duration)
        /// Others come first, or the warm-up is under way: ask again when the machine has changed.
        case queued
        /// Do not start at all.
        case refused(Refusal)
    }

    /// Why a request is not started.
    public enum Refusal: Sendable, Hashable {
        /// The server asked for a pause of this length, which is more than allowed.
        case pauseTooLong(Duration)
        /// `close()` was called: nothing starts any more.
        case closed
    }

    /// How a request ended.
    public enum Ending: Sendable, Hashable {
        /// The server answered, with whatever status but 429.
        case answered
        /// The server answered with 429 and asked for a pause of this length.
        case limited(retryAfter: Duration)
        /// No answer.
        case missing
        /// It did not leave after all.
        case unsent
    }

    /// How much lateness of earlier starts is made up for at most.
    public static let allowance = Duration.milliseconds(250)
    /// One part in 2,000: 30 ms in a window of a minute.
    static let margin = 2_000
    /// A token that the server has not seen for 300 s counts against a smaller limit until it is known again.
    static let warmth = Duration.seconds(240)
    static let defaultRetryAfter = Duration.seconds(60)
    static let creepInterval = Duration.seconds(10)
    static let creepPercent = 5
    static let leastPercent = 10.0

    /// The rate that requests are spaced for; nil for unlimited. A learned limit may lower it.
    public private(set) var rate: RequestRate?
    /// The longest pause that is waited out; a longer one is refused.
    public let maxWait: Duration
    /// The server's limit was guessed, and no 429 has shown it yet.
    public private(set) var learnsLimit: Bool
    /// What the server let through in one window, once a 429 has shown it.
    public private(set) var learnedLimit: RequestRate?
    /// True after `close()`: nothing starts any more.
    public private(set) var isClosed = false
    /// Requests that were started, without those that did not leave after all.
    public private(set) var sent = 0
    /// Requests that were answered with 429.
    public private(set) var limited = 0
    /// Every pause so far, in order, the present one too.
    public private(set) var pauses: [Pause] = []

    private enum Warmth: Hashable {
        case cold
        case warming(Ticket)
        case warm(lastAnswer: Duration)
    }

    private var warmth = Warmth.cold
    private var queue: [(ticket: Ticket, asked: Duration)] = []
    /// Those of the queue that go first; they stand at its head.
    private var urgentTickets: Set<Ticket> = []
    private var underWay: [Ticket: Duration] = [:]
    private var issued = 0

    private var spacing: Duration
    /// Starts that the server may have counted, for learning its limit.
    private var counted: [Duration] = []
    private var percent = 100.0
    /// What the server said for the latest pause; an answer that came late may have made the pause itself longer.
    private var retryAfter = Duration.zero
    private var lastChange = Duration.zero
    private var lastSlot: Duration?
    private var starts: StartRing

    /// Creates a state with an empty queue. A rate at its limit pays for each late start with the lateness.
    ///
    /// - Parameters:
    ///   - rate: the rate that requests are spaced for; nil for unlimited: then only the warm-up and pauses hold them back
    ///   - limit: what the server allows in a window, if that is more than the rate; nil: the rate
    ///   - maxWait: the longest pause that is waited out; a longer one is refused
    ///   - learnsLimit: the limit is a guess. The first 429 shows how much the server lets through in its window, and from
    ///     then on at most 80% of that is requested
    public init(
        rate: RequestRate?, limit: RequestRate? = nil, maxWait: Duration = .seconds(300), learnsLimit: Bool = false
    ) {
        self.rate = rate
        self.maxWait = maxWait
        self.learnsLimit = learnsLimit
        guard let rate, let limit = limit ?? self.rate else {
            spacing = .zero
            starts = StartRing(capacity: 0, period: .zero)
            return
        }
        let period = limit.period + limit.period / Self.margin
        spacing = max(rate.period / rate.count, period / limit.count)
        starts = StartRing(capacity: limit.count, period: period)
    }

    /// Requests in the queue.
    public var waiting: Int { queue.count }
    /// One request is under way alone, and the others wait for its answer.
    public var isWarmingUp: Bool { if case .warming = warmth { true } else { false } }
    /// Requests that were started and have not ended.
    public var inFlight: Int { underWay.count }
    /// When the oldest request under way was sent.
    public var oldestStart: Duration? { underWay.values.min() }
    /// Whose turn is next.
    public var first: Ticket? { queue.first?.ticket }

    /// Adds a request to the queue and returns its ticket.
    ///
    /// - Parameters:
    ///   - now: the time since the beginning
    ///   - isUrgent: the request goes before all that are not urgent
    public mutating func enqueue(at now: Duration, isUrgent: Bool = false) -> Ticket {
        issued += 1
        let ticket = Ticket(number: issued)
        if isUrgent {
            queue.insert((ticket, now), at: urgentTickets.count)
            urgentTickets.insert(ticket)
        } else {
            queue.append((ticket, now))
        }
        return ticket
    }

    /// Takes a request out of the queue that will not be started, as its task was canceled.
    public mutating func withdraw(_ ticket: Ticket) {
        queue.removeAll { $0.ticket == ticket }
        urgentTickets.remove(ticket)
    }

    /// After this nothing starts any more; what is under way may end.
    public mutating func close() { isClosed = true }

    /// Asks for a ticket's turn; `go` counts as the start.
    public mutating func turn(of ticket: Ticket, at now: Duration) -> Turn {
        if isClosed { return .refused(.closed) }
        guard let head = queue.first, head.ticket == ticket else { return .queued }
        if let pause = pauses.last, now < pause.end {
            if retryAfter > maxWait { return .refused(.pauseTooLong(retryAfter)) }
            return .wait(until: pause.end)
        }
        if case .warming = warmth { return .queued }
        creep(at: now)
        let slot = slot(asked: head.asked, now: now)
        // Late starts of the period before may hold this one back; the slots after it stay where they are.
        let deadline = max(slot, starts.earliestNext ?? slot)
        if now < deadline { return .wait(until: deadline) }
        start(ticket, slot: slot, now: now)
        return .go
    }

    /// Records how a request that was started has ended; a ticket that is not under way changes nothing.
    public mutating func ended(_ ticket: Ticket, _ ending: Ending, at now: Duration) {
        guard let started = underWay.removeValue(forKey: ticket) else { return }
        switch ending {
        case .answered: warmth = .warm(lastAnswer: now)
        case .limited(let retryAfter):
            limited += 1
            coolIfWarming(ticket)
            pause(for: retryAfter, started: started, now: now)
        case .missing: coolIfWarming(ticket)
        case .unsent:
            sent -= 1
            coolIfWarming(ticket)
        }
    }

    /// Requests a second that are allowed at the moment; nil for unlimited.
    public func allowedPerSecond(at now: Duration) -> Double? {
        var machine = self
        machine.creep(at: now)
        return rate.map { $0.perSecond * machine.percent / 100 }
    }

    // MARK: - Slots

    private func slot(asked: Duration, now: Duration) -> Duration {
        guard rate != nil else { return now }
        // What may be made up for is lateness alone: not time in which no one asked, nor time that a pause took.
        var slot = max(asked, now - Self.allowance)
        if let resumed = pauses.last?.end { slot = max(slot, resumed) }
        if let lastSlot { slot = max(slot, lastSlot + spacing * (100 / percent)) }
        return slot
    }

    private mutating func start(_ ticket: Ticket, slot: Duration, now: Duration) {
        queue.removeFirst()
        urgentTickets.remove(ticket)
        underWay[ticket] = now
        sent += 1
        lastSlot = slot
        starts.append(now)
        if learnsLimit, counted.count < Self.mostCounted { counted.append(now) }
        if case .warm(let lastAnswer) = warmth, now - lastAnswer > Self.warmth { warmth = .cold }
        if case .cold = warmth { warmth = .warming(ticket) }
    }

    private mutating func coolIfWarming(_ ticket: Ticket) {
        if case .warming(ticket) = warmth { warmth = .cold }
    }

    // MARK: - Pauses

    private mutating func pause(for length: Duration, started: Duration, now: Duration) {
        // Requests that were under way when the limit was met tell of the same event.
        let isNew = pauses.last.map { started >= $0.end || now >= $0.end } ?? true
        if isNew {
            learn(window: length, limitedStart: started)
            retryAfter = length
            pauses.append(Pause(start: now, length: length))
            percent = max(Self.leastPercent, percent * 0.75)
        } else if let last = pauses.indices.last, now + length > pauses[last].end {
            retryAfter = max(retryAfter, length)
            pauses[last].length = now + length - pauses[last].start
        }
        lastChange = pauses.last?.end ?? now
    }

    /// As many starts are remembered for learning the limit; a server that lets more through needs no care.
    static let mostCounted = 20_000
    /// What of a learned limit is used, so that others keep their share.
    static let learnedPercent = 80

    /// The server counts in fixed windows that begin with a request: what it let through in the window of the 429 is its
    /// limit, or what others have left of it.
    private mutating func learn(window: Duration, limitedStart: Duration) {
        guard learnsLimit, window > .zero else { return }
        learnsLimit = false
        defer { counted = [] }
        var begin: Duration?
        var count = 0
        for start in counted where start < limitedStart {
            if let first = begin, start - first < window {
                count += 1
            } else {
                begin = start
                count = 1
            }
        }
        guard let begin, limitedStart - begin < window, let limit = RequestRate(count, per: window) else { return }
        learnedLimit = limit
        let share = limit.share(percent: Self.learnedPercent)
        if rate.map({ $0.perSecond > share.perSecond }) ?? true { rate = share }
        let period = window + window / Self.margin
        spacing = max(spacing, share.period / share.count)
        starts = StartRing(capacity: count, period: period)
    }

    private mutating func creep(at now: Duration) {
        while percent < 100, now - lastChange >= Self.creepInterval {
            percent = min(100, percent + Double(Self.creepPercent))
            lastChange += Self.creepInterval
        }
    }
}

/// A time in which nothing was started because the server said so.
public struct Pause: Sendable, Hashable {
    /// Since the governor's beginning.
    public var start: Duration
    /// How long it lasts.
    public var length: Duration
    /// When requests may start again, since the governor's beginning.
    public var end: Duration { start + length }

    /// Creates a pause from its start and its length.
    public init(start: Duration, length: Duration) {
        self.start = start
        self.length = length
    }
}

/// The latest starts, as many as one period may hold.
private struct StartRing: Sendable {
    private var times: [Duration] = []
    private var oldest = 0
    private let capacity: Int
    private let period: Duration

    init(capacity: Int, period: Duration) {
        // At rates beyond this the ring covers a part of the period, in proportion.
        let limit = 10_000
        self.capacity = min(capacity, limit)
        self.period = capacity > limit ? period * limit / capacity : period
    }

    var earliestNext: Duration? {
        capacity > 0 && times.count == capacity ? times[oldest] + period : nil
    }

    mutating func append(_ time: Duration) {
        guard capacity > 0 else { return }
        if times.count < capacity {
            times.append(time)
        } else {
            times[oldest] = time
            oldest = (oldest + 1) % capacity
        }
    }
}
