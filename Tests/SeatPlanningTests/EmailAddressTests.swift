import Foundation
import SeatPlanning
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
        for one in cases {
            switch EmailAddress.judge(one.input) {
            case .accepted(let email):
                #expect(one.accepted, "\(one.input.debugDescription) was accepted")
                let expected = try #require(one.normalized)
                #expect(
                    email.address.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(one.input.debugDescription)"
                )
            case .rejected(let rejection):
                #expect(!one.accepted, "\(one.input.debugDescription) was refused: \(rejection.reason)")
                #expect(!rejection.reason.isEmpty && !rejection.reason.hasSuffix("."))
                #expect(!rejection.remedy.isEmpty)
            }
        }
    }
}
