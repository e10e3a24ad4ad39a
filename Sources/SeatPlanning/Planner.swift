/// Makes a plan: pure, so that the same roster, world and options give the same plan in the same order.
public struct Planner {
    let entries: EntryTable
    let world: WorldSnapshot
    let options: PlanningOptions
    let protected: ProtectedPeople
    let resolver: PersonResolver

    public init(
        entries: EntryTable, world: WorldSnapshot, options: PlanningOptions, protected: ProtectedPeople = .none
    ) {
        self.entries = entries
        self.world = world
        self.options = options
        self.protected = protected
        resolver = PersonResolver(world: world, rules: IdentityRules(model: world.model, policy: options.identity))
    }

    /// One action for every row, then what the mode adds, then the guards' judgement on the whole.
    public func plan() -> Plan {
        let people = PeopleIndex(entries: entries, resolver: resolver) { wish(of: $0) == .revoke }
        let seats = SeatIndex(world.containers)
        var draft = Draft(world: world, options: options, rowCount: entries.count)
        let mayHold = seats.candidates(people)
        for index in 0..<entries.count {
            let seat = mayHold[index] ? people.container(of: index).flatMap { seats.find(people, index, $0) } : nil
            draft.rows.append(judge(index, people, seat, &draft))
        }
        if options.mode == .mirror { addMirrorRevocations(&draft) }
        draft.settleCapacity(entries)
        if options.thenRevoke { addMigrationRevocations(people, seats, &draft) }
        return finish(draft)
    }

    // MARK: One row

    /// - Parameter seat: the live seat that the row's person holds.
    private func judge(_ index: Int, _ people: PeopleIndex, _ seat: Int?, _ draft: inout Draft) -> PlannedRow {
        let container = people.container(of: index)
        switch people.status(of: index) {
        case .invalid(let note): return PlannedRow(entry: index, container: container, action: .invalid, note: note)
        case .unresolved(let note):
            return PlannedRow(entry: index, container: container, action: .unresolved, note: note)
        case .conflict(let note):
            return PlannedRow(entry: index, container: container, action: .conflict, note: note)
        case .duplicate(let first):
            return PlannedRow(
                entry: index, container: container, action: .duplicate, note: entries.duplicateNote(index, of: first))
        case .person: break
        }
        // People with the status `person` have a container.
        let home = container ?? 0
        if let seat { draft.named[home][seat] = true }
        var row = act(wish(of: index), index, home, seat, &draft)
        row.emailKey = people.lookedUpKey(of: index)
        return row
    }

    /// In `remove` mode every row is a revocation, but for those that say `keep`.
    private func wish(of index: Int) -> RosterAction {
        let action = entries.action(at: index)
        return options.mode == .remove && action != .keep ? .revoke : action
    }

    private func act(
        _ wish: RosterAction, _ index: Int, _ container: Int, _ seat: Int?, _ draft: inout Draft
    ) -> PlannedRow {
        var row = PlannedRow(entry: index, container: container, action: .keep, seat: seat)
        switch (wish, seat) {
        case (.revoke, .some(let seat)):
            row.action = .revoke
            if protected.holds(world.containers[container].seats[seat]) { draft.protectedHits.append(index) }
        case (.revoke, .none):
            row.action = .absent
            row.note = "holds no seat"
        case (.keep, .none):
            row.action = .absent
            row.note = "holds no seat, and the row asks for none"
        case (.assign, .none):
            // Whether a seat is free is settled when all revocations are known.
            row.action = .assign
        case (_, .some(let seat)):
            // The one field, not the record: a copy of it counts a dozen references up and down.
            if wish == .assign, world.containers[container].seats[seat].invitationExpired {
                if !options.reissueExpired { draft.expiredKept += 1 }
                row.action = options.reissueExpired ? .reissue : .keep
                row.note = options.reissueExpired ? nil : "the invitation has expired; --reissue-expired renews it"
            }
        }
        return row
    }

