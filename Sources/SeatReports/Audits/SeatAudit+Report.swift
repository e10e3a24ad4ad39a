internal import SeatAudits
internal import SeatPlanning

extension ContainerAudit: ReportRecord {
    static let columns: [Column] = [
        .text("container_type"), .text("container_id"), .text("status"), .text("product"),
        .text("billing_customer_email"), .text("billing_customer_external_id"), .figure("seats"),
        .figure("claimed"), .figure("pending"), .figure("expired"), .figure("free"), .figure("idle"),
        .figure("utilization"), .text("currency"), .text("interval"), .figure("interval_count"), .figure("price"),
        .figure("idle_price"), .figure("reduce_to"), .figure("saving"),
    ]

    static let leadingColumns = [
        "status", "billing_customer_external_id", "product", "seats", "claimed", "pending", "expired", "free", "idle",
        "utilization", "currency", "interval", "interval_count", "price", "idle_price", "reduce_to", "saving",
    ]

    /// More seats assigned than bought, or expired invitations that hold seats.
    var needsAttention: Bool { utilization.expired > 0 || utilization.live > utilization.bought }
    var mark: String { status ?? "unknown" }

    func write(to cells: inout some CellWriter) {
        cells.container(id)
        cells.text(status)
        cells.text(product)
        cells.text(billingCustomerEmail)
        cells.text(billingCustomerExternalID)
        cells.number(utilization.bought)
        cells.number(utilization.claimed)
        cells.number(utilization.pending)
        cells.number(utilization.expired)
        cells.number(utilization.free)
        cells.number(utilization.idle)
        cells.decimal(NumberFormat.share(utilization.used, of: utilization.bought))
        cells.text(currency)
        cells.text(period?.interval)
        cells.number(period?.count)
        cells.money(price, currency)
        cells.money(idlePrice, currency)
        cells.number(reduction?.seats)
        cells.money(reduction?.saving, currency)
    }
}

extension SeatAudit {
    var totalsJSON: JSONValue {
        .object([
            "containers": .number(count), "seats": .number(total.bought), "claimed": .number(total.claimed),
            "pending": .number(total.pending), "expired": .number(total.expired), "free": .number(total.free),
            "idle": .number(idle), "utilization": .fraction(NumberFormat.share(total.used, of: total.bought)),
            "without_prices": .number(withoutPrices),
            "money": .array(
                priceGroups.map { priceGroup, sum in
                    .object([
                        "currency": .string(priceGroup.currency), "interval": .text(priceGroup.period?.interval),
                        "interval_count": .figure(priceGroup.period?.count),
                        "price": .number(sum.price), "idle_price": .number(sum.idlePrice),
                        "saving": .number(sum.saving),
                    ])
                }),
        ])
    }

    var totalsXML: XMLNode {
        XMLNode(
            "totals",
            [
                "containers": String(count), "seats": String(total.bought), "claimed": String(total.claimed),
                "pending": String(total.pending), "expired": String(total.expired), "free": String(total.free),
                "idle": String(idle), "utilization": NumberFormat.share(total.used, of: total.bought),
                "without-prices": String(withoutPrices),
            ],
            priceGroups.map { priceGroup, sum in
                XMLNode(
                    "money",
                    [
                        "currency": priceGroup.currency, "interval": priceGroup.period?.interval,
                        "interval-count": priceGroup.period.map { String($0.count) },
                        "price": String(sum.price), "idle-price": String(sum.idlePrice),
                        "saving": String(sum.saving),
                    ])
            })
    }
}
