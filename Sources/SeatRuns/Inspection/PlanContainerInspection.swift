internal import Foundation
internal import GRDB
internal import Rosters
internal import SeatPlanning

/// Judges the containers of a plan, and what the plan foretells of each.
struct PlanContainerInspection {
    struct Facts {
        var id: ContainerID
        var seats: Int
        var forecast: ContainerForecast
    }

    private let database: Database

    init(_ database: Database) { self.database = database }

    /// - Returns: the containers in order.
    func perform() throws -> [Facts] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT container.*, coalesce(own.listed, 0) AS listed FROM container
                LEFT JOIN (SELECT container, count(*) AS listed FROM seat GROUP BY container) AS own
                    ON own.container = container.id
                ORDER BY container.id
                """)
        let facts = try rows.enumerated().map { index, row in
            let id: Int64 = try row.value("id", in: "container")
            guard id == index else { throw damage(id, "containers are not numbered from 0") }
            return try check(row, id)
        }
        guard Set(facts.map(\.id)).count == facts.count else { throw PlanDamage("table container", "one stands twice") }
        try checkSeats()
        return facts
    }

    private func damage(_ id: Int64, _ what: String) -> PlanDamage {
        PlanDamage(table: "container", id: id, what)
    }

    private func check(_ row: Row, _ id: Int64) throws -> Facts {
        guard let kind = ContainerID.Kind(rawValue: try row.value("kind", in: "container")) else {
            throw damage(id, "kind is unknown")
        }
        let name: String = try row.value("container_id", in: "container")
        guard UUID(uuidString: name) != nil else { throw damage(id, "container_id is none") }
        let figures: [Int] = try ["seats", "available", "live", "listed"].map { try row.value($0, in: "container") }
        guard figures.allSatisfy(PlanLimits.counts.contains) else { throw damage(id, "a figure is out of range") }
        guard figures[2] == figures[3] else {
            throw damage(id, "live is \(figures[2]), and \(figures[3]) seats are listed")
        }
        let forecast = try PlanJSON.value(ContainerForecast.self, try row.value("forecast", in: "container"))
        try check(forecast, live: figures[2], id)
        if let text: String = try row.optional("pricing", in: "container") {
            try check(try PlanJSON.value(SeatPricing.self, text), id)
        }
        return Facts(id: ContainerID(kind, name), seats: figures[0], forecast: forecast)
    }

    private func check(_ forecast: ContainerForecast, live: Int, _ id: Int64) throws {
        let figures = [
            forecast.seatsBefore, forecast.seatsAfter, forecast.liveBefore, forecast.liveAfter, forecast.assigns,
            forecast.revokes, forecast.reissues, forecast.blocked,
        ]
        guard figures.allSatisfy(PlanLimits.counts.contains) else { throw damage(id, "the forecast is out of range") }
        guard forecast.liveBefore == live,
            forecast.liveAfter == forecast.liveBefore + forecast.assigns - forecast.revokes
        else { throw damage(id, "the forecast does not add up") }
    }

    private func check(_ pricing: SeatPricing, _ id: Int64) throws {
        guard pricing.intervalCount >= 1, PlanLimits.counts.contains(pricing.intervalCount),
            pricing.tiers.allSatisfy({ tier in
                PlanLimits.counts.contains(tier.minSeats) && PlanLimits.counts.contains(tier.maxSeats ?? tier.minSeats)
                    && (tier.maxSeats ?? tier.minSeats) >= tier.minSeats && PlanLimits.price.contains(tier.pricePerSeat)
            })
        else { throw damage(id, "a price is out of range") }
    }

    private func checkSeats() throws {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT id FROM seat
                WHERE id NOT BETWEEN 1 AND \(PlanLimits.counts.upperBound) OR invitation_expired NOT IN (0, 1)
                    OR (metadata IS NOT NULL AND NOT json_valid(metadata))
                    OR status = 'revoked' OR seat_id GLOB '*[^A-Za-z0-9-]*' OR length(seat_id) NOT BETWEEN 1 AND 64
                LIMIT 1
                """)
        guard let row else { return }
        throw PlanDamage(
            table: "seat", id: Int64.fromDatabaseValue(row["id"]), "is no live seat with an id, or its metadata no JSON"
        )
    }
}
