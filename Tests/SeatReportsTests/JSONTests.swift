import Foundation
import RosterFormats
import Rosters
import SeatPlanning
import SeatReports
import Testing

@Suite struct JSONTests {
    @Test(arguments: 0..<20)
    func aReportParsesToTheValuesThatWereWritten(seed: UInt64) throws {
        var random = RandomRows(seed: seed)
        let columns = ["Department", "a \"name\""]
        let rows = (1...60).map { random.row(line: $0, extraColumns: columns) }
        for format in [ReportFormat.json, .jsonl] {
            var writer = try ResultReportWriter(
                format: format, summary: ReportSamples.summary, extraColumns: columns, into: MemorySink())
            for row in rows { try writer.write(row) }
            let bytes = Data(try writer.finish().bytes)
            let parsed = try format == .json ? whole(bytes) : lines(bytes)
            #expect(parsed == rows.map(expected))
        }
    }

    @Test func theSummaryOfJSONLinesComesLastAndOnce() throws {
        let lines = try ReportSamples.report(.jsonl).split(separator: "\n")
        let types = try lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["type"] as? String
        }
        #expect(types == Array(repeating: "row", count: ReportSamples.rows.count) + ["summary"])
    }

    @Test func aReportWithoutRowsIsWhole() throws {
        let writer = try ResultReportWriter(format: .json, summary: ReportSamples.summary, into: MemorySink())
        var copy = writer
        let object = try JSONSerialization.jsonObject(with: Data(try copy.finish().bytes)) as? [String: Any]
        #expect((object?["rows"] as? [Any])?.isEmpty == true)
    }

    @Test func amountsAreWholeNumbersOfTheSmallestUnit() throws {
        let object =
            try JSONSerialization.jsonObject(with: Data(ReportSamples.document("subscriptions", .json).utf8))
            as? [String: Any]
        let row = try #require((object?["rows"] as? [[String: Any]])?.first)
        #expect(row["price"] as? Int == 22_000)
        #expect(row["price_minor"] == nil)
        #expect(row["currency"] as? String == "usd")
    }

    private func whole(_ bytes: Data) throws -> [NSDictionary] {
        let object = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        return try #require(object?["rows"] as? [NSDictionary])
    }

    private func lines(_ bytes: Data) throws -> [NSDictionary] {
        try bytes.split(separator: 0x0A).dropLast().map { line in
            var object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            #expect(object.removeValue(forKey: "type") as? String == "row")
            return object as NSDictionary
        }
    }

    private func expected(_ row: ResultRow) -> NSDictionary {
        func or(_ value: Any?) -> Any { value ?? NSNull() }
        return [
            "source": row.source, "line": row.line, "container_type": or(row.container?.kind.rawValue),
            "container_id": or(row.container?.id), "email": row.email, "external_id": row.externalID,
            "action": row.action.rawValue, "outcome": row.outcome.rawValue, "seat_id": or(row.seatID),
            "seat_status": or(row.seatStatus), "http_status": or(row.httpStatus), "error": or(row.error),
            "message": or(row.message), "attempts": row.attempts, "started_at": or(row.startedAt),
            "finished_at": or(row.finishedAt),
            "extra": Dictionary(uniqueKeysWithValues: row.extra.map { ($0.name, $0.value) }),
        ]
    }
}
