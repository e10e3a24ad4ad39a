internal import ArgumentParser

/// The ranges of numeric options; an error states its own.
enum NumericRange {
    /// Seats, rows and emails: as many as the API can count.
    static let counts = 0...Int(Int32.max)

    /// - Parameter unit: what is counted, such as seconds.
    static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>, of unit: String? = nil) throws {
        guard !range.contains(value) else { return }
        let noun = unit.map { "a number of \($0)" } ?? "a number"
        throw ValidationError(
            "\(option) takes \(noun) from \(range.lowerBound) to \(range.upperBound); got \(value)")
    }
}
