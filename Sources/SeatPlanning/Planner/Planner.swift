public import Rosters

/// Makes a plan: pure, so that the same roster, world and options give the same plan in the same order.
public struct Planner {
    let entries: RosterTable
    let world: LiveSnapshot
    let options: PlanningOptions
    let protected: ProtectedPeople
    let resolver: PersonResolver
    let particulars: Particulars

    /// What rows cannot say of themselves: an undo's.
    public struct Particulars: Sendable {
        /// Rows whose seats are revoked and given again in whatever state they are.
        public var renewals: Set<Int> = []
        /// Rows whose people are named to the server as members of the buyer, or not, whatever their fields are.
        public var namesMember: [Int: Bool] = [:]

        /// Creates particulars without entries.
        public init() {}
    }

    /// Creates a planner for rosters and a snapshot of the server.
    ///
    /// - Parameters:
    ///   - entries: the rows of all rosters, in order
    ///   - world: the containers and people as they were listed
    ///   - options: what the plan may do
    ///   - protected: people who are never revoked
    ///   - particulars: what the rows' own fields cannot express
    public init(
        entries: RosterTable, world: LiveSnapshot, options: PlanningOptions, protected: ProtectedPeople = .none,
        particulars: Particulars = Particulars()
    ) {
        self.entries = entries
        self.world = world
        self.options = options
        self.protected = protected
        self.particulars = particulars
        resolver = PersonResolver(
            world: world, rules: IdentityRules(model: world.model, policy: options.identity), entries: entries)
    }

    /// One action for every row, then what the mode adds, then the guards' judgement on the whole.
    public func plan() -> Plan {
        let people = PeopleIndex(entries: entries, resolver: resolver) { requestedAction(of: $0) == .revoke }
        let seats = SeatIndex(world.containers)
        var draft = Draft(world: world, options: options, rowCount: entries.count)
        if world.model == .legacy { draft.buyers = BuyerSeats(world) }
        let mayHold = seats.candidates(people)
        for index in 0..<entries.count {
            let seat = mayHold[index] ? people.container(of: index).flatMap { seats.find(people, index, $0) } : nil
            draft.rows.append(judge(index, people, seat, &draft))
        }
        if options.mode == .mirror {
            addMirrorRevocations(&draft)
            warnOfUnreached(&draft)
        }
        draft.settleCapacity { buyerClaim(of: $0, people) }
        if options.thenRevoke { addMigrationRevocations(people, seats, &draft) }
        return finish(draft)
    }

    // MARK: One row

    /// - Parameter seats: the live seats that the row's person holds.
    private func judge(
        _ index: Int, _ people: PeopleIndex, _ seats: SeatIndex.Found?, _ draft: inout Draft
    ) -> PlannedRow {
        let container = people.container(of: index)
        switch people.status(of: index) {
        case .invalid(let note): return PlannedRow(entry: index, container: container, action: .invalid, note: note)
        case .excluded(let note): return PlannedRow(entry: index, container: container, action: .excluded, note: note)
        case .unresolved(let note):
            return PlannedRow(entry: index, container: container, action: .unresolved, note: note)
        case .conflict(let note):
            return PlannedRow(entry: index, container: container, action: .conflict, note: note)
        case .duplicate(let first):
            return PlannedRow(
                entry: index, container: container, action: .duplicate, note: duplicate(index, of: first))
        case .person: break
        }
        // People with the status `person` have a container.
        let home = container ?? 0
        if let seats {
            draft.named[home][seats.best] = true
            for seat in seats.others { draft.named[home][seat] = true }
        }
        if people.hasNoAddress(index) { draft.withoutAddress.insert(index) }
        var row = act(requestedAction(of: index), index, home, seats, &draft)
        if row.action == .revoke, let seats { addRevocations(seats.others, index, home, &draft) }
        row.emailKey = people.lookedUpKey(of: index)
        return row
    }

