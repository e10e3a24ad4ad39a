// A roster and the live seats that it is planned against, from two files: what planning begins with.
import RosterFormats
import Rosters
import SeatPlanning

/// The seats of a file of addresses and external ids.
private struct Seats: RecordSink {
    var seats: [SeatRecord] = []

    mutating func began(_ dialect: Dialect) {}
    mutating func columnAdded(_ name: String, at index: Int) {}
    mutating func record(_ record: RecordView) {
        seats.append(
            SeatRecord(
                id: "seat-\(seats.count)", state: .claimed, email: String(decoding: record.bytes(0), as: UTF8.self),
                externalID: String(decoding: record.bytes(1), as: UTF8.self)))
    }
    mutating func defect(_ defect: FormatDefect) {}
}

/// One container with room for everyone.
func rosterAndWorld() throws -> (entries: RosterTable, world: LiveSnapshot) {
    var builder = RosterBuilder()
    builder.beginSource(named: argument(1))
    try read(argument(1), into: &builder)
    let entries = try builder.finish().entries
    var seats = Seats()
    try read(argument(2), into: &seats)
    let room = entries.count + seats.seats.count
    let container = ContainerSnapshot(
        id: .subscription("11111111-1111-4111-8111-111111111111"), status: "active", billingCustomerID: "c",
        totalSeats: room, availableSeats: entries.count, seats: seats.seats)
    let world = LiveSnapshot(
        takenAt: "2026-01-05T09:00:00Z", model: .member, containers: [container], standard: .container(0))
    return (entries, world)
}
