internal import ArgumentParser
internal import Rosters

/// How `check` prints what it found.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text
    /// Workflow commands, which GitHub shows beside the lines of the file.
    case github
}

/// Findings as GitHub's workflow commands: `::error file=people.csv,line=3,col=1,title=no_email::…`.
struct GitHubAnnotations {
    let outline: CheckOutline

    var text: String { outline.defects.map { Self.annotation($0) + "\n" }.joined() }

    private static func annotation(_ defect: Defect) -> String {
        let command =
            switch defect.severity {
            case .error: "error"
            case .warning: "warning"
            default: "notice"
            }
        var properties: [String] = []
        func add(_ name: String, _ value: String?) {
            if let value { properties.append("\(name)=\(property(value))") }
        }
        // GitHub has no file for standard input.
        if defect.source != "-" {
            add("file", defect.source)
            add("line", defect.line.map(String.init))
            add("col", defect.column.map(String.init))
        }
        add("title", defect.code.rawValue)
        let field = defect.field.map { "\($0): " } ?? ""
        let remedy = defect.remedy.map { " (\($0))" } ?? ""
        return
            "::\(command) \(properties.joined(separator: ","))::\(message(printable(field + defect.message + remedy)))"
    }

    /// What GitHub's runner takes back: the percent sign first, because the others become one.
    static func message(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    static func property(_ text: String) -> String {
        // A line break is one character with CR and LF: by scalars it is two.
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "%": "%25"
            case "\r": "%0D"
            case "\n": "%0A"
            case ":": "%3A"
            case ",": "%2C"
            default: TerminalText.isUnsafe(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
            }
        }.joined()
    }
}
