internal import ArgumentParser

/// An age of runs, such as 90d, 12h or 2w; `forever` has no end.
struct RunAge: ExpressibleByArgument, Equatable, Sendable {
    static let standard = RunAge(text: "90d", seconds: 90 * 86_400)
    private static let longest = 36_500

    let text: String
    /// nil: without end.
    let seconds: Double?

    private init(text: String, seconds: Double?) {
        self.text = text
        self.seconds = seconds
    }

    init?(argument: String) {
        if argument == "forever" {
            self.init(text: argument, seconds: nil)
            return
        }
        let units: [Character: Double] = ["h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = argument.last.flatMap({ units[$0] }), argument.dropLast().allSatisfy({ "0"..."9" ~= $0 }),
            let count = Int(argument.dropLast()), (0...Self.longest).contains(count)
        else { return nil }
        self.init(text: argument, seconds: Double(count) * unit)
    }

    var defaultValueDescription: String { text }

    static let expectation = "N with h, d or w, N from 0 to 36500, such as 90d, or forever"
}
