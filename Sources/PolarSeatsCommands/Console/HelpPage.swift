internal import ArgumentParser

/// The help of a command as the parser writes it, in the order in which people look for things: what it does, its own
/// options, those that it shares with other commands, and examples last.
struct HelpPage {
    private struct Section {
        var title: String
        var lines: [Substring]
    }

    private static let firstTitles = ["OVERVIEW", "USAGE", "ARGUMENTS", "OPTIONS", "SUBCOMMANDS"]
    private static let exampleMark = "Examples:\n"

    /// - Parameters:
    ///   - text: help that the parser wrote; anything else stays as it is.
    ///   - root: the command whose subcommands are looked through.
    static func arranged(_ text: String, root: any ParsableCommand.Type = PolarSeats.self) -> String {
        var sections = sections(of: text)
        guard let usage = sections.first(where: { $0.title == "USAGE" }), let line = usage.lines.first else {
            return text
        }
        let words = line.split(separator: " ").dropFirst().map(String.init)
        let examples = Self.examples(of: command(words, root))
        if !examples.isEmpty, let overview = sections.firstIndex(where: { $0.title == "OVERVIEW" }) {
            let lines = sections[overview].lines
            sections[overview].lines = Array(lines.prefix { $0 != exampleMark.dropLast() })
        }
        let titles = sections.map(\.title)
        let order = firstTitles.filter { titles.contains($0) } + titles.filter { !firstTitles.contains($0) }
        let sorted = order.compactMap { title in sections.first { $0.title == title } }
        let pages = sorted.map { section in
            section.lines.map(String.init).joined(separator: "\n").trimmingSuffix { $0 == "\n" }
        }
        return (pages + (examples.isEmpty ? [] : ["EXAMPLES:\n" + examples])).joined(separator: "\n\n")
    }

    /// The lines of a command's examples, as its source has them: help is wrapped, and a wrapped command cannot be copied.
    static func examples(of command: any ParsableCommand.Type) -> String {
        let discussion = command.configuration.discussion
        guard let mark = discussion.firstRange(of: exampleMark) else { return "" }
        return String(discussion[mark.upperBound...])
    }

    private static func command(_ words: [String], _ root: any ParsableCommand.Type) -> any ParsableCommand.Type {
        var command = root
        // The first word after "USAGE:" is the tool's own name.
        for word in words.dropFirst() {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
            command = next
        }
        return command
    }

    private static func sections(of text: String) -> [Section] {
        var sections: [Section] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let title = title(line) {
                sections.append(Section(title: title, lines: [line]))
            } else if sections.isEmpty {
                sections.append(Section(title: "", lines: [line]))
            } else {
                sections[sections.count - 1].lines.append(line)
            }
        }
        return sections
    }

    /// `READING` of `READING:`, `USAGE` of `USAGE: polar-seats …`.
    private static func title(_ line: Substring) -> String? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let title = line[..<colon]
        let isTitle = title.first?.isUppercase == true && title.allSatisfy { $0.isUppercase || $0 == " " }
        let rest = line[line.index(after: colon)...]
        return isTitle && (rest.isEmpty || ["OVERVIEW", "USAGE"].contains(title)) ? String(title) : nil
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text)
    }
}
