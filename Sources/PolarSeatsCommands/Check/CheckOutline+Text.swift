internal import Rosters

/// What was found, as people read it: roster by roster, errors first.
extension CheckOutline {
    /// - Parameter listsExcluded: whether every row that was left out is listed.
    func text(_ console: Console, width: Int = Console.width, listsExcluded: Bool = false) -> String {
        var lines: [String] = []
        var rest = defects[...]
        for source in sources {
            if !lines.isEmpty { lines.append("") }
            lines += source.heading(console)
            if listsExcluded {
                lines += excludedRows.filter { $0.source == source.name }.map { $0.line(console) }
            }
            // Defects stand in the order of the rosters; a roster given twice has its own twice over.
            let own = rest.prefix { $0.source == source.name }
            rest = rest.dropFirst(own.count)
            // What to do is said once for all that need the same.
            var said: Set<String> = []
            for severity in [Defect.Severity.error, .warning, .note] {
                for defect in own where defect.severity == severity {
                    lines += defect.lines(console, width)
                    guard let remedy = defect.remedy, said.insert(remedy).inserted else { continue }
                    lines.append("  \(console.paintOutput("fix", .cyan)): \(printable(remedy))")
                }
                lines += source.more(severity, console)
            }
        }
        if let fixed { lines += fixed.lines(console) }
        if let split { lines += split.lines(console) }
        lines.append("")
        // With a copy the last line is about the copy.
        if let fixed {
            lines.append("\(printable(sources[0].name)): \(total)")
            lines.append(
                "\(printable(fixed.path)): \(plural(fixed.rows, "row")), \(plural(fixed.errors, "error")), "
                    + plural(fixed.warnings, "warning"))
        } else {
            lines.append(total)
        }
        return Console.document(lines)
    }

    private var total: String {
        let broken = sources.count { !$0.isReadable }
        var parts = [plural(rows, "row")]
        if sources.count > 1 { parts.append("\(sources.count) rosters") }
        if broken > 0 { parts.append(sources.count == 1 ? "cannot be used" : "\(broken) of them cannot be used") }
        let excluded = sources.reduce(0) { $1.excluded.reduce($0) { $0 + $1.rows } }
        if excluded > 0 { parts.append("\(excluded) excluded") }
        if errors + warnings + notes == 0 { return (parts + ["no problems found"]).joined(separator: ", ") }
        return (parts + [plural(errors, "error"), plural(warnings, "warning"), plural(notes, "note")])
            .joined(separator: ", ")
    }
}

extension CheckOutline.Source {
    fileprivate func heading(_ console: Console) -> [String] {
        let title = console.paintOutput(name == "-" ? "standard input" : printable(name), .bold)
        guard let format else { return ["\(title): cannot be read"] }
        var facts = [format.uppercased()]
        if let encoding { facts.append(encoding + (byteOrderMark == true ? " with a byte order mark" : "")) }
        if let delimiter {
            facts.append(delimiter == "tab" ? "separated by tabs" : "separated by `\(printable(delimiter))`")
        }
        if let lineEnds { facts.append(lineEnds == "mixed" ? "mixed line ends" : "\(lineEnds) line ends") }
        if separatorLine == true { facts.append("a `sep=` line") }
        if header == false { facts.append("no header") }
        if let rootElement {
            facts.append(format == "json" ? "list `\(printable(rootElement))`" : "<\(printable(rootElement))>")
        }
        if isExport { facts.append("an export of seats") }
        facts.append(plural(rows, "row"))
        if rowsLeftOut > 0 { facts.append("\(rowsLeftOut) of them revoked seats, left out") }
        return ["\(title): \(facts.joined(separator: ", "))"] + columnLines
    }

    /// Columns that mean something else than their name are worth a line each; rosters of other systems have dozens.
    private var columnLines: [String] {
        let known = columns.filter { $0.field != nil }
        let plain = known.filter { $0.isNamedForField }.map { printable($0.name) }
        let renamed = known.filter { !$0.isNamedForField }
        let width = min(32, renamed.map { printable($0.name).count }.max() ?? 0)
        var lines: [String] = []
        if !plain.isEmpty { lines.append("  fields: \(plain.joined(separator: ", "))") }
        lines += renamed.map { column in
            let name = printable(column.name)
            return "  \(name)\(String(repeating: " ", count: max(0, width - name.count))) -> \(column.field ?? "")"
        }
        func list(_ title: String, _ isWanted: (CheckOutline.Column) -> Bool) {
            let names = columns.filter(isWanted).map { printable($0.name.isEmpty ? "(no name)" : $0.name) }
            if !names.isEmpty { lines.append("  \(title): \(names.joined(separator: ", "))") }
        }
        list("Filtered by") { $0.isFilter }
        list("Carried to reports") { $0.field == nil && $0.isCarried }
        list("Ignored") { $0.field == nil && !$0.isCarried && !$0.isFilter }
        return lines + excludedLines
    }