    private func duplicate(_ index: Int, of first: Int) -> RowNote {
        let isSameRoster = entries.source(at: first) == entries.source(at: index)
        return .duplicate(
            line: entries.line(at: first),
            source: isSameRoster ? nil : entries.sources[entries.source(at: first)].name,
            differs: entries.detail(at: first)?.metadata ?? [] != entries.detail(at: index)?.metadata ?? []
                || entries.immediateClaim(at: first) != entries.immediateClaim(at: index))
    }

    /// Whoever is revoked keeps no second seat either.
    private func addRevocations(_ seats: [Int], _ index: Int, _ container: Int, _ draft: inout Draft) {
        for seat in seats where !protected.holds(world.containers[container].seats[seat]) {
            draft.added.append(
                PlannedRow(
                    entry: nil, container: container, action: .revoke, seat: seat,
                    note: .furtherSeat(line: entries.line(at: index))))
        }
    }

    /// In `remove` mode every row is a revocation, but for those that say `keep`.
    private func requestedAction(of index: Int) -> RosterAction {
        let action = entries.action(at: index)
        return options.mode == .remove && action != .keep ? .revoke : action
    }

    private func act(
        _ wish: RosterAction, _ index: Int, _ container: Int, _ seats: SeatIndex.Found?, _ draft: inout Draft
    ) -> PlannedRow {
        let seat = seats?.best
        var row = PlannedRow(entry: index, container: container, action: .keep, seat: seat)
        switch (wish, seat) {
        case (.revoke, .some(let seat)):
            row.action = .revoke
            if protected.holds(world.containers[container].seats[seat]) { draft.protectedHits.append(index) }
        case (.revoke, .none):
            row.action = .absent
            row.note = .holdsNoSeat
        case (.keep, .none):
            row.action = .absent
            row.note = .asksForNoSeat
        case (.assign, .none):
            // Whether a seat is free is settled when all revocations are known.
            row.action = .assign
        case (_, .some(let seat)):
            if particulars.renewals.contains(index) {
                row.action = .reissue
                return row
            }
            // The one field, not the record: a copy of it counts a dozen references up and down.
            guard wish == .assign, seats?.others.isEmpty != false else {
                // The other seat would stand in the way of the new invitation, and the old one would be gone.
                if wish == .assign, world.containers[container].seats[seat].invitationExpired {
                    row.note = .expiredBesideOthers
                }
                break
            }
            if world.containers[container].seats[seat].invitationExpired {
                if !options.reissueExpired { draft.expiredKept += 1 }
                row.action = options.reissueExpired ? .reissue : .keep
                row.note = options.reissueExpired ? nil : .invitationExpired
            }
        }
        return row
    }

    // MARK: Mirror

