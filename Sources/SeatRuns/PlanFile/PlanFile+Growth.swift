internal import GRDB

extension PlanFile {
    /// Whether the plan still has seats to buy: a run that has bought them needs no second consent.
    public func hasGrowthLeft() throws -> Bool {
        try read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM step WHERE kind = 'grow' AND state IN ('planned', 'sent', 'unknown'))
                    """) ?? false
        }
    }
}
