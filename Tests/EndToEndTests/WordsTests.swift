import Foundation
import Testing

/// The wording rules, held against what people read: words that read like a translation, and terms that have another name.
@Suite("Words")
struct WordsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What stands in place of each is in the message of a failure.
    private static let substitutions: [(pattern: String, better: String)] = [
        (#"\bmend(s|ed|ing)?\b"#, "fix"), (#"\banew\b"#, "again"), (#"\b(no|some)body\b"#, "no one, someone"),
        (#"\bheeded\b"#, "respected"), (#"\bcolour"#, "color"), (#"\breach(ed)? (its|the) goal\b"#, "was applied"),
        (#"\bended otherwise\b"#, "differed from the plan"), (#"\bdead links?\b"#, "expired invitation"),
        (#"\b(is|was) to be done\b"#, "No changes."), (#"\bnothing was left to do\b"#, "Already up to date."),
        (#"\bgoes? on\b"#, "continues, resumes"), (#"\ba (month|year)\b"#, "per month, per year"),
        (#"\bthe whole is in\b"#, "hold every row"), (#"[0-9}] %"#, "no space before %"), (#"\bOne row a\b"#, "per"),
        (#"\bnothing was written\b"#, "nothing was changed"), (#"\brepeatable\."#, "Repeatable."),
    ]

    /// Folders and pages whose texts were revised. Those of reading rosters, of applying, of the doctor and of the
    /// embedded server are revised with the work on them.
    private static let folders = [
        "Sources/SeatReports", "Sources/SeatAudits", "Sources/PolarSeatsCommands/Console",
        "Sources/PolarSeatsCommands/Export", "Sources/PolarSeatsCommands/Messages", "Sources/PolarSeatsCommands/Plan",
        "Sources/PolarSeatsCommands/Seats",
    ]

    private static func files() throws -> [URL] {
        try folders.flatMap { folder in
            let all = try #require(
                FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil))
            return all.compactMap { $0 as? URL }.filter { ["swift", "mustache", "js"].contains($0.pathExtension) }
        } + [root.appending(path: "docs/reports.md")]
    }

    @Test("what people read has the words of the glossary")
    func glossary() throws {
        let files = try Self.files()
        #expect(files.count > 50)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let read = file.pathExtension == "swift" ? Self.strings(String(line)) : String(line)
                for (pattern, better) in Self.substitutions
                where read.range(of: pattern, options: .regularExpression) != nil {
                    Issue.record("\(file.lastPathComponent):\(number + 1): \(read) (better: \(better))")
                }
            }
        }
    }

    /// What stands between quotation marks, and a line of a longer text.
    private static func strings(_ line: String) -> String {
        let code = line.drop { $0 == " " }
        if code.hasPrefix("//") { return "" }
        if !line.contains("\"") {
            return code.allSatisfy { !"{}=;".contains($0) } && code.contains(" ") ? String(code) : ""
        }
        return line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }.joined(separator: " | ")
    }
}
