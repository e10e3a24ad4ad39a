import Foundation
import TestSupport
import Testing

@testable import PolarSeatsCommands

/// What reaches a terminal can neither move its cursor, nor hide, nor begin a line of its own.
@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("\u{1B}[2J", "\\u{1b}[2J"), ("a\nb", "a\\u{a}b"), ("a\rb", "a\\u{d}b"), ("a\tb", "a\\u{9}b"),
        ("\u{7F}", "\\u{7f}"), ("\u{9B}31m", "\\u{9b}31m"), ("a\u{202E}b", "a\\u{202e}b"),
        ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("\u{200F}\u{200E}\u{61C}", "\\u{200f}\\u{200e}\\u{61c}"),
        ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"), ("\u{200B}\u{FEFF}\u{AD}", "\\u{200b}\\u{feff}\\u{ad}"),
        ("\u{E0041}", "\\u{e0041}"), ("zoë 日本 👩‍💻 می‌خواهم", "zoë 日本 👩‍💻 می‌خواهم"), ("", ""),
    ])
    func `what a terminal would do is shown as a number`(_ text: String, _ shown: String) {
        #expect(printable(text) == shown)
        #expect(printable(shown) == shown)
    }

    @Test func `the tool's own colors and line breaks pass where they belong`() {
        var console = Console()
        console.usesOutputColor = true
        let red = console.paintOutput("no", .red)
        #expect(TerminalText.document("a \(red)\nb") == "a \(red)\nb")
        #expect(TerminalText.styledLine("a \(red)\nb") == "a \(red)\\u{a}b")
        #expect(printable(red) == "\\u{1b}[31mno\\u{1b}[0m")
        for other in ["\u{1B}[31", "\u{1B}[35m", "\u{1B}]0;x\u{7}", "\u{1B}[1;31m", "\u{1B}", "\u{1B}[31;", "\u{1B}c"] {
            let text = TerminalText.document("x\(other)")
            #expect(!text.contains("\u{1B}"), "\(text)")
        }
    }

    @Test func `an outline's line cannot be two`() {
        #expect(Console.document(["a", "b\npolar-seats: all is well"]) == "a\nb\\u{a}polar-seats: all is well\n")
    }

    @Test func `a failure of several lines keeps its own breaks alone`() {
        let failure = Failure(.guarded, lines: ["guard one", "  ada\npolar-seats: all is well"])
        #expect(failure.message == "guard one\n  ada\\u{a}polar-seats: all is well")
    }

    /// Whatever comes from outside, no scalar that a terminal acts upon is left.
    @Test(arguments: UInt64(1)...50)
    func `nothing unsafe is left of any text`(_ seed: UInt64) {
        var random = SplitMix64(seed)
        var text = String.UnicodeScalarView()
        for _ in 0..<400 {
            let value = random.pick([
                UInt32(random.below(0x100)), UInt32(0x2000 + random.below(0x70)), UInt32(random.below(0x11_0000)),
            ])
            text.append(Unicode.Scalar(value) ?? "?")
        }
        let shown = printable(String(text))
        #expect(shown.unicodeScalars.allSatisfy { !TerminalText.isUnsafe($0) })
        #expect(!shown.contains("\n") && !shown.contains("\u{1B}"))
    }

    @Test func `a bar shows any figures`() {
        let numbers = [Int.min, -5, -1, 0, 1, 5, 10, Int.max]
        for live in numbers {
            for seats in numbers {
                let bar = TextBar.text(live, seats)
                #expect(bar.count == 12)
            }
        }
        #expect(TextBar.text(1, 1_000) == "[#.........]")
        #expect(TextBar.text(3, 3) == "[##########]" && TextBar.text(5, 10) == "[#####.....]")
        #expect(TextBar.text(24, 25) == "[#########.]", "only what is full is shown as full")
        #expect(TextBar.text(0, 0) == "[..........]" && TextBar.text(1, 0) == "[##########]")
    }
}