    // MARK: Mirror

    private func addMirrorRevocations(_ draft: inout Draft) {
        let reached = Set(draft.rows.compactMap(\.container))
        for container in world.containers.indices where reached.contains(container) {
            let snapshot = world.containers[container]
            var spared = 0
            for seat in snapshot.seats.indices where snapshot.seats[seat].state.isLive {
                if draft.named[container][seat] { continue }
                let record = snapshot.seats[seat]
                if isOwner(record, of: snapshot) { continue }
                if protected.holds(record) {
                    spared += 1
                    continue
                }
                draft.added.append(
                    PlannedRow(entry: nil, container: container, action: .revoke, seat: seat, note: "not in the roster")
                )
            }
            if spared > 0 {
                draft.warnings.append(
                    "\(spared) protected people of \(snapshot.id) keep their seats though no row names them")
            }
        }
    }

    /// The billing customer's own seat: whoever pays is not put out by a roster that forgot them.
    private func isOwner(_ record: SeatRecord, of snapshot: ContainerSnapshot) -> Bool {
        if record.role == "owner" || record.role == "billing_manager" { return true }
        guard let billing = snapshot.billingCustomerEmail, let email = record.email else { return false }
        return EmailAddress.serverKey(of: billing) == EmailAddress.serverKey(of: email)
    }

    // MARK: Migration

    /// Whoever gets or holds a seat in the new container gives back the one in the old: each after the other, so that
    /// nobody is without a seat in between.
    private func addMigrationRevocations(_ people: PeopleIndex, _ seats: SeatIndex, _ draft: inout Draft) {
        guard let source = world.containers.firstIndex(where: { $0.id == options.migrateFrom }) else { return }
        var spared = 0
        for row in draft.rows where [.assign, .keep, .reissue].contains(row.action) && row.container != source {
            guard let entry = row.entry, let seat = seats.find(people, entry, source) else { continue }
            if protected.holds(world.containers[source].seats[seat]) {
                spared += 1
                continue
            }
            var revocation = PlannedRow(
                entry: nil, container: source, action: .revoke, seat: seat,
                note: "once the seat in the new container is there")
            revocation.after = entry
            draft.added.append(revocation)
            draft.countRevocation(revocation)
        }
        if spared > 0 { draft.warnings.append("\(spared) protected people keep their seats in the old container too") }
    }

    // MARK: The whole

    private func finish(_ draft: Draft) -> Plan {
        var plan = Plan(
            rows: draft.rows, added: draft.added, growths: draft.growths, forecasts: draft.forecasts, trips: [],
            warnings: draft.warnings, counts: [:], requests: 0, mails: 0)
        plan.expiredKept = draft.expiredKept
        plan.requests = draft.growths.count
        plan.counts[.grow] = draft.growths.isEmpty ? nil : draft.growths.count
        tally(plan.rows, &plan)
        tally(plan.added, &plan)
        plan.trips = Guards(options: options, world: world, entries: entries).judge(
            plan, protectedRows: draft.protectedHits)
        return plan
    }

    private func tally(_ rows: [PlannedRow], _ plan: inout Plan) {
        // Neighbours mostly share their action: one look at the dictionary a stretch.
        var stretch: (action: Action, count: Int) = (.keep, 0)
        for row in rows {
            if row.action != stretch.action {
                if stretch.count > 0 { plan.counts[stretch.action, default: 0] += stretch.count }
                stretch = (row.action, 0)
            }
            stretch.count += 1
            switch row.action {
            case .assign:
                plan.requests += 1
                let claims = row.entry.flatMap { entries.immediateClaim(at: $0) } ?? options.immediateClaim
                if !claims { plan.mails += 1 }
            case .reissue:
                plan.requests += 2
                plan.mails += 1
            case .revoke: plan.requests += 1
            default: break
            }
        }
        if stretch.count > 0 { plan.counts[stretch.action, default: 0] += stretch.count }
    }
}
