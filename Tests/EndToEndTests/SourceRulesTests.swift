import Foundation
import Testing

/// What CONTRIBUTING says of the sources, held against them.
@Suite("Rules for the sources")
struct SourceRulesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each target may import of ours: data flows one way, from bytes to reports.
    private static let imports: [String: Set<String>] = [
        "RosterFormats": ["CLibXML2", "CByteMasks"],
        "Rosters": ["RosterFormats"],
        "SeatPlanning": ["RosterFormats", "Rosters"],
        "PolarAPI": [],
        "SeatRuns": ["RosterFormats", "Rosters", "SeatPlanning", "PolarAPI", "CPlanDatabase"],
        "SeatAudits": ["Rosters", "SeatPlanning", "PolarAPI", "SeatRuns"],
        "SeatReports": ["RosterFormats", "Rosters", "SeatPlanning", "SeatAudits"],
        "EmbeddedServer": [],
        "Rehearsal": ["Rosters", "SeatPlanning", "PolarAPI", "SeatRuns", "EmbeddedServer"],
    ]

    private struct Source {
        var path: String
        var text: String
    }

    private static func sources(of target: String) throws -> [Source] {
        let folder = root.appending(path: "Sources/\(target)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            Source(
                path: String($0.path().dropFirst(root.path().count)), text: try String(contentsOf: $0, encoding: .utf8))
        }
    }

    @Test("a target imports only what stands before it in the flow of data", arguments: imports.keys.sorted())
    func importsFollowTheFlow(target: String) throws {
        let ours = Set(Self.imports.keys).union(["PolarSeatsCommands", "TestSupport", "CToolBuild"])
        let allowed = try #require(Self.imports[target])
        let files = try Self.sources(of: target)
        #expect(!files.isEmpty)
        for file in files {
            for line in file.text.split(separator: "\n") where line.contains("import ") && !line.contains("//") {
                guard let module = line.split(separator: " ").last.map(String.init), ours.contains(module) else {
                    continue
                }
                #expect(allowed.contains(module), "\(file.path): \(line)")
            }
        }
    }

    @Test("no folder holds more than twelve files", arguments: imports.keys.sorted() + ["PolarSeatsCommands"])
    func foldersAreSmall(target: String) throws {
        let folders = Dictionary(grouping: try Self.sources(of: target)) {
            URL(filePath: $0.path).deletingLastPathComponent().relativePath
        }
        for (folder, files) in folders { #expect(files.count <= 12, "\(folder)") }
    }

    /// What a string of a library must not hold: a flag, a command line, or what to do about an error.
    private static let remarks: [(what: String, pattern: String)] = [
        ("a flag", #"(^|[ (`'])--[a-z]"#),
        ("a command line", "polar-seats "),
        ("a remedy", remedy),
    ]

    /// The imperatives with which remedies begin, at the beginning of a string or behind a colon or semicolon.
    private static let remedy =
        #"(^|[:;] |, or )(please|try|use|choose|check|make|give|add|remove|fix|run|wait|plan again|write|copy|close|buy|set|"#
        + #"lower|reduce|pass|name|correct) ([0-9]+|it|the|a|an|one|another|again|them|this|that|with|your|more|room|by|only)\b"#

    /// Strings are looked at as they stand between quotation marks on one line.
    @Test(
        "no string of a library names a flag, a command or a remedy: sentences stand in Messages",
        arguments: imports.keys.sorted())
    func librariesReturnFacts(target: String) throws {
        for file in try Self.sources(of: target) {
            var found: [String] = []
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code = line.drop { $0 == " " }
                if code.hasPrefix("//") { continue }
                let strings = code.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset % 2 == 1 }.map(\.element)
                for text in strings {
                    for (what, pattern) in Self.remarks
                    where text.range(of: pattern, options: .regularExpression) != nil {
                        // The embedded server speaks as the server does.
                        if what == "a remedy", target == "EmbeddedServer" { continue }
                        found.append("\(file.path):\(number + 1): \(what): \(text)")
                    }
                }
            }
            #expect(found.isEmpty, "\(file.path): \(found)")
        }
    }

    /// The rule is of use only if it finds what it is for: sentences that libraries did hold.
    @Test(
        "the rule for strings finds flags, commands and remedies",
        arguments: [
            "the invitation has expired; --reissue-expired renews it", "--max-revoke 7",
            "wait until it is done; `polar-seats show x` tells how far it is", "plan again with the new limit",
            "3 rows find no free seat: buy 3 more", "choose another name for the new plan",
            "make the plan again; a copy of the file may still be whole", "prorate or invoice them: use a new order",
        ])
    func findsRemarks(sentence: String) {
        #expect(Self.remarks.contains { sentence.range(of: $0.pattern, options: .regularExpression) != nil })
    }
}
