internal import Foundation
internal import RosterFormats
internal import SeatPlanning
internal import SeatRuns

/// What the exports of containers share: finding them, listing them, saying what had to be left out.
struct ExportRun: Sendable {
    let session: Session
    let console: Console
    let progress: ExportProgress

    init(session: Session, console: Console) {
        self.session = session
        self.console = console
        progress = ExportProgress(console: console, governor: session.governor)
    }

    /// Hands over each container with its seats, in order.
    ///
    /// - Returns: how many there were.
    func forEach(_ scope: AuditScope, _ body: (ContainerSnapshot) async throws -> Void) async throws -> Int {
        defer { progress.end() }
        let taker = AuditTaker(client: session.client, now: session.now) { progress.update($0) }
        let targets = try await taker.find(scope)
        let gone = try await taker.forEach(targets.containers, body)
        progress.end()
        for warning in targets.warnings { console.warn(warning) }
        for id in gone { console.warn("\(id) ended while the export was made, and is left out") }
        let count = targets.containers.count - gone.count
        if count == 0 { console.warn("nothing meets the conditions: the export is empty") }
        return count
    }

    /// Said at the end where the data went to a file.
    func tell(_ sink: ReportSink, _ what: String, replaced: Int = 0) {
        if replaced > 0 {
            console.warn(
                "\(plural(replaced, "character")) that XML cannot hold stand as U+FFFD; CSV and JSON keep them")
        }
        if let path = sink.path { console.note("\(what) written to \(path)") }
    }
}
