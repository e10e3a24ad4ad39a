import RosterFormats
import Rosters
import SeatAudits
import SeatPlanning
import SeatReports
import Testing

@Suite struct ExportTests {
    @Test(arguments: [ReportFormat.csv, .json, .jsonl, .xml])
    func aSeatAuditReadsBackForComparing(format: ReportFormat) throws {
        let seats = ReportSamples.containers.flatMap { container in
            container.seats.map { record in
                var seat = ExportedSeat(container.id, record)
                (seat.team, seat.product) = (container.billingCustomerExternalID, container.product)
                return seat
            }
        }
        #expect(try read(ReportSamples.seats(format)) == seats)
    }

    @Test(arguments: [ReportFormat.csv, .json, .jsonl, .xml], 1...7)
    func theCutOfTheBytesDoesNotMatter(format: ReportFormat, size: Int) throws {
        let text = try ReportSamples.seats(format)
        #expect(try read(text, chunk: size) == read(text))
    }

    @Test(arguments: [ReportFormat.csv, .json, .jsonl, .xml])
    func anAuditWithoutSeatsIsAnAudit(format: ReportFormat) throws {
        var writer = try SeatExportWriter(format: format, into: MemorySink())
        #expect(try read(writer.finish().text).isEmpty)
    }

    @Test(arguments: [
        "email,name\nada@acme-co.dev,Ada\n", "{}", "{\"format\":1,\"kind\":\"report\",\"rows\":[]}", "",
        "<roster><member email=\"ada@acme-co.dev\"/></roster>", "<!DOCTYPE html><html></html>", "# seat audit\n",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(throws: (any Error).self) { try read(text) }
    }

    /// People missing from half a file would look as if they had left.
    @Test(arguments: [ReportFormat.json, .jsonl, .xml])
    func anExportThatWasCutShortIsRefused(format: ReportFormat) throws {
        let text = try ReportSamples.seats(format)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let short = lines.dropLast(3).joined(separator: "\n")
        #expect(throws: (any Error).self) { try read(short) }
    }

    @Test(arguments: [ReportFormat.csv, .xml])
    func anExportIsARosterOfTheSamePeople(format: ReportFormat) throws {
        let text = try ReportSamples.seats(format)
        var builder = RosterBuilder(RosterOptions())
        builder.beginSource(named: "seats")
        var reader = RosterReader(ReadingOptions())
        try Array(text.utf8).withUnsafeBytes { try reader.feed($0, into: &builder) }
        try reader.finish(into: &builder)
        let roster = try builder.finish()
        let live = ReportSamples.containers.flatMap(\.seats).filter(\.state.isLive)
        let people = (0..<roster.entries.count).map { roster.entries[$0] }.filter { !$0.email.isEmpty }
        #expect(people.map(\.email) == live.map { $0.email ?? "" })
        #expect(people.map(\.externalID) == live.map { $0.externalID ?? "" })
        #expect(people.allSatisfy { $0.container == .container(ReportSamples.acme) && !$0.isInvalid })
        #expect(people[0].details.metadata.first == .init(key: "department", value: "R&D"))
    }

    @Test func moneyAndUseAreCountedPerContainer() {
        let audit = ContainerAudit(ReportSamples.containers[0])
        #expect(audit.utilization == SeatUtilization(bought: 25, claimed: 2, pending: 1, expired: 1, free: 21))
        #expect(audit.utilization.idle == 22)
        #expect(audit.utilization.used == 3)
        #expect(audit.price == 10 * 1_000 + 15 * 800)
        #expect(audit.idlePrice == 22_000 - 3_000)
        #expect(audit.reduction == .init(seats: 3, saving: 19_000))
        // What was bought once cannot be given back.
        #expect(ContainerAudit(ReportSamples.containers[1]).reduction == nil)
    }

    @Test func metadataThatIsNoTextKeepsItsTypeInJSON() throws {
        #expect(SeatMetadata.keys(of: ReportSamples.containers) == ["department", "level", "tags"])
        #expect(
            try ReportSamples.seats(.json).contains(
                "\"metadata\":{\"department\":\"R&D\",\"level\":3,\"tags\":[\"a\",\"b\"]}"))
        #expect(try ReportSamples.seats(.csv).contains(",R&D,3,\"[\"\"a\"\",\"\"b\"\"]\"\n"))
    }

    private func read(_ text: String, chunk: Int = 1 << 16) throws -> [ExportedSeat] {
        var reader = ExportReader(name: "seats")
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBytes { all in
            for start in stride(from: 0, to: all.count, by: chunk) {
                try reader.feed(UnsafeRawBufferPointer(rebasing: all[start..<min(start + chunk, all.count)]))
            }
        }
        return try reader.finish()
    }
}
