/// The one filter for what reaches a terminal: text from outside can neither move the cursor, nor hide, nor turn the
/// direction of what stands beside it, nor begin a line of its own.
enum TerminalText {
    /// What a terminal would not show but do, or what a reader could not see. The joiners stay: some scripts are spelled
    /// with them, and so are many emoji.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: return false
        case 0x200C, 0x200D: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return scalar.properties.isBidiControl
        }
    }

    /// One line, without anything unsafe.
    static func line(_ text: String) -> String { escaped(text, keepsStyle: false, keepsBreaks: false) }

    /// A line of the tool's own that may be colored.
    static func styledLine(_ text: String) -> String { escaped(text, keepsStyle: true, keepsBreaks: false) }

    /// Lines of the tool's own, colored or not.
    static func document(_ text: String) -> String { escaped(text, keepsStyle: true, keepsBreaks: true) }

    private static func escaped(_ text: String, keepsStyle: Bool, keepsBreaks: Bool) -> String {
        // Nearly all text: checked without a copy.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || keepsBreaks && $0 == 0x0A }) { return text }
        var safe = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if keepsStyle, scalar == "\u{1B}", let end = endOfStyle(scalars, index) {
                safe.append(contentsOf: scalars[index..<end])
                index = end
                continue
            }
            index = scalars.index(after: index)
            if scalar == "\n", keepsBreaks {
                safe.append(scalar)
            } else if isUnsafe(scalar) {
                safe.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                safe.append(scalar)
            }
        }
        return String(safe)
    }

    /// Where one of the sequences of ``Console/Paint`` ends, if one begins here.
    private static func endOfStyle(
        _ scalars: String.UnicodeScalarView, _ start: String.Index
    ) -> String.Index? {
        let text = scalars[start...].prefix(5)
        for sequence in Console.Paint.sequences where text.starts(with: sequence.unicodeScalars) {
            return scalars.index(start, offsetBy: sequence.unicodeScalars.count)
        }
        return nil
    }
}

/// A value from outside, such as a cell, a name, or a server's message, on its way into a line.
func printable(_ text: String) -> String { TerminalText.line(text) }
