import PolarAPI
import SeatPlanning
import Testing

@testable import PolarSeatsCommands
@testable import SeatRuns

@Suite("Progress")
struct ProgressReadingTests {
    private func reading(paused: Duration? = nil, seconds: Int = 10) -> ProgressReading {
        var meter = ProgressMeter()
        meter.note(.zero, done: 0, sent: 2)
        meter.note(.seconds(seconds), done: 60, sent: 66)
        var pace = Governor(rate: .perMinute(400)).snapshot()
        pace.pauseLeft = paused
        let progress = RunProgress(done: 60, total: 800, outcomes: [.assigned: 58, .failed: 2])
        return ProgressReading(progress, meter, pace)
    }

    @Test("speed, what is allowed, and the time left come from the last seconds")
    func speeds() {
        let reading = reading()
        #expect(reading.rowsPerSecond == 6)
        #expect(reading.requestsPerSecond == 6.4)
        #expect(reading.allowedPerSecond == 6.7)
        #expect(reading.secondsLeft == 123.3)
        #expect(reading.line == "60/800, 58 assigned, 2 failed, 6.4 of 6.7 requests/s, 3 min left")
    }

    @Test("a pause is told with its reason, and counted into the time left")
    func pause() {
        let reading = reading(paused: .seconds(42))
        #expect(reading.reason == "the server's rate limit is used up")
        #expect(reading.pausedSeconds == 42)
        #expect(reading.line.contains("paused 42 s: the server's rate limit is used up"))
        #expect(reading.bar(width: 77).contains("paused 42 s: the server's rate limit is used up"))
        #expect((reading.secondsLeft ?? 0) > 42)
    }

    @Test("the bar fits every width, and what matters most stays longest", arguments: 12...130)
    func widths(width: Int) {
        for reading in [reading(), reading(paused: .seconds(42))] {
            let bar = reading.bar(width: width)
            #expect(bar.count <= width)
            #expect(bar.contains("60/800"))
        }
    }

    @Test("a clock that stands still gives no speed")
    func noTime() {
        let reading = reading(seconds: 0)
        #expect(reading.rowsPerSecond == nil)
        #expect(reading.secondsLeft == nil)
    }

    @Test("old moments are forgotten")
    func window() {
        var meter = ProgressMeter()
        for second in 0..<100 { meter.note(.seconds(second), done: second < 50 ? 0 : (second - 50) * 10, sent: second) }
        #expect(meter.rowsPerSecond == 10)
    }
}
