internal import ArgumentParser

/// What was probably meant by arguments that the parser would refuse, or misread.
enum UsageSuggestions {
    /// nil: the parser's own answer is good enough.
    static func failure(_ arguments: [String], root: any ParsableCommand.Type = PolarSeats.self) -> Failure? {
        if let failure = unknownOption(arguments) { return failure }
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
            switch argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? "" {
            case "--token", "--access-token":
                return Failure(
                    .usage, "unknown option '--token': a token on the command line is visible to other users",
                    hints: ["set POLAR_ACCESS_TOKEN, or use --token-file FILE"])
            case "--dry-run":
                return Failure(
                    .usage, "unknown option '--dry-run'",
                    hints: ["`polar-seats plan` shows the changes needed and makes none"])
            default: continue
            }
        }
        return nil
    }

    private static func unknown(_ word: String, _ names: [String], _ parent: String, _ asksHelp: Bool) -> Failure {
        let near = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        var hints: [String] = []
        if let near, near.distance <= max(1, min(3, word.count / 2)) {
            hints.append("did you mean `polar-seats \(asksHelp ? "help " : "")\(parent)\(near.name)`?")
        } else {
            hints.append("`polar-seats \(parent)--help` lists the commands")
        }
        return Failure(.usage, "unknown command '\(printable(parent + word))'", hints: hints)
    }

    /// How many letters must be changed, added, removed or swapped with their neighbor.
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.lowercased()), Array(right.lowercased()))
        // Nothing that long is a slip of the hand.
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