    private static let shownReasons = 10

    /// Who is left out, by reason.
    private var excludedLines: [String] {
        guard !excluded.isEmpty else { return [] }
        let total = excluded.reduce(0) { $0 + $1.rows }
        var reasons = excluded.prefix(Self.shownReasons).map { reason in
            let column = printable(reason.column)
            return "\(reason.rows) where \(column) is \(reason.value.isEmpty ? "empty" : printable(reason.value))"
        }
        let rest = excluded.dropFirst(Self.shownReasons)
        if !rest.isEmpty { reasons.append("\(rest.reduce(0) { $0 + $1.rows }) for other values") }
        return ["  Excluded: \(plural(total, "row")) (\(reasons.joined(separator: ", ")))"]
    }

    /// What is not listed.
    fileprivate func more(_ severity: Defect.Severity, _ console: Console) -> [String] {
        unlisted.filter { $0.key.severity == severity }.sorted { $0.key.code.rawValue < $1.key.code.rawValue }
            .map { kind, count in
                let noun = "\(kind.code.rawValue) \(severity.rawValue)"
                return "and \(count) more \(noun)\(count == 1 ? "" : "s"): --all lists them"
            }
    }
}

extension CheckOutline.ExcludedRow {
    fileprivate func line(_ console: Console) -> String {
        let who = [email, externalID].compactMap(\.self).first ?? "(no email or ID)"
        let place = "\(source == "-" ? "stdin" : printable(source)):\(line)"
        return "\(place): \(console.paintOutput("excluded", .dim)) \(printable(who)): \(printable(reason))"
    }
}

extension CheckOutline.Column {
    /// `external-id` and `External_ID` need no explanation.
    fileprivate var isNamedForField: Bool {
        field == name.lowercased().replacing("-", with: "_") || field?.hasPrefix("metadata.") == true
    }
}

extension Defect {
    fileprivate func lines(_ console: Console, _ width: Int) -> [String] {
        let paint: Console.Paint = severity == .error ? .red : severity == .warning ? .yellow : .dim
        let place = [source == "-" ? "stdin" : printable(source), line.map(String.init), column.map(String.init)]
            .compactMap(\.self).joined(separator: ":")
        var text = "\(place): \(console.paintOutput(severity.rawValue, paint)) \(code.rawValue): "
        if let field, severity != .note || line != nil { text += "\(printable(field)): " }
        text += printable(message)
        if excerpt == nil, let value, !value.isEmpty { text += " (\(printable(value)))" }
        var lines = [text]
        if let excerpt {
            let shown = ExcerptLines(excerpt, width: max(20, width - 4))
            lines.append("    " + shown.text)
            if let mark = shown.mark { lines.append("    " + console.paintOutput(mark, paint)) }
        }
        return lines
    }
}

extension CheckOutline.Fixed {
    private static let shownOfEach = 5

    fileprivate func lines(_ console: Console) -> [String] {
        let title = console.paintOutput(printable(path), .bold)
        var lines = ["", "\(title): \(plural(rows, "row")), \(changes.isEmpty ? "nothing to fix" : "fixed:")"]
        var seen: [Defect.Code: Int] = [:]
        for change in changes {
            seen[change.code, default: 0] += 1
            guard seen[change.code, default: 0] <= Self.shownOfEach else { continue }
            let place = change.line.map { "line \($0)" + (change.column.map { ", column \($0)" } ?? "") + ": " } ?? ""
            let field = change.field.map { printable($0) + ": " } ?? ""
            let value = change.value.map { " (\(revealed($0)))" } ?? ""
            lines.append("  \(place)\(field)\(change.message)\(value)")
        }
        for (code, count) in seen.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count > Self.shownOfEach {
            lines.append("  and \(count - Self.shownOfEach) more \(code.rawValue): --json lists them")
        }
        let kinds = left.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        lines.append(
            errors == 0 ? "  no errors left" : "  \(plural(errors, "error")) left: \(kinds.joined(separator: ", "))")
        return lines
    }
}

extension CheckOutline.Split {
    fileprivate func lines(_ console: Console) -> [String] {
        func line(_ copy: Copy, _ what: String) -> String {
            "\(console.paintOutput(printable(copy.path), .bold)): \(plural(copy.rows, "\(what) row"))"
        }
        return ["", line(usable, "usable"), line(unusable, "unusable")]
    }
}

/// Text in which nothing is invisible.
private func revealed(_ text: String) -> String {
    "`"
        + text.unicodeScalars.map {
            ExcerptLines.isInvisible($0) || $0 != " " && $0.properties.isWhitespace
                ? "\\u{\(String($0.value, radix: 16))}" : String($0)
        }.joined() + "`"
}
