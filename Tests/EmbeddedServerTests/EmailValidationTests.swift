import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct EmailValidationTests {
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

    @Test func readsTheRecordedCases() {
        #expect(Self.recorded().count > 50)
    }

    @Test(arguments: recorded())
    func equalsTheValidator(recorded: Cases.Case) {
        let expected: EmailValidation =
            recorded.accepted ? .accepted(recorded.normalized ?? "") : .rejected(recorded.reason ?? "")
        #expect(EmailValidation(recorded.input) == expected)
    }

    /// More cases, with the results of the same validator.
    @Test(arguments: [
        ("ada@acme。dev", EmailValidation.accepted("ada@acme.dev")), ("ada@ＡＣＭＥ.dev", .accepted("ada@acme.dev")),
        ("A. B <b@acme.dev>", .accepted("b@acme.dev")), ("Support@acme.dev", .accepted("support@acme.dev")),
        ("\"a\"b@acme.dev", .rejected("Extra character(s) found after close quote: 'b'")),
        ("a:b<c@acme.dev", .rejected("The display name contains invalid characters when not quoted: ':'.")),
        (".\u{301}a@acme.dev", .rejected("An email address cannot start with a period.")),
        (
            String(repeating: "a", count: 246) + "@acme.dev",
            .rejected("The email address is too long (1 character too many).")
        ),
        (
            String(repeating: "é", count: 125) + "@acme.dev",
            .rejected("The email address is too long (2-5 characters too many).")
        ),
        ("a@xn--zz---.dev", .rejected("An email address cannot have a period and a hyphen next to each other.")),
        (
            "a@😀.dev",
            .rejected("The part after the @-sign is invalid (Codepoint U+1F600 at position 1 of '😀' not allowed).")
        ),
    ])
    func equalsTheValidatorInRareCases(input: String, verdict: EmailValidation) {
        #expect(EmailValidation(input) == verdict)
    }

    @Test(arguments: [
        ("x@no-such-domain.dev", "The domain name no-such-domain.dev does not exist."),
        ("x@mail.no-such-domain.dev", "The domain name mail.no-such-domain.dev does not exist."),
        ("x@acme.example", "The domain name acme.example does not exist."),
        ("x@nomx.dev", "The domain name nomx.dev does not accept email."),
        ("x@example.com", "The domain name example.com does not accept email."),
        ("x@acme-co.dev", nil), ("x@notnomx.dev", nil),
    ])
    func reservesDomainsForRejections(email: String, reason: String?) {
        #expect(EmailValidation.deliverability(of: email) == reason)
    }
}
