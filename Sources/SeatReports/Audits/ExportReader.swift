internal import Foundation
internal import RosterFormats
internal import Rosters
public import SeatAudits
internal import SeatPlanning

/// Reads a seat audit that was exported as CSV, XML, JSON or JSON lines, for comparing it with another.
///
/// The seats are kept, because a comparison needs one side of them all; JSON is kept whole as well while it is read.
public struct ExportReader: ~Copyable {
    private let name: String
    private var isRoster: Bool?
    private var reader: RosterReader
    private var sink: SeatCollector
    private var text: [UInt8] = []

    /// - Parameter name: the export as the user named it, for messages.
    public init(name: String) {
        self.name = name
        sink = SeatCollector(name: name)
        var options = ReadingOptions()
        options.delimiter = UInt8(ascii: ",")
        reader = RosterReader(options)
    }

    /// Takes the file's next bytes.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) throws {
        if isRoster == nil {
            let start = chunk.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            if let first = start.first { isRoster = first != UInt8(ascii: "{") }
            let opening = String(decoding: start.prefix(14), as: UTF8.self).lowercased()
            if opening.hasPrefix("<!doctype html") || opening.hasPrefix("# ") { throw sink.madeForPeople }
        }
        if isRoster == false {
            text.append(contentsOf: chunk)
        } else {
            try reader.feed(chunk, into: &sink)
            try sink.check()
        }
    }

    /// The seats, in the order of the export.
    public mutating func finish() throws -> [ExportedSeat] {
        if isRoster == false { return try seatsOfJSON() }
        try reader.finish(into: &sink)
        try sink.check()
        guard sink.isExport else { throw sink.notAnExport }
        return sink.seats
    }

    private struct JSONRow: Decodable {
        var type: String?
        var containerType: ContainerID.Kind
        var containerID: String
        var seatID: String?
        var status: SeatState
        var email: String?
        var externalID: String?
        var memberID: String?
        var customerID: String?
        var team: String?
        var product: String?

        enum CodingKeys: String, CodingKey {
            case type
            case containerType = "container_type"
            case containerID = "container_id"
            case seatID = "seat_id"
            case status
            case email
            case externalID = "external_id"
            case memberID = "member_id"
            case customerID = "customer_id"
            case team = "billing_customer_external_id"
            case product
        }

        var seat: ExportedSeat {
            ExportedSeat(
                container: ContainerID(containerType, containerID), seatID: seatID, status: status, email: email,
                externalID: externalID, memberID: memberID, customerID: customerID, team: team, product: product)
        }
    }
    private struct JSONExport: Decodable {
        var kind: String
        var rows: [JSONRow]
    }
    private struct JSONSummary: Decodable {
        var type: String
        var kind: String
    }

    private func seatsOfJSON() throws -> [ExportedSeat] {
        let decoder = JSONDecoder()
        if let whole = try? decoder.decode(JSONExport.self, from: Data(text)), whole.kind == "seats" {
            return whole.rows.map(\.seat)
        }
        var seats: [ExportedSeat] = []
        var isWhole = false
        for line in text.split(separator: 0x0A) where !isWhole {
            let data = Data(line)
            if let row = try? decoder.decode(JSONRow.self, from: data), row.type == "row" {
                seats.append(row.seat)
            } else if let summary = try? decoder.decode(JSONSummary.self, from: data), summary.kind == "seats" {
                isWhole = true
            } else {
                throw sink.notAnExport
            }
        }
        // The summary comes last: without it the file was cut short.
        guard isWhole else { throw sink.notAnExport }
        return seats
    }
}

/// Makes seats of an export's records, by the names of their columns.
struct SeatCollector: RecordSink {
    /// Columns by their names in CSV; XML has `-` for `_`.
    private enum Field: String {
        case containerType = "container_type"
        case containerID = "container_id"
        case subscriptionID = "subscription_id"
        case orderID = "order_id"
        case seatID = "seat_id"
        case status
        case email
        case externalID = "external_id"
        case memberID = "member_id"
        case customerID = "customer_id"
        case team = "billing_customer_external_id"
        case product
    }

    let name: String
    private(set) var seats: [ExportedSeat] = []
    private(set) var isExport = false
    private var fields: [Field?] = []
    private var isCSV = false
    private var problem: ReportError?

    init(name: String) {
        self.name = name
    }

    var notAnExport: ReportError {
        ReportError(
            code: .notAnExport, message: "\(name) is not a seat audit",
            remedy: "give files that export seats wrote as CSV, XML, JSON or JSON lines")
    }

    /// Pages leave rows out where there are many, so they are not read back.
    var madeForPeople: ReportError {
        ReportError(
            code: .notAnExport, message: "\(name) is a page for people (HTML or Markdown), not a seat audit to compare",
            remedy: "export the seats as CSV, XML, JSON or JSON lines")
    }

    /// Throws what a record was wrong with: a comparison of half an export would show people as gone.
    func check() throws {
        if let problem { throw problem }
    }

    mutating func began(_ dialect: Dialect) {
        isCSV = dialect.format == .csv
        // An audit without seats is an audit: XML shows no columns then.
        if !isCSV { isExport = true }
    }

    mutating func columnAdded(_ name: String, at index: Int) {
        while fields.count <= index { fields.append(nil) }
        fields[index] = Field(rawValue: String(name.map { $0 == "-" ? "_" : $0 }))
        if fields.contains(.seatID) && fields.contains(.status) && fields.contains(.containerID) { isExport = true }
    }

    mutating func record(_ record: RecordView) {
        var values: [Field: String] = [:]
        for cell in 0..<record.count {
            let column = record.column(cell)
            guard column < fields.count, let field = fields[column] else { continue }
            let text = record.string(cell)
            guard !text.isEmpty else { continue }
            values[field] = isCSV ? CSVGuard.unguarded(text) : text
        }
        guard let container = SeatCollector.container(values), let status = values[.status] else {
            problem =
                problem
                ?? (isExport
                    ? damaged(line: record.line, "the row names no subscription or order, or has no status")
                    : notAnExport)
            return
        }
        seats.append(
            ExportedSeat(
                container: container, seatID: values[.seatID], status: SeatState(rawValue: status),
                email: values[.email], externalID: values[.externalID], memberID: values[.memberID],
                customerID: values[.customerID], team: values[.team], product: values[.product]))
    }

    mutating func defect(_ defect: FormatDefect) {
        if defect.isError {
            problem =
                problem
                ?? damaged(
                    line: defect.position.line, defect.code.rawValue.split(separator: "_").joined(separator: " "))
        }
    }

    private func damaged(line: Int, _ message: String) -> ReportError {
        ReportError(
            code: .notAnExport, message: "\(name), line \(line): \(message)",
            remedy: "export the seats again, and give the file as it was written")
    }

    private static func container(_ values: [Field: String]) -> ContainerID? {
        if let id = values[.subscriptionID] { return .subscription(id) }
        if let id = values[.orderID] { return .order(id) }
        guard let id = values[.containerID], let kind = values[.containerType].flatMap(ContainerID.Kind.init) else {
            return nil
        }
        return ContainerID(kind, id)
    }
}
