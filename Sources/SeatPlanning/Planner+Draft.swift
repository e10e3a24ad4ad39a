extension Planner {
    /// A plan in the making.
    struct Draft {
        let world: WorldSnapshot
        let options: PlanningOptions
        var rows: [PlannedRow] = []
        var added: [PlannedRow] = []
        var growths: [Growth] = []
        var forecasts: [ContainerForecast]
        var warnings: [String] = []
        /// Whether a row names the seat, by container and seat.
        var named: [[Bool]]
        /// Rows that would revoke a protected person.
        var protectedHits: [Int] = []
        /// Kept seats whose invitation has expired, and could be renewed.
        var expiredKept = 0

        init(world: WorldSnapshot, options: PlanningOptions, rowCount: Int) {
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
        mutating func settleCapacity(_ entries: EntryTable) {
            for row in rows where row.action == .revoke { countRevocation(row) }
            for row in added { countRevocation(row) }
            if options.grow { growWhereNeeded() }
            var full: [Int: Int] = [:]
            for index in rows.indices {
                guard let container = rows[index].container else { continue }
                if rows[index].action == .reissue {
                    settleReissue(index, container)
                } else if rows[index].action == .assign {
                    if forecasts[container].liveAfter < forecasts[container].seatsAfter {
                        forecasts[container].liveAfter += 1
                        forecasts[container].assigns += 1
                    } else {
                        rows[index].action = .blocked
                        rows[index].note = "no free seat left"
                        forecasts[container].blocked += 1
                        full[container, default: 0] += 1
                    }
                }
            }
            for (container, missing) in full.sorted(by: { $0.key < $1.key }) { warnFull(container, missing) }
        }

        /// A reissue gives its own seat back first; in an over-full container the server would not give it again.
        private mutating func settleReissue(_ index: Int, _ container: Int) {
            if forecasts[container].liveAfter <= forecasts[container].seatsAfter {
                forecasts[container].reissues += 1
            } else {
                rows[index].action = .keep
                rows[index].note =
                    "the invitation has expired, but the container is over-full: a revoked seat would be lost"
            }
        }

        mutating func countRevocation(_ row: PlannedRow) {
            guard let container = row.container else { return }
            forecasts[container].revokes += 1
            forecasts[container].liveAfter -= 1
        }

        private mutating func growWhereNeeded() {
            var wishes = [Int](repeating: 0, count: forecasts.count)
            for row in rows where row.action == .assign { if let container = row.container { wishes[container] += 1 } }
            for container in forecasts.indices {
                let wanted = wishes[container]
                let missing = forecasts[container].liveAfter + wanted - forecasts[container].seatsAfter
                guard wanted > 0, missing > 0 else { continue }
                let snapshot = world.containers[container]
                guard snapshot.id.kind == .subscription else {
                    warnings.append(
                        "\(snapshot.id) cannot grow: orders are bought once; \(missing) more seats need a new order")
                    continue
                }
                let from = forecasts[container].seatsAfter
                let to = from + missing
                if let most = snapshot.pricing?.tiers.last?.maxSeats, to > most {
                    warnings.append("\(snapshot.id) cannot grow to \(to) seats: its price goes up to \(most)")
                    continue
                }
                forecasts[container].seatsAfter = to
                growths.append(Growth(container: container, from: from, to: to))
            }
        }

        private mutating func warnFull(_ container: Int, _ missing: Int) {
            let forecast = forecasts[container]
            let snapshot = world.containers[container]
            let people = missing == 1 ? "1 row finds" : "\(missing) rows find"
            let over = forecast.liveBefore > forecast.seatsBefore ? " (over-full: \(forecast.liveBefore) live)" : ""
            warnings.append(
                "\(people) no free seat in \(snapshot.id): \(forecast.seatsBefore) seats\(over); buy \(missing) more"
                    + (snapshot.id.kind == .subscription ? ", or plan with --grow" : ""))
        }
    }
}
