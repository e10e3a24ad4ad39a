internal import Rosters

extension Planner {
    /// A plan in the making.
    struct Draft {
        let world: LiveSnapshot
        let options: PlanningOptions
        var rows: [PlannedRow] = []
        var added: [PlannedRow] = []
        var growths: [Growth] = []
        var forecasts: [ContainerForecast]
        var warnings: [PlanWarning] = []
        /// Whether a row names the seat, by container and seat.
        var named: [[Bool]]
        /// Rows that would revoke a protected person.
        var protectedHits: [Int] = []
        /// Kept seats whose invitation has expired, and could be renewed.
        var expiredKept = 0
        /// Rows whose person has no address.
        var withoutAddress: Set<Int> = []
        /// In the legacy model: the seats that the server counts as the buyers' own.
        var buyers: BuyerSeats?

        init(world: LiveSnapshot, options: PlanningOptions, rowCount: Int) {
            self.world = world
            self.options = options
            rows.reserveCapacity(rowCount)
            named = world.containers.map { [Bool](repeating: false, count: $0.seats.count) }
            forecasts = world.containers.map { container in
                let live = container.liveCount
                let seats = options.assumeSeats ?? container.totalSeats
                return ContainerForecast(seatsBefore: seats, seatsAfter: seats, liveBefore: live, liveAfter: live)
            }
        }

        /// Hands out the free seats in roster order, after the plan's own revocations. The server counts
        /// `max(0, total - live)`, so an over-full container first has to shrink.
        mutating func settleCapacity(_ claim: (PlannedRow) -> BuyerClaim) {
            for row in rows where row.action == .revoke { countRevocation(row) }
            for row in added { countRevocation(row) }
            if options.grow { growWhereNeeded(claim) }
            var full: [Int: Int] = [:]
            for index in rows.indices {
                guard let container = rows[index].container else { continue }
                if rows[index].action == .reissue {
                    settleReissue(index, container)
                } else if rows[index].action == .assign {
                    settleAssign(index, container, claim, &full)
                }
            }
            for (container, missing) in full.sorted(by: { $0.key < $1.key }) { warnFull(container, missing) }
            warnUnpaid()
        }

        private mutating func settleAssign(
            _ index: Int, _ container: Int, _ claim: (PlannedRow) -> BuyerClaim, _ full: inout [Int: Int]
        ) {
            let snapshot = world.containers[container]
            if snapshot.isUnpaidOrder {
                rows[index].action = .blocked
                rows[index].note = .unpaidOrder
                forecasts[container].blocked += 1
            } else if let refusal = buyers?.refusal(container, claim(rows[index]), snapshot) {
                rows[index].action = .unresolved
                rows[index].note = refusal
            } else if forecasts[container].liveAfter < forecasts[container].seatsAfter {
                forecasts[container].liveAfter += 1
                forecasts[container].assigns += 1
                buyers?.add(container, claim(rows[index]))
            } else {
                rows[index].action = .blocked
                rows[index].note = .noFreeSeat
                forecasts[container].blocked += 1
                full[container, default: 0] += 1
            }
        }

        /// A reissue gives its own seat back first; where the server would not give it again, it is kept.
        private mutating func settleReissue(_ index: Int, _ container: Int) {
            let snapshot = world.containers[container]
            if snapshot.isUnpaidOrder {
                rows[index].action = .keep
                rows[index].note = .expiredInUnpaidOrder
            } else if forecasts[container].liveAfter <= forecasts[container].seatsAfter {
                forecasts[container].reissues += 1
            } else {
                rows[index].action = .keep
                rows[index].note = .expiredInOverfull
            }
        }

        mutating func countRevocation(_ row: PlannedRow) {
            guard let container = row.container else { return }
            forecasts[container].revokes += 1
            forecasts[container].liveAfter -= 1
            if let seat = row.seat { buyers?.remove(container, world.containers[container].seats[seat], world) }
        }

