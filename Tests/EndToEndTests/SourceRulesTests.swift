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

    /// Files whose remedies are sentences still; each becomes a code with its fields, and leaves this list.
    private static let sentences: Set<String> = [
        "Sources/RosterFormats/Reading/FormatDetection.swift", "Sources/RosterFormats/Reading/RosterReader.swift",
        "Sources/RosterFormats/Reading/UnsupportedFile.swift", "Sources/RosterFormats/XML/XMLCollector+Scopes.swift",
        "Sources/Rosters/Columns/ColumnMap.swift", "Sources/SeatPlanning/Planner/PeopleIndex.swift",
        "Sources/Rosters/Checks/RosterDefects.swift", "Sources/Rosters/Columns/RosterColumns.swift",
        "Sources/Rosters/Email/EmailSyntax.swift", "Sources/Rosters/Rows/RosterBuilder+Fields.swift",
        "Sources/SeatPlanning/Guards/Guards.swift", "Sources/SeatPlanning/Planner/Planner+Draft.swift",
        "Sources/SeatPlanning/Planner/Planner.swift", "Sources/SeatRuns/PlanFile/PlanFile.swift",
        "Sources/SeatRuns/PlanFile/PlanLock.swift", "Sources/SeatRuns/PlanWriting/PlanFilePlace.swift",
        "Sources/SeatRuns/Snapshot/TeamLookup.swift", "Sources/SeatRuns/Undo/Undo.swift",
    ]

    /// A string is looked at as it stands between quotation marks on one line: what a library says of flags would be
    /// there.
    @Test(
        "no string of a library names a flag or a command: sentences stand in Messages",
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
                    let namesFlag = text.range(of: #"(^|[ (`'])--[a-z]"#, options: .regularExpression) != nil
                    if namesFlag || text.contains("polar-seats ") {
                        found.append("\(file.path):\(number + 1): \(text)")
                    }
                }
            }
            // A file that no longer needs its place on the list leaves it.
            #expect(found.isEmpty != Self.sentences.contains(file.path), "\(file.path): \(found)")
        }
    }
}
