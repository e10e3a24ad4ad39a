internal import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

struct ExportSeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seats", abstract: "Export one row per seat: who holds it, since when, and under which IDs.",
        discussion: """
            Examples:
              polar-seats export seats --expired -o expired.csv
              polar-seats export seats --customer acme --older-than 30d
            """)

    @OptionGroup(title: "Subscriptions and orders") var containers: ContainerFilterArguments
    @OptionGroup(title: "Seats") var seats: SeatFilterArguments
    @OptionGroup var export: ExportArguments

    func run() async throws {
        try await export.perform {
            _ = try SeatExportWriter(format: .csv, options: $0, metadataKeys: wantedKeys, into: MemorySink())
        } _: { run in
            let targets = try await run.find(containers.scope)
            let origin = run.origin(containers.conditions + seats.conditions, targets)
            let selection = seats.selection(now: run.session.now())
            let spool = try ExportSpool()
            defer { spool.discard() }
            var keys = Set(wantedKeys)
            var people = AuditPeople(client: run.session.client)
            let count = try await run.forEach(targets) { container in
                var container = container
                try await people.fillExternalIDs(&container)
                keys.formUnion(SeatMetadata.keys(of: container.seats.filter { selection.covers($0) }))
                try spool.append(container)
            }
            for warning in people.warnings { run.console.warn(warning.sentence) }
            var writer = try SeatExportWriter(
                format: run.format, options: run.options, metadataKeys: keys.sorted(), origin: origin,
                into: run.sink)
            var written = 0
            try spool.readBack { container in
                let seats = container.seats.filter { selection.covers($0) }
                written += seats.count
                try writer.write(container, seats: seats)
            }
            run.warnIfEmpty(written, of: count)
            try run.publish(
                writer.finish(),
                "\(plural(written, "seat")) of \(plural(count, "subscription or order", "subscriptions and orders"))",
                replaced: writer.replacedCharacters)
        }
    }

    /// Metadata is asked for by its keys, which only the server knows: any key may be one.
    private var wantedKeys: [String] {
        (export.document.csv.options.columns ?? []).filter { $0.hasPrefix("metadata.") }
            .map { String($0.dropFirst("metadata.".count)) }
    }
}
