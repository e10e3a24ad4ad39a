internal import EmbeddedServer
internal import Foundation
internal import PolarAPI
internal import RosterFormats
internal import Rosters
internal import SeatReports
internal import SeatRuns

/// The exit codes of the manual.
enum ExitStatus: Int32 {
    case done = 0
    case internalError = 1
    case changes = 2
    case incomplete = 3
    case guarded = 4
    case differs = 5
    case usage = 64
    case badData = 65
    case missingFile = 66
    case unreachable = 69
    case cannotWrite = 73
    case stopped = 75
    case notPermitted = 77
    case badConfiguration = 78
    case interrupted = 130
}

/// Why a command ended early: the exit status, what happened, and what to do about it.
struct Failure: Error {
    var status: ExitStatus
    /// Lower case, no full stop; empty when everything was said already.
    var message: String
    var hints: [String]
    /// The message has lines of its own, in each of which what came from outside is printable; else a line break in it came
    /// from outside.
    var hasLines = false

    init(_ status: ExitStatus, _ message: String = "", hints: [String] = []) {
        self.status = status
        self.message = message
        self.hints = hints
    }

    /// A message of several lines.
    init(_ status: ExitStatus, lines: [String], hints: [String] = []) {
        self.init(status, lines.map { printable($0) }.joined(separator: "\n"), hints: hints)
        hasLines = true
    }
}

extension Failure {
    /// Any error of the libraries as what the user is told.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as PolarError: self.init(error)
        case let error as PolarTransportError: self.init(error)
        case let error as EmbeddedServerError: self.init(error)
        case let error as PlanFileError: self.init(error)
        case let error as RunStoreError: self.init(error)
        case let error as RosterFile.Failure:
            self.init(
                error.isMissing ? .missingFile : .badData, error.description,
                hints: error.isMissing ? ["check the path; `-` reads standard input"] : [])
        case let error as RosterError:
            let place = error.source.map { "\($0): " } ?? ""
            self.init(error.code == .map ? .usage : .badData, place + error.message, hints: [error.remedy])
        case let error as ReportError:
            self.init(error.code == .notAnExport ? .badData : .usage, error.message, hints: [error.remedy])
        // No one reads on: what `| head` wants.
        case is ClosedPipe: self.init(.done)
        case let error as MissingContainer: self.init(.badData, error.why.sentence)
        case is CancellationError: self.init(.interrupted, "interrupted")
        default: self.init(.internalError, "internal error: \(error)")
        }
    }

    /// A roster that cannot be read at all.
    init(_ error: RosterFormatError, in name: String) {
        let place = error.position.map { ", line \($0.line)" + ($0.column > 0 ? ", column \($0.column)" : "") } ?? ""
        self.init(
            .badData, "\(name == "-" ? "standard input" : name)\(place): \(error.message)",
            hints: error.remedy.map { [$0] } ?? [])
    }
}