    private func addMirrorRevocations(_ draft: inout Draft) {
        // A filter may keep one team of many: a subscription that only excluded rows name is not the roster's.
        let reached = Set(draft.rows.lazy.filter { $0.action != .excluded }.compactMap(\.container))
        let excluded = ExcludedPeople(entries)
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
                    PlannedRow(
                        entry: nil, container: container, action: .revoke, seat: seat,
                        note: excluded.note(on: record) ?? .notInRoster))
            }
            if spared > 0 {
                draft.warnings.append(.protectedKept(snapshot.id, people: spared))
            }
        }
    }

    /// Rows that are left out change nothing where no other row names their subscription; whoever excluded people should know.
    private func warnOfUnreached(_ draft: inout Draft) {
        guard entries.hasExcluded else { return }
        let included = Set(
            (0..<entries.count).lazy.filter { !entries.isExcluded($0) }.map { entries.reference(at: $0) })
        let count = (0..<entries.count).count {
            entries.isExcluded($0) && !included.contains(entries.reference(at: $0))
        }
        if count > 0 { draft.warnings.append(.excludedElsewhere(rows: count)) }
    }

    /// The billing customer's own seat: whoever pays is not put out by a roster that forgot them.
    private func isOwner(_ record: SeatRecord, of snapshot: ContainerSnapshot) -> Bool {
        if record.role == "owner" || record.role == "billing_manager" { return true }
        guard let billing = snapshot.billingCustomerEmail, let email = record.email else { return false }
        return EmailAddress.serverKey(of: billing) == EmailAddress.serverKey(of: email)
    }

    // MARK: Migration

    /// Whoever gets or holds a valid seat in the new container gives back the one in the old: each after the other, so that
    /// no one is without a seat in between. An expired invitation can no longer be claimed, so it is no valid seat.
    private func addMigrationRevocations(_ people: PeopleIndex, _ seats: SeatIndex, _ draft: inout Draft) {
        guard let source = world.containers.firstIndex(where: { $0.id == options.migrateFrom }) else { return }
        var (spared, waiting) = (0, 0)
        for row in draft.rows where [.assign, .keep, .reissue].contains(row.action) && row.container != source {
            guard let entry = row.entry, let old = seats.find(people, entry, source) else { continue }
            if row.action == .keep, let container = row.container, let seat = row.seat,
                world.containers[container].seats[seat].invitationExpired
            {
                waiting += 1
                continue
            }
            for seat in [old.best] + old.others {
                if protected.holds(world.containers[source].seats[seat]) {
                    spared += 1
                    continue
                }
                var revocation = PlannedRow(
                    entry: nil, container: source, action: .revoke, seat: seat,
                    note: .afterNewSeat)
                revocation.after = entry
                draft.added.append(revocation)
                draft.countRevocation(revocation)
            }
        }
        if spared > 0 { draft.warnings.append(.protectedKeepOld(people: spared)) }
        if waiting > 0 { draft.warnings.append(.waitingKeepOld(people: waiting)) }
    }

    /// What the row does to the seats that the server counts as the buyer's own; only the legacy model counts so.
    private func buyerClaim(of row: PlannedRow, _ people: PeopleIndex) -> BuyerClaim {
        guard let index = row.entry, let container = row.container else { return .none }
        if row.action == .reissue { return .none }
        let snapshot = world.containers[container]
        let rules = resolver.rules
        let namesMember =
            particulars.namesMember[index]
            ?? (entries.detail(at: index) == nil && !rules.linksExternalID
                ? false : rules.namesMember(PersonFields(entries[index])))
        if namesMember { return .member }
        let isBuyer = people.withEmailKey(index) { key in
            guard key.isEmpty else {
                return snapshot.billingCustomerEmail.map { email in
                    withUTF8Bytes(EmailAddress.serverKey(of: email)) { sameBytes($0, key) }
                } ?? false
            }
            guard people.idKind(of: index) == .customer, let buyer = snapshot.billingCustomerID else { return false }
            return people.withExternalID(index) { id in withUTF8Bytes(buyer) { sameBytes($0, id) } }
        }
        return isBuyer ? .buyer : .none
    }

    // MARK: The whole

    private func finish(_ draft: Draft) -> Plan {
        var plan = Plan(
            rows: draft.rows, added: draft.added, growths: draft.growths, forecasts: draft.forecasts, trips: [],
            warnings: draft.warnings, counts: [:], requests: 0, mails: 0)
        plan.expiredKept = draft.expiredKept
        plan.requests = draft.growths.count
        plan.counts[.grow] = draft.growths.isEmpty ? nil : draft.growths.count
        tally(plan.rows, draft, &plan)
        tally(plan.added, draft, &plan)
        plan.trips = Guards(options: options, world: world, entries: entries).judge(
            plan, protectedRows: draft.protectedHits)
        return plan
    }

    private func tally(_ rows: [PlannedRow], _ draft: Draft, _ plan: inout Plan) {
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
                if isMailed(row, draft) { plan.mails += 1 }
            case .reissue:
                plan.requests += 2
                if isMailed(row, draft) { plan.mails += 1 }
            case .revoke: plan.requests += 1
            default: break
            }
        }
        if stretch.count > 0 { plan.counts[stretch.action, default: 0] += stretch.count }
    }

    /// A seat that is claimed at once is not emailed, nor one of a customer without an address.
    private func isMailed(_ row: PlannedRow, _ draft: Draft) -> Bool {
        guard let entry = row.entry else { return !options.immediateClaim }
        return !(entries.immediateClaim(at: entry) ?? options.immediateClaim) && !draft.withoutAddress.contains(entry)
    }
}
