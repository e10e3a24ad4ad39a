internal import Rosters
internal import SeatPlanning

extension RunSummary {
    /// `run`, `totals` and `containers` as JSON has them.
    var jsonMembers: [JSONValue.Member] {
        [
            .init(
                name: "run",
                value: .object([
                    "tool_version": .string(toolVersion), "server": .string(server),
                    "organization": .text(organization), "mode": .string(mode), "planned_at": .string(plannedAt),
                    "started_at": .text(startedAt), "finished_at": .text(finishedAt), "complete": .flag(isComplete),
                    "minutes": .array(
                        minutes.map {
                            .object([
                                "at": .string($0.at), "requests": .number($0.requests),
                                "paused": .decimal(RunSummary.seconds($0.paused)),
                            ])
                        }),
                ])),
            .init(
                name: "totals",
                value: .object([
                    "roster_rows": .number(rosterRows), "added_rows": .number(addedRows),
                    "requests": .number(requests), "mispredicted": .number(mispredicted),
                    "actions": .object(orderedActions.map { .init(name: $0.name, value: .number($0.count)) }),
                    "outcomes": .object(orderedOutcomes.map { .init(name: $0.name, value: .number($0.count)) }),
                ])),
            .init(name: "containers", value: .array(containers.map(\.json))),
            .init(name: "findings", value: .array(findings.map(\.json))),
        ]
    }

    /// The same as XML has them.
    var xmlNodes: [XMLNode] {
        [
            XMLNode(
                "run",
                [
                    "tool-version": toolVersion, "server": server, "organization": organization, "mode": mode,
                    "planned-at": plannedAt, "started-at": startedAt, "finished-at": finishedAt,
                    "complete": isComplete ? "true" : "false",
                ],
                minutes.map {
                    XMLNode(
                        "minute",
                        ["at": $0.at, "requests": String($0.requests), "paused": RunSummary.seconds($0.paused)])
                }),
            XMLNode(
                "totals",
                [
                    "roster-rows": String(rosterRows), "added-rows": String(addedRows),
                    "requests": String(requests), "mispredicted": String(mispredicted),
                ],
                orderedActions.map { XMLNode("action", ["name": $0.name, "count": String($0.count)]) }
                    + orderedOutcomes.map { XMLNode("outcome", ["name": $0.name, "count": String($0.count)]) }),
            XMLNode("containers", [:], containers.map(\.xml)),
            XMLNode("findings", [:], findings.map(\.xml)),
        ]
    }

    /// In the order in which the actions are declared, then whatever else there is by name.
    var orderedActions: [(name: String, count: Int)] {
        RunSummary.ordered(actions, by: Action.allCases.map(\.rawValue))
    }

    var orderedOutcomes: [(name: String, count: Int)] {
        RunSummary.ordered(outcomes, by: Outcome.allCases.map(\.rawValue))
    }

    private static func ordered(_ counts: [String: Int], by names: [String]) -> [(name: String, count: Int)] {
        let others = counts.keys.filter { !names.contains($0) }.sorted()
        return (names + others).compactMap { name in counts[name].map { (name: name, count: $0) } }
    }

    /// Seconds with at most one decimal; what is no number is nothing.
    static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds > 0, seconds < 1e9 else { return "0" }
        let tenths = Int(saturating: (seconds * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }
}

extension RunSummary.Container {
    var json: JSONValue {
        .object([
            "container_type": .string(id.kind.rawValue), "container_id": .string(id.id), "team": .text(team),
            "product": .text(product), "seats": .number(seats), "seats_before": .number(seatsBefore),
            "seats_planned": .number(seatsPlanned), "live_before": .number(liveBefore),
            "live_planned": .number(livePlanned), "live_after": .number(liveAfter), "seen_at": .text(seenAt),
        ])
    }

    var xml: XMLNode {
        XMLNode(
            "container",
            [
                "container-type": id.kind.rawValue, "container-id": id.id, "team": team, "product": product,
                "seats": String(seats), "seats-before": String(seatsBefore), "seats-planned": String(seatsPlanned),
                "live-before": String(liveBefore), "live-planned": String(livePlanned),
                "live-after": String(liveAfter), "seen-at": seenAt,
            ])
    }

    /// What people call it: the team, else the product, else the id.
    var label: String { team ?? product ?? id.id }
}

extension RunFinding {
    var json: JSONValue {
        .object([
            "kind": .string(kind.rawValue), "state": .string(state.rawValue),
            "container_type": .string(container.kind.rawValue), "container_id": .string(container.id),
            "email": .text(email), "external_id": .text(externalID), "seat_id": .text(seatID), "detail": .text(detail),
            "at": .string(at),
        ])
    }

    var xml: XMLNode {
        XMLNode(
            "finding",
            [
                "kind": kind.rawValue, "state": state.rawValue, "container-type": container.kind.rawValue,
                "container-id": container.id, "email": email, "external-id": externalID, "seat-id": seatID,
                "detail": detail, "at": at,
            ])
    }

    /// What happened, in a few words.
    var words: String {
        switch (kind, state) {
        case (.wrongHolder, .givenBack): "revoked by mistake, given back"
        case (.wrongHolder, _): "revoked by mistake, not given back"
        case (.lost, .givenBack): "lost the seat after the run, given again"
        case (.lost, _): "holds no seat any more"
        case (.holdsAgain, _): "holds a seat against the plan"
        }
    }
}
