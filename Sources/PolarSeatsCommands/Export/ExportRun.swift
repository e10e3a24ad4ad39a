internal import Foundation
internal import PolarAPI
internal import RosterFormats
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

/// What all exports share: their document, finding and listing containers, saying what had to be left out.
struct ExportRun {
    let session: Session
    let console: Console
    let progress: ExportProgress
    let format: ReportFormat
    let options: ReportOptions
    let sink: ReportSink
    /// No format was asked for, and a person reads.
    let isForTerminal: Bool
    /// As plans name it; nil where the token may not read it.
    let organization: String?

    init(
        _ session: Session, _ console: Console, _ document: OutputArguments, _ format: ReportFormat,
        isForTerminal: Bool = false
    ) async throws {
        self.isForTerminal = isForTerminal
        self.session = session
        self.console = console
        self.format = format
        options = document.csv.options
        sink = try ReportSink(document.output)
        progress = ExportProgress(console: console, governor: session.governor)
        do {
            organization = try await session.client.organizations().first { _ in true }?.slug
        } catch let error as PolarError where error.status == 403 {
            organization = nil
        }
    }

    /// What the pages for people say of where they come from.
    func origin(_ conditions: [String], _ targets: AuditTargets? = nil) -> ExportOrigin {
        var origin = ExportOrigin(
            server: session.choice.name, time: Timestamp(session.now()).rawValue, conditions: conditions)
        origin.organization = organization
        origin.omissions = targets?.omissions ?? []
        origin.omitsOrders = targets?.omitsOrders ?? false
        origin.toolVersion = ToolVersion.current
        var facts = PlanFacts()
        facts.setWriter()
        origin.preparedBy = facts.preparedBy
        origin.command = facts.command
        return origin
    }

    /// Finds what the export covers.
    func find(_ scope: AuditScope) async throws -> AuditTargets {
        try await AuditTaker(client: session.client, now: session.now) { [progress] in progress.update($0) }.find(scope)
    }

    /// Hands over each container with its seats, in order.
    ///
    /// - Returns: how many there were.
    func forEach(_ targets: AuditTargets, _ body: (ContainerSnapshot) async throws -> Void) async throws -> Int {
        let taker = AuditTaker(client: session.client, now: session.now) { [progress] in progress.update($0) }
        let gone = try await taker.forEach(targets.containers, body)
        progress.end()
        for warning in targets.warnings { console.warn(warning.sentence) }
        for id in gone { console.warn("\(id) ended while the export was made and is left out") }
        if let scope = origin([], targets).notCovered { console.note("not covered: \(scope); --all covers them") }
        let count = targets.containers.count - gone.count
        if count == 0 { console.warn("no subscription or order matches the filters: the export is empty") }
        return count
    }

    /// The same for those seats that were asked for.
    ///
    /// - Parameter written: how many seats there were.
    func warnIfEmpty(_ written: Int, of containers: Int) {
        if written == 0, containers > 0 { console.warn("no seat matches the filters: the export is empty") }
    }

    /// Publishes the document, and says so where it went to a file.
    ///
    /// - Parameter replaced: characters of it that XML cannot hold.
    func publish(_ document: ReportSink, _ what: String, replaced: Int) throws {
        progress.end()
        try document.publish()
        console.printDestination(document, what, replaced: replaced)
    }

    /// Leaves nothing on the screen, and nothing where the document would have gone, unless it was published.
    func end() {
        progress.end()
        sink.discard()
    }
}

extension Console {
    /// What is said of a document that was written.
    func printDestination(_ document: ReportSink, _ what: String, replaced: Int) {
        if replaced > 0 {
            warn(
                "\(plural(replaced, "character")) that XML cannot hold \(replaced == 1 ? "stands" : "stand") as U+FFFD; "
                    + "CSV and JSON keep \(replaced == 1 ? "it" : "them")")
        }
        if let path = document.path { note("\(what) written to \(path)") }
    }
}
