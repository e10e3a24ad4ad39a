import Foundation
import Testing

@testable import PolarAPI

@Suite struct ServerClockTests {
    private static let now = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT

    private func skew(_ header: String?, off: TimeInterval) -> TimeInterval {
        let clock = ServerClock(localNow: { Self.now.addingTimeInterval(off) })
        clock.note(PolarResponse(status: 200, headers: header.map { [("Date", $0)] } ?? []))
        return clock.skew
    }

    @Test func `a clock that is days off is corrected by the server's date`() {
        #expect(skew("Sun, 06 Nov 1994 08:49:37 GMT", off: 2 * 86_400) == -2 * 86_400)
        #expect(skew("Sun, 06 Nov 1994 08:49:37 GMT", off: -3600) == 3600)
    }

    @Test func `what a second without a fraction makes is no skew`() {
        #expect(skew("Sun, 06 Nov 1994 08:49:37 GMT", off: 1.9) == 0)
    }

    @Test(arguments: [nil, "", "yesterday", "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"])
    func `a date that is absent or cannot be read changes nothing`(header: String?) {
        #expect(skew(header, off: 86_400) == 0)
    }
}