        private mutating func growWhereNeeded(_ claim: (PlannedRow) -> BuyerClaim) {
            var wishes = [Int](repeating: 0, count: forecasts.count)
            // Whom the server refuses needs no seat.
            var buyers = buyers
            for row in rows where row.action == .assign {
                guard let container = row.container else { continue }
                let snapshot = world.containers[container]
                if snapshot.isUnpaidOrder { continue }
                if buyers?.refusal(container, claim(row), snapshot) != nil { continue }
                buyers?.add(container, claim(row))
                wishes[container] += 1
            }
            for container in forecasts.indices {
                let wanted = wishes[container]
                let missing = forecasts[container].liveAfter + wanted - forecasts[container].seatsAfter
                guard wanted > 0, missing > 0 else { continue }
                let from = forecasts[container].seatsAfter
                let to = from + missing
                if let why = refusal(of: world.containers[container], to) {
                    warnings.append(.notGrown(world.containers[container].id, missing: missing, why))
                    continue
                }
                forecasts[container].seatsAfter = to
                growths.append(Growth(container: container, from: from, to: to))
            }
        }

        /// Why the server would not raise the seat count, or not at once; nil: it would.
        private func refusal(of snapshot: ContainerSnapshot, _ to: Int) -> GrowthRefusal? {
            guard snapshot.id.kind == .subscription else { return .order }
            if let status = snapshot.status, ["canceled", "unpaid", "incomplete_expired"].contains(status) {
                return .status(status)
            }
            if snapshot.cancelsAtPeriodEnd == true { return .endsWithPeriod }
            if (options.proration ?? world.proration) == "next_period" { return .nextPeriod }
            if let most = snapshot.pricing?.tiers.last?.maxSeats, to > most {
                return .aboveLastTier(to: to, most: most)
            }
            return nil
        }

        private mutating func warnUnpaid() {
            var blocked: [Int: Int] = [:]
            for row in rows where row.action == .blocked {
                if let container = row.container, world.containers[container].isUnpaidOrder {
                    blocked[container, default: 0] += 1
                }
            }
            for (container, count) in blocked.sorted(by: { $0.key < $1.key }) {
                warnings.append(.unpaid(world.containers[container].id, rows: count))
            }
        }

        private mutating func warnFull(_ container: Int, _ missing: Int) {
            let forecast = forecasts[container]
            warnings.append(
                .full(
                    world.containers[container].id, rows: missing, seats: forecast.seatsBefore,
                    live: forecast.liveBefore))
        }
    }
}

extension ContainerSnapshot {
    /// The server gives no seats of such an order. It does of any other, even one whose money went back: that is for a guard.
    fileprivate var isUnpaidOrder: Bool { id.kind == .order && status == "pending" }
}

/// What an assignment does to the seats that the server counts as the buyer's own.
enum BuyerClaim {
    case none
    /// The person is named as the buyer's member: the seat carries the buyer as its customer.
    case member
    /// The person is the buyer, named as a customer.
    case buyer
}

/// In the legacy model, how many live seats of each container carry the buyer as their customer: the buyer's own, and all
/// that were given by a member's id. Asked to seat the buyer as a customer, the server finds these, and refuses.
struct BuyerSeats {
    private var counts: [Int]

    init(_ world: LiveSnapshot) {
        counts = world.containers.map { container in
            guard let buyer = container.billingCustomerID else { return 0 }
            return container.seats.count { $0.state.isLive && $0.customerID == buyer }
        }
    }

    mutating func add(_ container: Int, _ claim: BuyerClaim) { if claim != .none { counts[container] += 1 } }

    mutating func remove(_ container: Int, _ seat: SeatRecord, _ world: LiveSnapshot) {
        guard let buyer = world.containers[container].billingCustomerID, seat.customerID == buyer else { return }
        counts[container] -= 1
    }

    func refusal(_ container: Int, _ claim: BuyerClaim, _ snapshot: ContainerSnapshot) -> RowNote? {
        claim == .buyer && counts[container] > 0 ? .countsAsBuyer(email: snapshot.billingCustomerEmail) : nil
    }
}
