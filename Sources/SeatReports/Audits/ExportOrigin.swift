/// Where an export comes from: what its pages for people say, so that they can be filed.
public struct ExportOrigin: Sendable, Equatable {
    /// As the user chose it: `production`, a URL, …
    public var server: String
    /// When the server was asked: ISO 8601, UTC.
    public var time: String
    /// What was asked for, in the words of the options: `--status pending`.
    public var conditions: [String]

    /// Creates an origin from its parts.
    public init(server: String, time: String, conditions: [String]) {
        self.server = server
        self.time = time
        self.conditions = conditions
    }

    var facts: [Overview.Fact] {
        [
            .init("server", server), .init("as of", NumberFormat.minute(time)),
            .init("conditions", conditions.isEmpty ? "none" : conditions.joined(separator: " ")),
        ]
    }
}
