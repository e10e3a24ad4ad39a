internal import Foundation

/// A request's query; reading it collects everything that is wrong.
struct Query: Sendable {
    private let items: [(name: String, value: String)]
    private(set) var issues: [ValidationIssue] = []

    init(_ text: Substring) {
        items = text.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    private static func decode(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }

    func text(_ name: String) -> String? { items.last { $0.name == name }?.value }
    func texts(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    mutating func id(_ name: String) -> EntityID? {
        guard let text = text(name) else { return nil }
        return id(text, name)
    }

    mutating func ids(_ name: String) -> [EntityID] {
        texts(name).compactMap { id($0, name) }
    }

    private mutating func id(_ text: String, _ name: String) -> EntityID? {
        switch ValidationIssue.id(text, at: [.string("query"), .string(name)], version4: true) {
        case .success(let id): return id
        case .failure(let issue):
            issues.append(issue)
            return nil
        }
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let text = text(name) else { return nil }
        if ["true", "t", "yes", "y", "on", "1"].contains(text.lowercased()) { return true }
        if ["false", "f", "no", "n", "off", "0"].contains(text.lowercased()) { return false }
        issues.append(
            ValidationIssue(
                "bool_parsing", [.string("query"), .string(name)],
                "Input should be a valid boolean, unable to interpret input", input: .string(text)))
        return nil
    }

    mutating func time(_ name: String) -> Timestamp? {
        guard let text = text(name) else { return nil }
        if let time = Timestamp(text) ?? Timestamp(text.replacing("+00:00", with: "Z")) { return time }
        issues.append(
            ValidationIssue(
                "datetime_from_date_parsing", [.string("query"), .string(name)],
                "Input should be a valid datetime or date", input: .string(text)))
        return nil
    }

    private mutating func positive(_ name: String, default standard: Int) -> Int {
        guard let text = text(name) else { return standard }
        let location: [JSONValue] = [.string("query"), .string(name)]
        guard let number = Int(text) else {
            issues.append(
                ValidationIssue(
                    "int_parsing", location, "Input should be a valid integer, unable to parse string as an integer",
                    input: .string(text)))
            return standard
        }
        if number > 0 { return number }
        issues.append(
            ValidationIssue(
                "greater_than", location, "Input should be greater than 0", input: .string(text),
                context: .members(["gt": .number("0")])))
        return standard
    }

    /// The requested page; a limit over 100 becomes 100 silently.
    mutating func page() -> (page: Int, limit: Int) {
        (positive("page", default: 1), min(100, positive("limit", default: 10)))
    }
}
