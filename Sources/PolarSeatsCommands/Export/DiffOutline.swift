internal import Rosters
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

/// The differences of two exports as people read them: by container, one line each.
struct DiffOutline {
    var old: ComparedExport
    var new: ComparedExport
    var differences: [SeatDifference]

    func text(_ console: Console) -> String {
        var lines = ["old: \(printable(old.text))", "new: \(printable(new.text))"]
        guard !differences.isEmpty else { return Console.document(lines + ["No differences."]) }
        var container: ContainerID?
        for difference in differences {
            guard let seat = difference.after ?? difference.before else { continue }
            if seat.container != container {
                let name = seat.containerName
                let id = name == seat.container.description ? "" : "  (\(seat.container))"
                lines.append(
                    console.paintOutput(printable(name), .bold) + console.paintOutput(printable(id), .dim))
                container = seat.container
            }
            lines.append("  " + line(difference, seat, console))
        }
        let counts = SeatDifference.Kind.allCases.compactMap { kind in
            let count = differences.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue.replacing("_", with: " "))"
        }
        lines.append("\(plural(differences.count, "change")): " + counts.joined(separator: ", "))
        return Console.document(lines)
    }

    private func line(_ difference: SeatDifference, _ seat: ExportedSeat, _ console: Console) -> String {
        let who = name(seat)
        switch difference.kind {
        case .added: return console.paintOutput("+ \(who)", .green) + "  \(printable(seat.status.rawValue))"
        case .removed: return console.paintOutput("- \(who)", .red) + "  was \(printable(seat.status.rawValue))"
        case .moved:
            return console.paintOutput("> \(who)", .yellow)
                + "  from " + printable(difference.before?.containerName ?? "elsewhere")
        case .statusChanged:
            return console.paintOutput("~ \(who)", .yellow)
                + "  " + printable("\(difference.before?.status.rawValue ?? "?") -> \(seat.status.rawValue)")
        case .identityChanged:
            return console.paintOutput("~ \(who)", .yellow) + "  " + identityChange(difference)
        }
    }

    /// `external ID none -> u-7`
    private func identityChange(_ difference: SeatDifference) -> String {
        difference.identityChanges.map { change in
            "\(change.field) \(printable(change.old ?? "none")) -> \(printable(change.new ?? "none"))"
        }.joined(separator: ", ")
    }

    /// The address, and the external id where there is one.
    private func name(_ seat: ExportedSeat) -> String {
        let names = [seat.email, seat.externalID.map { seat.email == nil ? $0 : "(\($0))" }].compactMap(\.self)
        if !names.isEmpty { return printable(names.joined(separator: " ")) }
        return printable(seat.memberID.map { "member \($0)" } ?? seat.seatID.map { "seat \($0)" } ?? "someone")
    }
}
