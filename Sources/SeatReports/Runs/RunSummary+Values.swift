internal import Rosters
internal import SeatPlanning

extension RunSummary {
    /// Everything but the rows, as JSON has it.
    ///
    /// - Parameter report: the same run, with what its plan says.
    func jsonMembers(_ report: ChangeReport) -> [JSONValue.Member] {
        [
            .init(
                name: "run",
                value: .object([
                    "tool_version": .string(toolVersion), "plan_id": .text(report.planID), "server": .string(server),
                    "organization": .text(organization), "model": .text(report.model), "mode": .string(mode),
                    "skips_invalid": .flag(report.skipsInvalid), "planned_at": .string(plannedAt),
                    "started_at": .text(startedAt), "finished_at": .text(finishedAt), "complete": .flag(isComplete),
                    "expected_seconds": .fraction(report.seconds.map(RunSummary.seconds)),
                    "rate": .text(report.rate), "prepared_by": .text(report.preparedBy),
                    "command": .text(report.command),
                    "minutes": .array(
                        minutes.map {
                            .object([
                                "at": .string($0.at), "requests": .number($0.requests),
                                "paused": .decimal(RunSummary.seconds($0.paused)),
                            ])
                        }),
                ])),
            .init(
                name: "rosters",
                value: .array(
                    report.rosters.map {
                        .object(["name": .string($0.name), "rows": .number($0.rows), "sha256": .string($0.sha256)])
                    })),
            .init(
                name: "totals",
                value: .object([
                    "roster_rows": .number(rosterRows), "added_rows": .number(addedRows),
                    "requests": .number(requests), "planned_requests": .number(report.requests),
                    "planned_reads": .number(report.reads), "planned_emails": .number(report.mails),
                    "expired_invitations": .number(report.expiredInvitations),
                    "unchecked_email_domains": .number(report.uncheckedEmailDomains),
                    "mispredicted": .number(mispredicted),
                    "actions": .object(orderedActions.map { .init(name: $0.name, value: .number($0.count)) }),
                    "outcomes": .object(orderedOutcomes.map { .init(name: $0.name, value: .number($0.count)) }),
                ])),
            .init(name: "containers", value: .array(report.containers.map(\.json))),
            .init(
                name: "guards",
                value: .array(
                    report.guards.map {
                        .object([
                            "guard_name": .string($0.guardName), "figure": .number($0.figure),
                            "limit": .number($0.limit), "message": .string($0.message), "remedy": .string($0.remedy),
                        ])
                    })),
            .init(name: "overrides", value: .array(report.overrides.map { .string($0) })),
            .init(name: "warnings", value: .array(report.warnings.map { .string($0) })),
            .init(name: "findings", value: .array(findings.map(\.json))),
        ]
    }

    /// The same as XML has it.
    func xmlNodes(_ report: ChangeReport) -> [XMLNode] {
        [
            XMLNode(
                "run",
                [
                    "tool-version": toolVersion, "plan-id": report.planID, "server": server,
                    "organization": organization, "model": report.model, "mode": mode,
                    "skips-invalid": report.skipsInvalid ? "true" : "false", "planned-at": plannedAt,
                    "started-at": startedAt, "finished-at": finishedAt, "complete": isComplete ? "true" : "false",
                    "expected-seconds": report.seconds.map(RunSummary.seconds), "rate": report.rate,
                    "prepared-by": report.preparedBy, "command": report.command,
                ],
                minutes.map {
                    XMLNode(
                        "minute",
                        ["at": $0.at, "requests": String($0.requests), "paused": RunSummary.seconds($0.paused)])
                }),
            XMLNode(
                "rosters", [:],
                report.rosters.map {
                    XMLNode("roster", ["name": $0.name, "rows": String($0.rows), "sha256": $0.sha256])
                }),
            XMLNode(
                "totals",
                [
                    "roster-rows": String(rosterRows), "added-rows": String(addedRows),
                    "requests": String(requests), "planned-requests": String(report.requests),
                    "planned-reads": String(report.reads), "planned-emails": String(report.mails),
                    "expired-invitations": String(report.expiredInvitations),
                    "unchecked-email-domains": String(report.uncheckedEmailDomains),
                    "mispredicted": String(mispredicted),
                ],
                orderedActions.map { XMLNode("action", ["name": $0.name, "count": String($0.count)]) }
                    + orderedOutcomes.map { XMLNode("outcome", ["name": $0.name, "count": String($0.count)]) }),
            XMLNode("containers", [:], report.containers.map(\.xml)),
            XMLNode(
                "guards", [:],
                report.guards.map {
                    XMLNode(
                        "guard",
                        [
                            "guard-name": $0.guardName, "figure": String($0.figure), "limit": String($0.limit),
                            "message": $0.message, "remedy": $0.remedy,
                        ])
                }),
            XMLNode("overrides", [:], report.overrides.map { XMLNode("override", ["option": $0]) }),
            XMLNode("warnings", [:], report.warnings.map { XMLNode("warning", ["message": $0]) }),
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

extension ChangeReport.Container {
    /// Under the names that a plan's JSON has, too.
    var json: JSONValue {
        .object([
            "container_type": .string(type), "container_id": .string(id), "team": .text(team),
            "product": .text(product), "status": .text(status), "seats": .number(seatsObserved ?? seats),
            "seats_before": .number(seats), "seats_planned": .number(seatsAfter), "live_before": .number(live),
            "live_planned": .number(liveAfter), "live_after": .number(liveObserved ?? live),
            "seen_at": .text(observedAt),
            "idle": .number(idleAfter), "currency": .text(currency), "interval": .text(interval),
            "interval_count": .figure(intervalCount), "price_before": .figure(priceBefore),
            "price_after": .figure(priceAfter), "idle_price": .figure(idlePrice),
        ])
    }

    var xml: XMLNode {
        XMLNode(
            "container",
            [
                "container-type": type, "container-id": id, "team": team, "product": product, "status": status,
                "seats": String(seatsObserved ?? seats), "seats-before": String(seats),
                "seats-planned": String(seatsAfter), "live-before": String(live),
                "live-planned": String(liveAfter), "live-after": String(liveObserved ?? live), "seen-at": observedAt,
                "idle": String(idleAfter), "currency": currency, "interval": interval,
                "interval-count": intervalCount.map { String($0) }, "price-before": priceBefore.map { String($0) },
                "price-after": priceAfter.map { String($0) }, "idle-price": idlePrice.map { String($0) },
            ])
    }
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
