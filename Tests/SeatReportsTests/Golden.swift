import Foundation
import SeatReports
import Testing

/// Golden files: documents whose every byte is promised.
///
/// They are written again only where `POLAR_SEATS_RECORD_GOLDEN=1` says so, and then the test fails, so that no run can
/// pass by rewriting what it should be compared with.
enum Golden {
    static func expect(
        _ text: String, equals file: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["POLAR_SEATS_RECORD_GOLDEN"] == "1" {
            let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(file)")
            try Data(text.utf8).write(to: source)
            Issue.record(
                "wrote \(file) again: look at it, then run again without recording", sourceLocation: sourceLocation)
            return
        }
        let expected = try String(decoding: Data(contentsOf: url(file)), as: UTF8.self)
        if text == expected { return }
        let lines = zip(text.split(separator: "\n"), expected.split(separator: "\n"))
        let difference = lines.first { $0 != $1 }
        Issue.record(
            "differs from \(file): \(difference.map { "got\n\($0.0)\nexpected\n\($0.1)" } ?? "in length")",
            sourceLocation: sourceLocation)
    }

    static func url(_ file: String) throws -> URL {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return folder.appending(path: file)
    }
}
