import Foundation
import Testing

@testable import SeatReports

/// Who reads a page in the sun, on paper or with weak eyes sees what it says: WCAG 2.2, 1.4.3 for text and 1.4.11 for what
/// charts draw.
@Suite struct HTMLStyleTests {
    /// The colors of each scheme, as the style sheet names them.
    private static let schemes: [(name: String, colours: [String: String])] = {
        let roots = HTMLAsset.style.text.matches(of: /:root\{([^}]*)\}/).map { String($0.output.1) }
        let named = roots.map { root in
            Dictionary(
                root.matches(of: /--([a-z-]+):#([0-9a-f]+)/).map { (String($0.output.1), String($0.output.2)) },
                uniquingKeysWith: { $1 })
        }
        guard named.count == 3 else { return [] }
        return [
            ("light", named[0]), ("dark", named[0].merging(named[1]) { $1 }),
            ("print", named[0].merging(named[2]) { $1 }),
        ]
    }()

    @Test func thereIsALightADarkAndAPrintedScheme() {
        #expect(Self.schemes.map(\.name) == ["light", "dark", "print"])
        #expect(Set(Self.schemes.map { $0.colours["page"] ?? "" }).count == 2)
        // Paper is white whatever the screen was.
        #expect(HTMLAsset.style.text.contains("@media screen and (prefers-color-scheme:dark)"))
        #expect(!HTMLAsset.style.text.contains("@media (prefers-color-scheme:dark)"))
    }

    @Test(
        arguments: [
            ("ink", "page"), ("ink", "panel"), ("soft", "page"), ("soft", "panel"), ("focus", "page"),
            ("alarm", "page"), ("alarm", "alarm-panel"), ("good", "page"), ("warn", "page"), ("good", "good-panel"),
            ("warn", "warn-panel"), ("ink", "good-panel"), ("ink", "warn-panel"), ("ink", "alarm-panel"),
            ("ink", "main-panel"),
        ])
    func textStandsOutFromWhatIsBehindIt(text: String, behind: String) throws {
        for (name, colours) in Self.schemes {
            let ratio = Self.contrast(try #require(colours[text]), try #require(colours[behind]))
            #expect(ratio >= 4.5, "\(text) on \(behind), \(name): \(ratio)")
        }
    }

    /// What is drawn, and what it lies on or beside: the track of a bar, the outline of what is free, the parts of a bar
    /// in their order, the mark of the seats bought with its rim, the frame of what has the focus.
    @Test(
        arguments: [
            ("yes", "panel"), ("main", "panel"), ("no", "panel"), ("edge", "panel"), ("edge", "page"),
            ("yes", "main"), ("main", "no"), ("yes", "page"), ("main", "page"), ("no", "page"), ("ink", "panel"),
            ("ink", "page"), ("pause", "panel"), ("focus", "panel"), ("focus", "page"),
        ])
    func whatIsDrawnStandsOutFromItsNeighbours(shade: String, neighbour: String) throws {
        for (name, colours) in Self.schemes {
            let ratio = Self.contrast(try #require(colours[shade]), try #require(colours[neighbour]))
            #expect(ratio >= 3, "\(shade) beside \(neighbour), \(name): \(ratio)")
        }
    }

    /// The pairs above are those that the rules make; a rule that names another color for a chart has to be judged too.
    @Test func chartsAreDrawnInTheColoursThatAreJudged() {
        let rules = HTMLAsset.style.text.matches(of: /(fill|stroke):var\(--([a-z]+)\)/).map { String($0.output.2) }
        #expect(Set(rules) == ["main", "yes", "no", "page", "edge", "ink", "pause"])
        #expect(!HTMLAsset.style.text.contains(/(fill|stroke):#/))
    }

    /// The luminance and the ratio are WCAG's own definitions.
    private static func contrast(_ one: String, _ other: String) -> Double {
        let (dark, light) = (min(luminance(one), luminance(other)), max(luminance(one), luminance(other)))
        return (light + 0.05) / (dark + 0.05)
    }

    private static func luminance(_ hex: String) -> Double {
        let digits = hex.count == 3 ? hex.map { "\($0)\($0)" }.joined() : hex
        let number = Int(digits, radix: 16) ?? 0
        let parts = [number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF].map { part in
            let value = Double(part) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
