import RosterFormats
import Rosters
import SeatAudits
import SeatPlanning
import SeatReports
import TestSupport

/// Rows by seed, made of what breaks documents: quotes, tags, separators, control and combining characters.
struct RandomRows: RandomNumberGenerator {
    private var random: SplitMix64
    init(seed: UInt64) { random = SplitMix64(state: seed &+ 1) }

    mutating func next() -> UInt64 { random.next() }

    /// A letter follows so that no piece joins the one before it to a character of its own.
    mutating func text() -> String {
        let pieces = [
            "\"", "'", "<", ">", "&", "\\", "/", "<script>alert(1)</script>", "</td></tr>", "\" onload=\"x", "{{{",
            "}}",
            "\u{0}", "\u{1}", "\u{1B}", "\u{7F}", "\n", "\r\n", "\t", "\u{2028}", "\u{2029}", "\u{301}",
            "<\u{301}script>",
            "\"\u{301} onclick=x", "é", "日本", "👩‍💻", "\u{202E}", "=1+1", "|", "`", "](x)", "-->", "]]>", "<!--", "a", "0",
        ]
        return (0..<Int.random(in: 0...6, using: &self)).map { _ in (pieces.randomElement(using: &self) ?? "") + "z" }
            .joined()
    }

    mutating func optionalText() -> String? { Bool.random(using: &self) ? text() : nil }

    mutating func row(line: Int, extraColumns: [String] = []) -> ResultRow {
        ResultRow(
            source: "people.csv", line: line, container: Bool.random(using: &self) ? ReportSamples.acme : nil,
            email: text() + "z", externalID: text() + "z", action: Action.allCases.randomElement(using: &self) ?? .keep,
            outcome: Outcome.allCases.randomElement(using: &self) ?? .kept, seatID: optionalText(),
            seatStatus: optionalText(), httpStatus: Bool.random(using: &self) ? 200 : nil, error: optionalText(),
            message: optionalText(), attempts: Int.random(in: 0...9, using: &self), startedAt: optionalText(),
            finishedAt: optionalText(), extra: extraColumns.map { .init(name: $0, value: text()) })
    }

    /// A document of any kind whose free texts are such texts; its first row holds a character that XML cannot.
    mutating func document(_ kind: String, _ format: ReportFormat) throws -> String {
        let rows = (1...20).map { row(line: $0, extraColumns: ReportSamples.extraColumns) }
        let container = ContainerSnapshot(
            id: ReportSamples.acme, status: text(), product: text() + "\u{1}", billingCustomerEmail: text(),
            billingCustomerExternalID: text(), totalSeats: 3, availableSeats: 1,
            pricing: SeatPricing(
                kind: .volume, currency: "eur", interval: "year",
                tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 250)]),
            seats: (0..<20).map { number in
                SeatRecord(
                    id: "seat \(number)", state: number == 0 ? .claimed : .revoked, email: text(),
                    externalID: text(), role: text(), metadata: #"{"<a & b>":"\u0001 ]]>"}"#)
            })
        let changes = (0..<20).map { number in
            SeatCountChange(
                time: "2026-10-01T00:00:00Z", subscriptionID: ReportSamples.acme.id, oldSeats: number, newSeats: 3,
                proration: text(), source: text(), customerEmail: text() + "\u{1}", customerExternalID: text())
        }
        let identities = (0..<20).map { number in
            IdentityMapping(
                container: ReportSamples.acme, seatID: "seat \(number)", status: SeatState(rawValue: text()),
                email: text() + "\u{1}", externalCustomerID: text(), externalMemberID: text())
        }
        let seats = (0..<20).map { _ in
            ExportedSeat(
                container: ReportSamples.acme, seatID: text(), status: SeatState(rawValue: text()),
                email: text() + "\u{1}", externalID: text())
        }
        return try ReportSamples.document(
            kind, format, rows: rows, containers: [container], changes: changes, identities: identities,
            differences: SeatDifference.between(Array(seats.prefix(10)), Array(seats.suffix(10))),
            names: (text(), text()))
    }
}
