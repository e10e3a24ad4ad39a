public import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// A run in the run store: what its plan file says of it.
public struct StoredRun: Sendable, Equatable {
    /// How far a run is.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// The plan was saved, and the process ended before it changed anything.
        case notStarted = "not_started"
        /// Another process is working on it now.
        case running
        /// Begun, and not at its end: it can be resumed.
        case unfinished
        /// Every change is over, whatever became of it.
        case finished
        /// Unfinished, and a later run of the same rosters came to its end in the same subscriptions and orders.
        case superseded
        /// The file cannot be read as a plan.
        case unreadable
    }

    /// What the plan's header says.
    public struct Facts: Sendable, Equatable {
        /// As the plan names it.
        public var server: String
        /// nil where the server does not name it.
        public var organization: String?
        /// As they were named on the command line.
        public var rosters: [String]
        /// Rows by their outcome.
        public var outcomes: [String: Int]
        /// Rows that were to be changed and were not, and blocked or skipped ones.
        public var missedRows: Int
        /// The rosters' files; nil where one was standard input, which is never the same again.
        var rosterPaths: [String]?
        /// The plan's mode.
        var mode = PlanMode.add
        /// The subscriptions and orders that the plan names.
        var containers: Set<ContainerID> = []
        /// Someone is to be given back a seat by the next run of the plan.
        var owesSeats = false
    }

    /// The first eight digits of the plan's id.
    public var id: String
    /// The plan file.
    public var path: String
    /// When the plan was stored, to the second.
    public var storedAt: Date
    /// As the plan file shows it now.
    public var state: State
    /// nil for what cannot be read.
    public var facts: Facts?

    /// Whether a later run did this one's work: it planned the same rosters again, against the live
    /// seats that this run left, and came to its end.
    func isSuperseded(by later: StoredRun) -> Bool {
        guard state == .unfinished || state == .notStarted, later.state == .finished, let facts,
            let other = later.facts, let paths = facts.rosterPaths
        else { return false }
        return later.storedAt > storedAt && !facts.owesSeats && other.server == facts.server
            && other.organization == facts.organization && other.mode == facts.mode && other.rosterPaths == paths
            && other.containers.isSuperset(of: facts.containers)
    }

    /// Whether a run of the plan would do something.
    public var isResumable: Bool { [.notStarted, .running, .unfinished].contains(state) }

    /// Reads a stored plan.
    init(_ name: RunFileName, _ path: String) {
        id = name.id
        self.path = path
        storedAt = name.time
        state = .unreadable
        do {
            let file = try PlanFile.open(path, .reading)
            defer { try? file.close() }
            let header = try file.header()
            let summary = try file.summary()
            let rosters = try file.rosters()
            let paths = rosters.compactMap(\.path)
            facts = Facts(
                server: header.server, organization: header.organization, rosters: rosters.map(\.name),
                outcomes: summary.outcomes, missedRows: try file.missedRows(),
                rosterPaths: paths.count == rosters.count ? paths : nil, mode: header.options.mode,
                containers: Set(summary.containers.map(\.id)),
                owesSeats: summary.findings.contains { $0.state == .open })
            state = summary.startedAt == nil ? .notStarted : summary.isComplete ? .finished : .unfinished
            try PlanFile.requireIdle(path)
        } catch let error as PlanFileError where error.code == .locked {
            state = .running
        } catch {
            state = .unreadable
        }
    }
}

/// `<UTC time>-<roster>-<id>.seatplan`.
struct RunFileName: Equatable {
    static let ending = ".seatplan"
    private static let idLength = 8

    var time: Date
    var roster: String
    var id: String

    init(time: Date, roster: String, planID: String) {
        self.time = time
        self.roster = Self.fileNamePart(roster)
        id = String(planID.lowercased().filter(\.isHexDigit).prefix(Self.idLength))
    }

    /// Parses a file's name; nil for what the store did not name.
    init?(_ name: String) {
        guard name.hasSuffix(Self.ending), let first = name.firstIndex(of: "-"),
            let last = name.lastIndex(of: "-"), first < last, let time = CompactTime.time(of: name[..<first])
        else { return nil }
        self.time = time
        roster = String(name[name.index(after: first)..<last])
        id = String(name[name.index(after: last)...].dropLast(Self.ending.count))
        guard id.count == Self.idLength, id.allSatisfy(\.isHexDigit) else { return nil }
    }

    var text: String { "\(CompactTime.text(time))-\(roster)-\(id)\(Self.ending)" }

    /// The roster's name without folder and extension, in characters that no shell and no file system minds.
    private static func fileNamePart(_ roster: String) -> String {
        if roster == "-" { return "stdin" }
        let name = roster.split(separator: "/").last.map(String.init) ?? "roster"
        let stem = name.lastIndex(of: ".").map { $0 == name.startIndex ? name : String(name[..<$0]) } ?? name
        let safe = stem.unicodeScalars.prefix(40).map { scalar -> Character in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                || "_.".unicodeScalars.contains(scalar) || scalar == "-" ? Character(scalar) : "_"
        }
        return safe.isEmpty ? "roster" : String(safe)
    }

}

/// `20261121T123456Z`, which sorts as time does.
private enum CompactTime {
    static func text(_ time: Date) -> String {
        Timestamp(time).rawValue.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    static func time(of text: some StringProtocol) -> Date? {
        let digits = Array(text)
        guard digits.count == 16, digits[8] == "T", digits[15] == "Z" else { return nil }
        let parts = [0..<4, 4..<6, 6..<8, 9..<11, 11..<13, 13..<15].map { String(digits[$0]) }
        return Timestamp(
            rawValue: parts[..<3].joined(separator: "-") + "T" + parts[3...].joined(separator: ":") + "Z"
        ).date
    }
}
