import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct RateLimiterTests {
    private static let organization = EntityID(random: 1, 2)
    private static let token = AccessToken(token: "known", organization: organization, scopes: ["*"])
    private static let second = AccessToken(token: "second", organization: organization, scopes: ["*"])
    private static let start = Timestamp(microseconds: 1_800_000_000_000_000)

    /// A limiter that has accepted a request of each token.
    private func limiter(_ limit: RateLimiter.Limit = .ofGroup, seen tokens: [AccessToken] = [token]) -> RateLimiter {
        var limiter = RateLimiter(limit: limit)
        for token in tokens { limiter.passed(token, now: Self.start) }
        return limiter
    }

    @Test(arguments: [(RateGroup.default, 500, 60), (.restricted, 60, 60), (.elevated, 100, 1)])
    func countsAWindowFromItsFirstRequest(group: RateGroup, requests: Int, window: Int) {
        var limiter = limiter()
        func count(after seconds: Double) -> Int? {
            limiter.count(
                token: Self.token, sent: "known", group: group,
                now: Timestamp(microseconds: Self.start.microseconds + Int64(seconds * 1_000_000)))
        }
        for _ in 0..<requests { #expect(count(after: 0.2) == nil) }
        // Retry-After is the whole window, even if little of it is left.
        #expect(count(after: 0.2) == window)
        #expect(count(after: 0.1 + Double(window)) == window)
        #expect(count(after: 0.2 + Double(window)) == nil)
    }

    @Test func aTokenHasItsOwnLimitUntilItsFirstSuccess() {
        var limiter = limiter(.rate(EmbeddedRate(requests: 2, window: 60)), seen: [])
        func count(_ token: AccessToken, seconds: Int64 = 0) -> Int? {
            limiter.count(
                token: token, sent: token.token, group: .default, now: Self.start.advanced(seconds: seconds))
        }
        for _ in 0..<60 { #expect(count(Self.token) == nil) }
        #expect(count(Self.token) == 60)
        #expect(count(Self.second) == nil)
    }

    @Test func allTokensOfAnOrganizationShareItsBucket() {
        var limiter = limiter(.rate(EmbeddedRate(requests: 2, window: 60)), seen: [Self.token, Self.second])
        func count(_ token: AccessToken, seconds: Int64 = 0) -> Int? {
            limiter.count(
                token: token, sent: token.token, group: .default, now: Self.start.advanced(seconds: seconds))
        }
        #expect(count(Self.token) == nil)
        #expect(count(Self.second) == nil)
        #expect(count(Self.token) == 60)
        // Not used for 300 seconds: limited by itself again.
        #expect(count(Self.token, seconds: 301) == nil)
        #expect(count(Self.token, seconds: 301) == nil)
        #expect(count(Self.token, seconds: 301) == nil)
    }

    @Test func invalidAndMissingTokensAreLimitedToo() {
        var limiter = limiter()
        for _ in 0..<60 {
            #expect(limiter.count(token: nil, sent: "bad", group: nil, now: Self.start) == nil)
            #expect(limiter.count(token: nil, sent: nil, group: nil, now: Self.start) == nil)
        }
        #expect(limiter.count(token: nil, sent: "bad", group: nil, now: Self.start) == 60)
        #expect(limiter.count(token: nil, sent: nil, group: nil, now: Self.start) == 60)
        #expect(limiter.count(token: nil, sent: "worse", group: nil, now: Self.start) == nil)
    }

    @Test func canBeTurnedOff() {
        var limiter = limiter(.unlimited)
        for _ in 0..<1000 {
            #expect(limiter.count(token: Self.token, sent: "known", group: .restricted, now: Self.start) == nil)
        }
    }

    @Test func rejectsWithAnEmptyBody() async throws {
        let time = VirtualTime()
        var configuration = EmbeddedServerConfiguration(faults: [.rate(EmbeddedRate(requests: 2, window: 60))])
        configuration.clock = { time.now }
        try await withEmbeddedServer(configuration) { server in
            let probe = HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
            // The first is counted as an unseen token's, the next two fill the window.
            for _ in 0..<3 { #expect(await probe.send("GET", "/v1/organizations/")?.status == 200) }
            let refused = await probe.send("GET", "/v1/organizations/")
            #expect(refused?.status == 429)
            #expect(refused?.headers["retry-after"] == "60")
            #expect(refused?.body.isEmpty == true)
            time.advance(60)
            #expect(await probe.send("GET", "/v1/organizations/")?.status == 200)
            #expect(await server.counters().limited == 1)
        }
    }
}
