import Foundation
import RosterFormats
import SeatPlanning
import Testing

@testable import SeatReports

@Suite struct HTMLTests {
    /// The policy names the hashes; a browser runs and applies nothing else.
    @Test(arguments: [(HTMLStyle.text, HTMLStyle.hash), (HTMLScript.text, HTMLScript.hash)])
    func theContentSecurityPolicyNamesTheTextsThatThePageHolds(text: String, hash: String) throws {
        let digest = try Shell.output("sha256sum", input: Data(text.utf8))
        let hex = String(decoding: digest, as: UTF8.self).prefix(64)
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { offset -> UInt8? in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
        }
        try #require(bytes.count == 32)
        #expect(hash == "sha256-\(Data(bytes).base64EncodedString())")
    }
}
