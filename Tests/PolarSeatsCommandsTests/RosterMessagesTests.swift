import Foundation
import RosterFormats
import Testing

@testable import PolarSeatsCommands
@testable import Rosters

@Suite("What is wrong with rosters, in words")
struct RosterMessagesTests {
    private static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "samples")

    private func holdsTheForm(_ message: String, _ remedy: String?) {
        for text in [message, remedy].compactMap(\.self) {
            #expect(!text.isEmpty && !text.hasSuffix(".") && !text.contains("\n"), "\(text)")
            #expect(text.prefix(4).first?.isUppercase == false || text.hasPrefix("AttValue"), "\(text)")
        }
    }

    @Test(
        "every defect of the samples has a sentence and, but for a few, a remedy",
        arguments: [
            "broken.csv", "onboarding.csv", "onboarding.xml", "scim.json", "slack.csv",
        ])
    func samples(_ name: String) throws {
        var builder = RosterBuilder()
        builder.beginSource(named: name)
        _ = try RosterFile(Self.samples.appending(path: name).path()).read(ReadingOptions(), into: &builder)
        var roster = try builder.finish()
        roster.findTwins()
        #expect(!roster.defects.isEmpty || name == "slack.csv")
        #expect(roster.defects.allSatisfy { $0.message.isEmpty })
        roster.writeSentences()
        for defect in roster.defects {
            #expect(defect.remedy != nil)
            holdsTheForm(defect.message, defect.remedy)
        }
    }

    private static let faults: [JSONFault] = [
        .unexpected(UInt8(ascii: "x"), expected: .value), .unexpected(0xC3, expected: .commaOrBrace),
        .unexpected(0x01, expected: .text), .controlCharacter(10), .badEscape, .loneSurrogate, .badNumber, .badLiteral,
        .repeatedName("a"), .trailingText, .truncated, .tooDeep(limit: 60), .longName(limit: 1024),
        .longRecord(limit: 1), .manyNames(limit: 4096), .samePath("a.b"), .noList(found: []), .noList(found: ["staff"]),
        .twoLists("users", "rows"), .notAnObject,
    ]

    @Test("every fault of JSON has a sentence", arguments: faults)
    func json(_ fault: JSONFault) {
        holdsTheForm(RosterFormatError.Problem.json(fault).message, RosterFormatError.Problem.json(fault).remedy)
    }

    @Test(
        "every address that Polar refuses has a sentence",
        arguments: [
            "", "ada", "@x.dev", "ada@", "ada\u{FF20}x.dev", "a\nb@x.dev", "Ada <a@x.dev", "\"a\"@x.dev", "a@[1.2.3.4]",
            ".a@x.dev", "a.@x.dev", "a@.x.dev", "a@x.dev.", "a..b@x.dev", "a,b@x.dev", "a b@x.dev", "a@x.dev,b@y.dev",
            "a@x_y.dev", "a\u{200B}b@x.dev", "a@-x.dev", "a@xx--y.dev", "a@x", "a@x.1", "a@x.test", "a@x\u{1F600}.dev",
            String(repeating: "a", count: 300) + "@x.dev", "a@" + String(repeating: "a", count: 64) + ".dev",
        ])
    func addresses(_ text: String) {
        guard case .rejected(let rejection) = EmailAddress.judge(text) else {
            Issue.record("accepted")
            return
        }
        holdsTheForm(rejection.message, rejection.remedy)
        #expect(rejection.message.utf8.count < 400)
    }

    @Test("proposals can be copied")
    func proposals() {
        func remedy(_ problem: RosterError.Problem, _ columns: [String] = ["a", "b"]) -> String {
            RosterError(problem, columns: columns).remedy
        }
        #expect(
            remedy(.noIdentityColumn(proposals: ["Reach at"], delimiter: nil))
                == "column `Reach at` looks like addresses: --map 'email=Reach at'")
        #expect(
            remedy(.noEmailColumn(.entra, proposals: ["b", "c"]))
                == "these columns look like addresses: --map email=b or --map email=c")
        #expect(
            remedy(.noIdentityColumn(proposals: [], delimiter: 0x3B)).hasSuffix("read it with --delimiter ';'"))
        #expect(remedy(.noIdentityColumn(proposals: [], delimiter: 0x09)).hasSuffix("--delimiter tab"))
        #expect(remedy(.noIdentityColumn(proposals: [], delimiter: nil)).hasSuffix("--map email=COLUMN"))
        #expect(remedy(.columnTwice(.email, "email", "E-Mail")) == "say which one counts: --map email=E-Mail")
        #expect(
            RosterFormatError(.unknownRoot("x", likely: ["User", "a"])).remedy
                == "name the element that is a record: --xml-record User or --xml-record a")
        #expect(RosterFormatError(.utf16WithoutMark(.utf16LE)).remedy == "name it with --encoding utf-16le")
    }

    @Test("one column is not one of several")
    func identity() {
        #expect(Defect.Problem.noIdentity(columns: ["mail"]).remedy == "fill in `mail`, or remove the row")
        #expect(
            Defect.Problem.noIdentity(columns: ["mail", "id"]).remedy
                == "fill in one of `mail` or `id`, or remove the row")
    }
}
