import RosterFormats
import SeatReports
import Testing

@Suite struct GoldenTests {
    @Test(arguments: ReportFormat.allCases)
    func aResultReportIsTheSameByteForByte(format: ReportFormat) throws {
        try Golden.expect(ReportSamples.report(format), equals: "report.\(format.rawValue)")
    }

    @Test(arguments: ReportFormat.allCases)
    func aSeatAuditIsTheSameByteForByte(format: ReportFormat) throws {
        try Golden.expect(ReportSamples.seats(format), equals: "seats.\(format.rawValue)")
    }
}
