import Foundation
import Testing

@testable import PolarSeatsCommands

@Suite struct ToolVersionTests {
    @Test(arguments: [
        ("0123456789abcdef0123456789abcdef01234567", "2026-11-21T12:34:56Z", "0123456789ab, 21 Nov 2026"),
        ("0123456789abcdef0123456789abcdef01234567-dirty", "2026-01-02T00:00:00Z", "0123456789ab-dirty, 2 Jan 2026"),
        ("0123456789abcdef0123456789abcdef01234567", "not a date", "0123456789ab"),
    ])
    func `a release names its commit and day`(commit: String, date: String, expected: String) {
        let version = ToolVersion(commit: commit, date: date, platform: "linux-x86_64")
        #expect(version.text == "polar-seats \(ToolVersion.current) (\(expected), linux-x86_64)")
    }

    @Test func `a development build says that it is one`() {
        let version = ToolVersion(platform: "linux-arm64")
        #expect(version.text == "polar-seats \(ToolVersion.current) (development build, linux-arm64)")
    }
}
