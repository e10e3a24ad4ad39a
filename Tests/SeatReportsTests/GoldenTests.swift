import RosterFormats
import SeatReports
import Testing

@Suite struct GoldenTests {
    @Test(arguments: ReportSamples.kinds, ReportFormat.allCases)
    func aDocumentIsTheSameByteForByte(kind: String, format: ReportFormat) throws {
        try Golden.expect(ReportSamples.document(kind, format), equals: "\(kind).\(format.rawValue)")
    }
}
