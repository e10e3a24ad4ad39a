import Foundation
import Testing

/// One of the repository's documents: what its reader can type, where it links to, and which options it names.
struct Document: CustomTestStringConvertible, Sendable {
    /// A command line, with the exit code that a comment (`# exits 4`) behind it promises.
    struct Command: Sendable {
        var text: String
        var exits: Int32?
    }

    /// The commands below one heading of the second level; those above the first heading belong to each of them.
    struct Section: Sendable {
        var title: String
        var commands: [Command] = []
    }

    /// From the repository's root.
    var path: String
    var text: String
    var sections: [Section]
    /// `make` commands are for the machine of a contributor: they are looked up, not run.
    var targets: [String]

    var testDescription: String { path }

    init(_ path: String) throws {
        self.path = path
        text = String(decoding: try Data(contentsOf: Tool.root.appendingPathComponent(path)), as: UTF8.self)
        sections = []
        targets = []
        var opening = Section(title: "")
        for part in Self.split(text) {
            var section = Section(title: part.title)
            for block in part.blocks {
                let commands = Self.commands(block)
                if commands.contains(where: { ["make", "sudo", "git"].contains($0.text.firstWord) }) {
                    targets += commands.flatMap { $0.text.matches(of: /make ([a-z-]+)/).map { String($0.output.1) } }
                } else if section.title.isEmpty {
                    opening.commands += commands
                } else {
                    section.commands += commands
                }
            }
            if !section.commands.isEmpty {
                sections.append(Section(title: section.title, commands: opening.commands + section.commands))
            }
        }
        if sections.isEmpty, !opening.commands.isEmpty { sections = [opening] }
    }

    /// Every document that a reader of the repository can open.
    static func all() throws -> [Document] {
        let folder = try FileManager.default.contentsOfDirectory(atPath: Tool.root.path + "/docs")
        let names = folder.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
        return try (["README.md", "SECURITY.md", "CONTRIBUTING.md"] + names).map(Document.init)
    }

    /// `[text](target)` outside of this host, with the part behind `#`.
    var links: [(file: String, anchor: String?)] {
        text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }.filter { !$0.hasPrefix("http") }.map {
            let parts = $0.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : nil)
        }
    }

    /// The anchors of its headings, as code hosts make them.
    var anchors: Set<String> {
        let kept = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "- _"))
        return Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return String(String.UnicodeScalarView(title.unicodeScalars.filter(kept.contains)))
                    .replacingOccurrences(of: " ", with: "-")
            })
    }

    /// Options that it names in code.
    var options: Set<String> {
        Set(
            text.matches(of: /`[^`\n]+`/).flatMap { $0.output.matches(of: /(?:^|[ `\[])(--[a-z][a-z-]+)/) }
                .map { String($0.output.1) })
    }

    // MARK: Reading

    private enum Block {
        case script([String])
        /// Commands behind `$ `, each with its output.
        case session([String])
    }

    private static func split(_ text: String) -> [(title: String, blocks: [Block])] {
        var parts: [(title: String, blocks: [Block])] = [("", [])]
        var fence: String?
        var lines: [String] = []
        var isAfterBlank = true
        func end() {
            defer { lines = [] }
            guard !lines.isEmpty else { return }
            switch fence {
            case "sh": parts[parts.count - 1].blocks.append(.script(lines))
            case "console": parts[parts.count - 1].blocks.append(.session(lines))
            case nil where lines.contains { starters.contains($0.firstWord) }:
                parts[parts.count - 1].blocks.append(.script(lines))
            default: break
            }
        }
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                end()
                fence = fence == nil ? String(line.dropFirst(3)) : nil
            } else if fence != nil {
                lines.append(line)
            } else if line.hasPrefix("    "), isAfterBlank || !lines.isEmpty {
                lines.append(String(line.dropFirst(4)))
            } else {
                if !line.isEmpty || lines.isEmpty { end() }
                if line.hasPrefix("## ") { parts.append((String(line.dropFirst(3)), [])) }
            }
            isAfterBlank = line.isEmpty
        }
        end()
        return parts
    }

    /// What begins a command line in an indented block; other such blocks show data.
    private static let starters: Set = ["polar-seats", "sqlite3", "export", "echo", "mkdir", "make", "sudo"]

    private static func commands(_ block: Block) -> [Command] {
        var lines: [String]
        switch block {
        case .script(let script): lines = script
        case .session(let session): lines = session.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
        }
        var commands: [Command] = []
        var text = ""
        for line in lines {
            text += text.isEmpty ? line : "\n" + line
            if line.hasSuffix("\\") || line.hasSuffix("|") { continue }
            defer { text = "" }
            let bare = text.trimmingCharacters(in: .whitespaces)
            guard !bare.isEmpty, !bare.hasPrefix("#") else { continue }
            commands.append(
                Command(text: text, exits: text.firstMatch(of: /# exits (\d+)/).flatMap { Int32($0.output.1) }))
        }
        return commands
    }
}

extension String {
    var firstWord: String { components(separatedBy: " ").first { !$0.isEmpty } ?? "" }
}
