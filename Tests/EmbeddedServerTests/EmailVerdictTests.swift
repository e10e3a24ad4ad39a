import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct EmailVerdictTests {
    struct Cases: Decodable {
        struct Case: Decodable, Sendable {
            var input: String
            var accepted: Bool
            var normalized: String?
            var reason: String?
        }

        var cases: [Case]
    }

    static func recorded() -> [Cases.Case] {
        (try? JSONDecoder().decode(Cases.self, from: Fixture.data("emails")).cases) ?? []
    }

    @Test func hasCasesToJudge() {
        #expect(Self.recorded().count > 50)
    }

    @Test(arguments: recorded())
    func judgesAsTheValidatorDoes(recorded: Cases.Case) {
        let expected: EmailVerdict =
            recorded.accepted ? .accepted(recorded.normalized ?? "") : .refused(recorded.reason ?? "")
        #expect(EmailVerdict(recorded.input) == expected)
    }

    /// Cases beside the recorded ones, judged by the same validator.
    @Test(arguments: [
        ("ada@acme。dev", EmailVerdict.accepted("ada@acme.dev")), ("ada@ＡＣＭＥ.dev", .accepted("ada@acme.dev")),
        ("A. B <b@acme.dev>", .accepted("b@acme.dev")), ("Support@acme.dev", .accepted("support@acme.dev")),
        ("\"a\"b@acme.dev", .refused("Extra character(s) found after close quote: 'b'")),
        ("a:b<c@acme.dev", .refused("The display name contains invalid characters when not quoted: ':'.")),
        (".\u{301}a@acme.dev", .refused("An email address cannot start with a period.")),
        (
            String(repeating: "a", count: 246) + "@acme.dev",
            .refused("The email address is too long (1 character too many).")
        ),
        (
            String(repeating: "é", count: 125) + "@acme.dev",
            .refused("The email address is too long (2-5 characters too many).")
        ),
        ("a@xn--zz---.dev", .refused("An email address cannot have a period and a hyphen next to each other.")),
        (
            "a@😀.dev",
            .refused("The part after the @-sign is invalid (Codepoint U+1F600 at position 1 of '😀' not allowed).")
        ),
    ])
    func judgesRarerThingsToo(input: String, verdict: EmailVerdict) {
        #expect(EmailVerdict(input) == verdict)
    }

    @Test(arguments: [
        ("x@no-such-domain.dev", "The domain name no-such-domain.dev does not exist."),
        ("x@mail.no-such-domain.dev", "The domain name mail.no-such-domain.dev does not exist."),
        ("x@acme.example", "The domain name acme.example does not exist."),
        ("x@nomx.dev", "The domain name nomx.dev does not accept email."),
        ("x@example.com", "The domain name example.com does not accept email."),
        ("x@acme-co.dev", nil), ("x@notnomx.dev", nil),
    ])
    func keepsSomeDomainsForRehearsingRefusals(email: String, reason: String?) {
        #expect(EmailVerdict.deliverability(of: email) == reason)
    }
}
