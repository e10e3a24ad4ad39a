internal import ArgumentParser

/// What was probably meant by arguments that the parser would refuse or misread.
enum UsageSuggestions {
    /// nil: the parser's own message is good enough.
    static func failure(_ arguments: [String], root: any ParsableCommand.Type = PolarSeats.self) -> Failure? {
        if let failure = unknownOption(arguments) ?? optionBeforeCommand(arguments, root) { return failure }
        let asksHelp = arguments.first == "help"
        var command = root
        for word in asksHelp ? arguments.dropFirst() : arguments[...] {
            let children = command.configuration.subcommands
            guard !children.isEmpty, !word.hasPrefix("-") else { return nil }
            let names = children.compactMap { $0._commandName }
            guard let index = names.firstIndex(of: word) else {
                if !asksHelp, word == "help" { return nil }
                return unknown(word, names, command == root ? "" : "\(command._commandName) ", asksHelp)
            }
            command = children[index]
        }
        return nil
    }

    private static func unknownOption(_ arguments: [String]) -> Failure? {
        for argument in arguments.prefix(while: { $0 != "--" }) {
            guard argument.hasPrefix("--") else { continue }
            let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
            switch name.filter({ $0 != "-" && $0 != "_" }).lowercased() {
            case "token", "accesstoken", "apikey":
                return Failure(
                    .usage,
                    "unknown option '\(printable(name))': a token on the command line is visible to other users",
                    hints: ["set POLAR_ACCESS_TOKEN, or use --token-file FILE"])
            case "dryrun":
                return Failure(
                    .usage, "unknown option '\(printable(name))'",
                    hints: ["`polar-seats plan` shows the changes needed and makes none"])
            default: continue
            }
        }
        return nil
    }

    /// `--server sandbox doctor`: options follow the command that they are for.
    private static func optionBeforeCommand(
        _ arguments: [String], _ root: any ParsableCommand.Type
    ) -> Failure? {
        guard let first = arguments.first, first.hasPrefix("-"), first != "--",
            !["--help", "-h", "--version"].contains(first), !first.hasPrefix("--experimental"),
            !first.hasPrefix("--generate")
        else { return nil }
        let names = root.configuration.subcommands.map { $0._commandName }
        guard let index = arguments.firstIndex(where: { names.contains($0) }) else { return nil }
        let words = ["polar-seats", arguments[index]] + arguments[(index + 1)...] + arguments[..<index]
        return Failure(
            .usage, "'\(printable(first))' stands before the command",
            hints: ["options follow the command: \(words.map { shellQuoted(printable($0)) }.joined(separator: " "))"])
    }

    /// The name that a word was probably meant to be.
    ///
    /// - Parameter prefixes: also where the word is the beginning of one name alone.
    static func nearest(_ word: String, _ names: [String], prefixes: Bool = false) -> String? {
        let beginnings = names.filter { word.count > 1 && $0.hasPrefix(word.lowercased()) }
        if prefixes, beginnings.count == 1 { return beginnings.first }
        let near = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        return near.flatMap { $0.distance <= max(1, min(3, word.count / 2)) ? $0.name : nil }
    }

    private static func unknown(_ word: String, _ names: [String], _ parent: String, _ asksHelp: Bool) -> Failure {
        var hints: [String] = []
        if let near = nearest(word, names) {
            hints.append("did you mean `polar-seats \(asksHelp ? "help " : "")\(parent)\(near)`?")
        } else {
            hints.append("`polar-seats \(parent)--help` lists the commands")
        }
        return Failure(.usage, "unknown command '\(printable(parent + word))'", hints: hints)
    }

    /// How many letters must be changed, added, removed or swapped with their neighbor.
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.lowercased()), Array(right.lowercased()))
        // Nothing that long is a typing mistake.
        guard a.count < 40, b.count < 40 else { return .max }
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
