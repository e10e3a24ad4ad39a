import Foundation
import Rosters
import SeatPlanning
import Testing

@testable import PolarAPI
@testable import PolarSeatsCommands
@testable import SeatRuns

@Suite("Progress")
struct ProgressReadingTests {
    private static let now = Date(timeIntervalSince1970: 1_793_000_000)  // 2026-10-26T07:33:20Z

    /// A moment of a run, in which nothing holds it up unless it is said.
    private func reading(
        paused: Duration? = nil, warmingUp: Bool = false, retries: RetryWatch.Snapshot = .init(), settling: Int = 0,
        failures: Int = 0, stop: RunStop? = nil, seconds: Int = 10
    ) -> ProgressReading {
        var meter = ProgressMeter()
        meter.note(.zero, done: 0, sent: 2)
        meter.note(.seconds(seconds), done: 60, sent: 66)
        var pace = RequestGovernor(rate: .perMinute(400)).snapshot()
        pace.pauseLeft = paused
        pace.isWarmingUp = warmingUp
        pace.waiting = warmingUp ? 7 : 0
        var progress = RunProgress(done: 60, total: 800, outcomes: [.assigned: 58, .failed: 2])
        progress.settling = settling
        progress.failuresInARow = failures
        progress.stop = stop
        return ProgressReading(
            progress, meter, WaitReason(progress, pace, retries, now: Self.now), allowed: pace.allowedPerSecond)
    }

