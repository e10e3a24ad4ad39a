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
        (#"\bthe whole is in\b"#, "hold every row"), (#"[0-9}] %(?! ?[0-9])"#, "no space before %"),
        (#"\bOne row a\b"#, "per"), (#"\bleft alone; |: left alone"#, "not changed"), (#"\bgoes alone,"#, "by itself"),
        (#"\bnothing was written\b"#, "nothing was changed"), (#"\brepeatable\."#, "Repeatable."),
    ]

    private static func files(_ folder: String, _ endings: Set<String>) throws -> [URL] {
        let all = try #require(
            FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil))
        return all.compactMap { $0 as? URL }.filter {
            endings.contains($0.pathExtension) && !$0.path().contains("/Fixtures/")
                && $0.lastPathComponent != "WordsTests.swift"
        }
    }

    /// - Parameter read: what of a line people read.
    private static func look(at files: [URL], _ read: (Substring, URL) -> String) throws {
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let words = read(line, file)
                for (pattern, better) in substitutions
                where words.range(of: pattern, options: .regularExpression) != nil {
                    Issue.record("\(file.lastPathComponent):\(number + 1): \(words) (better: \(better))")
                }
            }
        }
    }

    @Test("messages, pages and comments of all sources have the words of the glossary")
    func sources() throws {
        let files = try Self.files("Sources", ["swift", "mustache", "js"])
        #expect(files.count > 300)
        try Self.look(at: files) { line, file in
            file.pathExtension == "swift" ? Self.comment(line) + Self.strings(String(line)) : String(line)
        }
    }

    @Test("comments of tests and names of suites have the words of the glossary")
    func tests() throws {
        let files = try Self.files("Tests", ["swift"])
        #expect(files.count > 150)
        try Self.look(at: files) { line, _ in
            line.contains("@Suite(") ? Self.strings(String(line)) : Self.comment(line)
        }
    }

    @Test("documents have the words of the glossary")
    func documents() throws {
        let files =
            try Self.files("docs", ["md"])
            + ["README.md", "CONTRIBUTING.md", "SECURITY.md"].map { Self.root.appending(path: $0) }
        #expect(files.count > 10)
        try Self.look(at: files) { line, file in
            // The manual repeats the help.
            file.lastPathComponent == "manual.md" ? "" : String(line)
        }
    }

    /// A line that is a comment.
    private static func comment(_ line: Substring) -> String {
        let code = line.drop { $0 == " " }
        return code.hasPrefix("//") ? String(code) : ""
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
