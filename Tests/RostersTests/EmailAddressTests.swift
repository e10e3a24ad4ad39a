import Foundation
import Rosters
import Testing

private struct Fixture: Decodable {
    struct Case: Decodable {
        var input: String
        var accepted: Bool
        var normalized: String?
    }
    var cases: [Case]
}

private func recordedCases() throws -> [Fixture.Case] {
    let url = try #require(Bundle.module.url(forResource: "emails", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url)).cases
}

@Suite struct EmailAddressTests {
    @Test func `verdicts and normal forms are those that the server's validator gave`() throws {
        let cases = try recordedCases()
        #expect(cases.count == 59)
        for recorded in cases {
            var one = recorded
            // The cases were recorded from the validation library. The endpoint trims white space of all kinds before it
            // asks the library: what was recorded of the endpoint counts.
            if let bare = Self.withoutOuterLineBreaks(one.input) {
                one = try #require(cases.first { $0.input == bare })
                one.input = recorded.input
            }
            switch EmailAddress.judge(one.input) {
            case .accepted(let email):
                #expect(one.accepted, "\(one.input.debugDescription) was accepted")
                let expected = try #require(one.normalized)
                #expect(
                    email.address.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(one.input.debugDescription)"
                )
            case .rejected(let rejection):
                #expect(!one.accepted, "\(one.input.debugDescription) was refused: \(rejection)")
            }
        }
    }

    private static func withoutOuterLineBreaks(_ text: String) -> String? {
        let bare = text.trimmingCharacters(in: .newlines)
        return bare.utf8.count == text.utf8.count ? nil : bare
    }

    /// What the endpoint trims: the white space of Python's `str.strip`.
    @Test(arguments: [
        "\n", "\r", "\r\n", "\t", "\u{B}", "\u{C}", " ", "\u{1C}", "\u{1F}", "\u{85}", "\u{A0}", "\u{1680}", "\u{2003}",
        "\u{2028}", "\u{2029}", "\u{202F}", "\u{205F}", "\u{3000}",
    ])
    func `outer white space of every kind is trimmed before an address is judged`(_ blank: String) throws {
        for raw in [blank + "ada@acme.dev", "ada@acme.dev" + blank, blank + " ada@acme.dev" + blank + "\n"] {
            guard case .accepted(let email) = EmailAddress.judge(raw) else {
                Issue.record("\(raw.debugDescription) is refused")
                continue
            }
            #expect(email.address == "ada@acme.dev" && email.notes == .trimmed)
        }
        let inside = "ada\(blank)b@acme.dev"
        if case .accepted = EmailAddress.judge(inside) { Issue.record("\(inside.debugDescription) is accepted") }
    }

    @Test(arguments: [
        ("Ada@ACME-co.dev", "ada@acme-co.dev"), ("ada@xn--mnchen-3ya.de", "ada@münchen.de"),
        ("ADA@MÜNCHEN.de", "ada@münchen.de"), ("ada@mu\u{308}nchen.de", "ada@münchen.de"),
        ("ada@acme。dev", "ada@acme.dev"), ("ada@ａｃｍｅ.dev", "ada@acme.dev"), ("Jose\u{301}@acme.dev", "josé@acme.dev"),
        ("ÉVA@acme.dev", "éva@acme.dev"), ("Bob <B@x.dev>", "b@x.dev"), ("\"Bob, B\" <B@x.dev> ", "b@x.dev"),
        ("\u{FEFF}a@x.dev\u{A0}", "a@x.dev"), ("a@faß.de", "a@faß.de"),
    ])
    func `addresses that the server takes for one have one key`(_ raw: String, _ key: String) throws {
        let found = try #require(EmailAddress.key(of: raw))
        #expect(found.unicodeScalars.elementsEqual(key.unicodeScalars))
    }

    @Test(
        arguments: [
            (" a@x.dev", EmailAddress.Notes.trimmed), ("a@x.dev\u{A0}", .trimmed), ("\u{200B}a@x.dev", .invisible),
            ("A <a@x.dev>", .displayName), ("a@x.dev", EmailAddress.Notes()),
            (" \u{FEFF}<a@x.dev >", [.trimmed, .invisible, .displayName]),
        ] as [(String, EmailAddress.Notes)])
    func `what was taken away is told`(_ raw: String, _ notes: EmailAddress.Notes) throws {
        guard case .accepted(let email) = EmailAddress.judge(raw) else {
            Issue.record("refused")
            return
        }
        #expect(email.notes == notes)
        #expect(email.address == "a@x.dev")
    }

    /// Beyond the recorded cases: each was checked against the validator by hand.
    @Test(arguments: [
        ("a@☃.net", false), ("a@😀.dev", false), ("a😀@x.dev", true), ("a@ab--c.dev", false), ("a@abc--d.dev", true),
        (".\u{301}@x.dev", false), ("\u{301}a@x.dev", false), ("a\u{301}@x.dev", true), ("a＠x.dev", false),
        ("a@l·l.cat", true), ("a@a·b.cat", false), ("a@xn--zzzzzz.de", false), ("a@ア・ア.jp", true), ("a@test", false),
        ("a@x.рф", true), ("a@\u{5E9}\u{5DC}\u{5D5}\u{5DD}.co.il", true), ("a\u{A0}b@x.dev", false), ("a@x.c0m", true),
        ("a@x.co1", false), ("\u{0}a@x.dev", false), ("", false), ("<>", false), ("@", false), ("a@[x", false),
    ])
    func `verdicts on rarer forms`(_ raw: String, _ accepted: Bool) {
        if case .accepted = EmailAddress.judge(raw) { #expect(accepted) } else { #expect(!accepted) }
    }

    /// The quick look at ASCII must never take what the whole judgement refuses, nor give another form.
    @Test(arguments: UInt64(1)...50)
    func `keys are their own keys and do not depend on case`(_ seed: UInt64) throws {
        var random = RosterRandom(seed)
        let letters = Array("abzABZ019.+-_'@é".unicodeScalars)
        var accepted = 0
        for _ in 0..<200 {
            var raw = ""
            for _ in 0..<random.below(8) + 1 { raw.unicodeScalars.append(random.element(letters)) }
            raw += "@"
            for _ in 0..<random.below(8) + 1 { raw.unicodeScalars.append(random.element(letters)) }
            raw += random.element([".dev", ".DEV", ".de-v", "", ".x1"])
            let verdict = EmailAddress.judge(raw)
            guard case .accepted(let email) = verdict else { continue }
            accepted += 1
            #expect(EmailAddress.key(of: email.key) == email.key)
            #expect(EmailAddress.key(of: email.address) == email.key)
            #expect(EmailAddress.key(of: raw.uppercased()) == email.key)
            #expect(EmailAddress.key(of: raw.lowercased()) == email.key)
            // A name around the address leads past the quick look.
            guard case .accepted(let slow) = EmailAddress.judge("<\(raw)>") else {
                Issue.record("\(raw) is accepted by the quick look alone")
                continue
            }
            #expect(slow.address == email.address && slow.key == email.key)
        }
        #expect(accepted > 0)
    }
}