    @Test("speed, what is allowed, and the time left come from the last seconds")
    func speeds() throws {
        let reading = reading()
        #expect(reading.rowsPerSecond == 6)
        #expect(reading.requestsPerSecond == 6.4)
        #expect(reading.allowedPerSecond == 6.7)
        #expect(reading.secondsLeft == 123.3)
        #expect(reading.line == "60/800, 58 assigned, 2 failed, 6.4 of 6.7 requests/s, 3 min left")
        #expect(
            try JSONOutput.text(reading, pretty: false) == """
                {"allowed_per_second":6.7,"done":60,"outcomes":{"assigned":58,"failed":2},"requests_per_second":6.4,\
                "rows_per_second":6,"seconds_left":123.3,"total":800,"type":"status"}
                """)
    }

    @Test("a pause is told with its reason and its end, and counted into the time left")
    func pause() throws {
        let reading = reading(paused: .seconds(41.2))
        #expect(reading.line.contains("paused 42 s, until 07:34:01 UTC: the server's rate limit is used up"))
        #expect(reading.bar(width: 75).contains("paused 42 s: the server's rate limit is used up"))
        #expect(reading.bar(width: 100).contains("paused 42 s, until 07:34:01 UTC: the server's rate limit is used up"))
        #expect((reading.secondsLeft ?? 0) > 42)
        let json = try JSONOutput.text(reading, pretty: false)
        #expect(
            json.contains(#""pause":"rate_limit","paused_seconds":42,"paused_until":"2026-10-26T07:34:01.200000Z""#))
        #expect(json.contains(#""reason":"the server's rate limit is used up""#))
    }

    @Test("an answer that is awaited for long, and a request that may arrive late, are told")
    func waits() {
        var pace = RequestGovernor(rate: .perMinute(400)).snapshot()
        pace.inFlight = 1
        pace.oldestWait = .seconds(4)
        var progress = RunProgress(done: 1, total: 8, outcomes: [:])
        #expect(WaitReason(progress, pace, .init(), now: Self.now) == nil)
        pace.oldestWait = .seconds(45)
        #expect(WaitReason(progress, pace, .init(), now: Self.now)?.kind == .awaiting)
        #expect(WaitReason(progress, pace, .init(), now: Self.now)?.reason == "awaiting the server's answer for 45 s")
        progress.waitingForLate = 2
        #expect(WaitReason(progress, pace, .init(), now: Self.now)?.kind == .lateRequest)
    }

    @Test("after a pause the time left comes from what is allowed, not from the time that stood still")
    func afterPause() {
        var meter = ProgressMeter()
        meter.note(.zero, done: 0, sent: 0)
        meter.note(.seconds(60), done: 0, sent: 0)
        meter.restart()
        meter.note(.seconds(61), done: 0, sent: 0)
        let progress = RunProgress(done: 0, total: 800, outcomes: [:])
        let reading = ProgressReading(progress, meter, nil, allowed: 6.667)
        #expect(reading.secondsLeft == 120)
    }

    @Test("every other reason why rows stand still is told as well")
    func reasons() {
        let away = RetryWatch.Snapshot(waiting: 3, next: .seconds(2.5), code: .connectionFailed)
        let busy = RetryWatch.Snapshot(waiting: 1, next: .seconds(7), code: .serverFault, status: 503)
        let stop = RunStop(.breaker, .rowsInARow(10, words: "words"))
        let cases: [(ProgressReading, WaitReason.Kind, Double?, String)] = [
            (
                reading(retries: away), .retrying, 3,
                "the server cannot be reached: next try in 3 s (3 requests wait)"
            ),
            (reading(retries: busy), .retrying, 7, "the server answered 503: next try in 7 s"),
            (
                reading(warmingUp: true), .warmingUp, nil,
                "warming up: the server limits a new token: the first request is sent by itself"
            ),
            (
                reading(settling: 2), .settling, nil,
                "reconciling 2 rows: the responses for 2 rows were lost; the live seats are listed to find out what was done"
            ),
            (reading(failures: 4), .failing, nil, "4 rows in a row failed; at 10 the run stops"),
            (reading(stop: stop), .stopping, nil, "stopping: 10 rows in a row could not be completed; the last: words"),
        ]
        for (reading, kind, seconds, words) in cases {
            #expect(reading.pause == kind)
            #expect(reading.pausedSeconds == seconds)
            #expect((reading.pausedUntil != nil) == (seconds != nil))
            #expect(reading.line.contains(words), "\(reading.line)")
            #expect(reading.bar(width: 130).contains(words), "\(reading.bar(width: 130))")
        }
        #expect(reading(failures: 2).pause == nil, "two failures are no news")
    }

    @Test("of several reasons the one that explains the others is told")
    func rank() {
        let away = RetryWatch.Snapshot(waiting: 3, next: .seconds(2), code: .connectionFailed)
        let stop = RunStop(.interrupted)
        #expect(
            reading(paused: .seconds(4), warmingUp: true, retries: away, settling: 1, failures: 5, stop: stop).pause
                == .stopping)
        #expect(
            reading(paused: .seconds(4), warmingUp: true, retries: away, settling: 1, failures: 5).pause == .rateLimit)
        #expect(reading(warmingUp: true, retries: away, settling: 1, failures: 5).pause == .retrying)
        #expect(reading(warmingUp: true, settling: 1, failures: 5).pause == .warmingUp)
        #expect(reading(settling: 1, failures: 5).pause == .settling)
    }

    @Test("the bar fits every width, and what matters most stays longest", arguments: 12...130)
    func widths(width: Int) {
        let away = RetryWatch.Snapshot(waiting: 3, next: .seconds(2), code: .connectionFailed)
        for reading in [reading(), reading(paused: .seconds(42)), reading(retries: away), reading(settling: 1)] {
            let bar = reading.bar(width: width)
            #expect(bar.count <= width)
            #expect(bar.contains("60/800"))
        }
    }

    @Test("a clock that stands still gives no speed; the time left is then estimated from the allowed rate")
    func noTime() {
        let reading = reading(seconds: 0)
        #expect(reading.rowsPerSecond == nil)
        #expect(reading.secondsLeft == (740 / (400.0 / 60) * 10).rounded() / 10)
    }

    @Test("old moments are forgotten")
    func window() {
        var meter = ProgressMeter()
        for second in 0..<100 { meter.note(.seconds(second), done: second < 50 ? 0 : (second - 50) * 10, sent: second) }
        #expect(meter.rowsPerSecond == 10)
    }
}
