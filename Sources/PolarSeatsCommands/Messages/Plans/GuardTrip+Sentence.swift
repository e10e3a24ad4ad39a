internal import Rosters
internal import SeatPlanning
internal import SeatReports

extension GuardTrip {
    /// What tripped the guard, as people read it: lower case, no full stop.
    var sentence: String {
        if let message { return message }
        let place = container.map { "\($0)" } ?? "one subscription or order"
        switch guardName {
        case .maxRevoke:
            return
                "\(figure) of \(live ?? figure) live seats of \(place) would be revoked, more than the \(limit) allowed"
                + (rule.flatMap(\.share).map { " (\($0))" } ?? "")
        case .maxMails:
            return "\(plural(figure, "invitation email")) would be sent, more than the \(limit) allowed"
        case .maxGrow: return "\(plural(figure, "seat")) would be bought, more than the \(limit) allowed"
        case .minRows: return "the rosters have \(plural(figure, "row")), fewer than the \(limit) expected"
        case .protect:
            let people = people ?? []
            let shown = people.map { $0.name + ($0.line.map { " (line \($0))" } ?? "") }.joined(separator: ", ")
            let rest = figure > people.count ? " and \(figure - people.count) more" : ""
            return "protected people would be revoked: \(shown)\(rest)"
        case .inactive:
            return "\(place) is \(status ?? "inactive"); the server would assign its seats all the same"
        }
    }

    /// The option that lets the plan pass; nil: none does.
    var option: String? {
        switch guardName {
        case .maxRevoke, .maxMails, .maxGrow, .minRows: "--\(guardName.rawValue) \(figure)"
        case .inactive: "--allow-inactive"
        case .protect: nil
        }
    }

    /// What to do where no option helps.
    private var advice: String {
        switch protectedIn {
        case .roster?: "take them out of the roster, or out of the file given with --protect"
        case .undo?: "the run gave these people their seats: revoke the seats one by one"
        case .plan?, nil: "leave them out of what is revoked, and plan again"
        }
    }

    /// What to do: the command with the option, or advice.
    func hint(_ command: RepeatedCommand) -> String { option.map { command.with($0) } ?? advice }

    /// The guard as reports show it.
    var notice: GuardNotice {
        GuardNotice(
            guardName: guardName.rawValue, figure: figure, limit: limit, message: sentence,
            remedy: option ?? advice, isOption: option != nil)
    }
}
