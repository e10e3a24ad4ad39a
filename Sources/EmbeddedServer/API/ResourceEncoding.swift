/// The JSON of the API's objects: the recorded members in the recorded order.
extension ServerState {
    func write(_ view: SeatView, to w: inout JSONWriter) {
        let seat = view.seat
        w.object { w in
            w.field("created_at", seat.createdAt)
            w.field("modified_at", seat.modifiedAt)
            w.field("id", seat.id)
            let container = seat.container
            w.field("subscription_id", container.kind == .subscription ? container.id : nil)
            w.field("order_id", container.kind == .order ? container.id : nil)
            w.field("status", seat.status.rawValue)
            w.field("customer_id", seat.customer)
            w.field("member_id", seat.member)
            w.key("member")
            if let member = view.member { write(member, to: &w) } else { w.null() }
            w.field("email", seat.email)
            w.field("customer_email", view.email)
            w.field("invitation_token_expires_at", seat.expiresAt)
            w.field("claimed_at", seat.claimedAt)
            w.field("revoked_at", seat.revokedAt)
            w.key("seat_metadata")
            w.embed(seat.metadata)
        }
    }

    func write(_ member: Member, to w: inout JSONWriter) {
        w.object { w in
            w.field("id", member.id)
            w.field("created_at", member.createdAt)
            w.field("modified_at", member.modifiedAt)
            w.field("customer_id", member.customer)
            w.field("email", member.email)
            w.field("name", member.name)
            w.field("external_id", member.externalID)
            w.field("role", member.role)
        }
    }

    func write(_ customer: Customer, to w: inout JSONWriter) {
        w.object { w in
            w.field("id", customer.id)
            w.field("created_at", customer.createdAt)
            w.nullField("modified_at")
            w.objectField("metadata")
            w.field("external_id", customer.externalID)
            w.field("email", customer.email)
            w.field("email_verified", false)
            w.field("type", customer.isTeam ? "team" : "individual")
            w.field("name", customer.name)
            w.field("billing_name", customer.name)
            w.nullField("billing_address")
            w.nullField("tax_id")
            w.nullField("locale")
            w.field("organization_id", customer.organization)
            w.nullField("default_payment_method_id")
            w.nullField("deleted_at")
            w.nullField("first_user_event_at")
            w.field("avatar_url", avatar(of: customer))
        }
    }

    /// An address of the right form; there is no image behind it.
    private func avatar(of customer: Customer) -> String? {
        let owner = (membersByCustomer[customer.id] ?? []).lazy.compactMap { members[$0] }.first { $0.role == "owner" }
        guard let email = customer.email ?? owner?.email else { return nil }
        var random = SplitMix64(seed: email.lowercased().utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) })
        let digits = (0..<4).map { _ in
            let hex = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - hex.count) + hex
        }
        return "https://www.gravatar.com/avatar/\(digits.joined())?d=404"
    }

    private func writeUser(_ customer: Customer, to w: inout JSONWriter) {
        w.field("user_id", customer.id)
        w.objectField("user") { w in
            w.field("id", customer.id)
            w.field("email", customer.email)
            w.field("public_name", (customer.name ?? customer.email)?.first.map { String($0).uppercased() } ?? "?")
            w.field("avatar_url", avatar(of: customer))
            w.nullField("github_username")
        }
    }

    func write(_ subscription: Subscription, now: Timestamp, to w: inout JSONWriter) {
        let product = products[subscription.product]
        let period = period(of: subscription, now: now)
        w.object { w in
            w.field("created_at", subscription.createdAt)
            w.field("modified_at", subscription.modifiedAt)
            w.field("id", subscription.id)
            w.field("amount", product?.amount(seats: subscription.seats) ?? 0)
            w.field("currency", product?.currency)
            w.field("recurring_interval", product?.interval)
            w.field("recurring_interval_count", 1)
            w.field("status", subscription.status)
            w.field("current_period_start", period.start)
            w.field("current_period_end", period.end)
            w.nullField("current_meter_period_start")
            w.nullField("current_meter_period_end")
            w.nullField("trial_start")
            w.nullField("trial_end")
            w.field("cancel_at_period_end", subscription.cancelAtPeriodEnd)
            w.field("canceled_at", subscription.canceledAt)
            w.field("started_at", subscription.startedAt)
            w.field("ends_at", subscription.endedAt ?? (subscription.cancelAtPeriodEnd ? period.end : nil))
            w.field("ended_at", subscription.endedAt)
            w.nullField("past_due_at")
            w.field("pause_at_period_end", false)
            w.nullField("paused_at")
            w.nullField("resumes_at")
            w.field("customer_id", subscription.customer)
            w.field("product_id", subscription.product)
            w.nullField("discount_id")
            w.field("checkout_id", subscription.checkout)
            w.field("seats", subscription.seats)
            w.nullField("units")
            w.nullField("customer_cancellation_reason")
            w.nullField("customer_cancellation_comment")
            w.field("price_id", product?.priceID)
            w.objectField("metadata")
            w.objectField("custom_field_data")
            if let customer = customers[subscription.customer] {
                w.key("customer")
                write(customer, to: &w)
                writeUser(customer, to: &w)
            }
            if let product {
                w.key("product")
                write(product, to: &w)
                w.nullField("discount")
                w.key("price")
                writePrice(of: product, to: &w)
                w.arrayField("prices") { writePrice(of: product, to: &$0) }
            }
            w.arrayField("meters")
            w.key("pending_update")
            guard let pending = subscription.pending else { return w.null() }
            w.object { w in
                w.field("created_at", pending.createdAt)
                w.field("modified_at", pending.modifiedAt)
                w.field("id", pending.id)
                w.field("applies_at", pending.appliesAt)
                w.nullField("product_id")
                w.field("seats", pending.seats)
                w.nullField("units")
            }
        }
    }

    private func writeHead(of product: Product, to w: inout JSONWriter) {
        w.field("id", product.id)
        w.field("created_at", product.createdAt)
        w.nullField("modified_at")
        w.nullField("trial_interval")
        w.nullField("trial_interval_count")
        w.field("name", product.name)
        w.field("description", product.description)
        w.field("visibility", "public")
        w.field("recurring_interval", product.interval)
        w.field("recurring_interval_count", product.interval == nil ? nil : 1)
        w.nullField("meter_interval")
        w.nullField("meter_interval_count")
        w.field("is_recurring", product.interval != nil)
        w.field("is_archived", false)
        w.field("organization_id", product.organization)
    }

    func write(_ product: Product, to w: inout JSONWriter) {
        w.object { w in
            writeHead(of: product, to: &w)
            w.objectField("metadata")
            w.arrayField("prices") { writePrice(of: product, to: &$0) }
            w.arrayField("benefits")
            w.arrayField("medias")
            w.arrayField("attached_custom_fields")
        }
    }

    private func writePrice(of product: Product, to w: inout JSONWriter) {
        w.object { w in
            w.field("created_at", product.createdAt)
            w.nullField("modified_at")
            w.field("id", product.priceID)
            w.field("source", "catalog")
            w.field("amount_type", "seat_based")
            w.field("price_currency", product.currency)
            w.field("tax_behavior", "exclusive")
            w.field("is_archived", false)
            w.field("product_id", product.id)
            w.field("type", product.interval == nil ? "one_time" : "recurring")
            w.field("recurring_interval", product.interval)
            w.objectField("seat_tiers") { w in
                w.field("seat_tier_type", product.graduated ? "graduated" : "volume")
                w.arrayField("tiers") { w in
                    for tier in product.tiers {
                        w.object { w in
                            w.field("min_seats", tier.minimum)
                            w.field("max_seats", tier.maximum)
                            w.field("price_per_seat", tier.price)
                        }
                    }
                }
                w.field("minimum_seats", product.minimumSeats)
                w.field("maximum_seats", product.maximumSeats)
            }
            w.field("price_per_seat", product.tiers.first?.price)
        }
    }

    func write(_ order: Order, now: Timestamp, to w: inout JSONWriter) {
        let product = products[order.product]
        let subscription = order.subscription.flatMap { subscriptions[$0] }
        let amount = product?.amount(seats: order.seats ?? subscription?.seats ?? 0) ?? 0
        w.object { w in
            w.field("id", order.id)
            w.field("created_at", order.createdAt)
            w.field("modified_at", order.modifiedAt)
            w.field("status", order.status)
            w.field("paid", order.isPaid)
            w.field("subtotal_amount", amount)
            w.field("discount_amount", 0)
            w.field("net_amount", amount)
            w.field("tax_amount", 0)
            w.field("total_amount", amount)
            w.field("applied_balance_amount", 0)
            w.field("due_amount", amount)
            w.field("refunded_amount", order.status == "refunded" ? amount : 0)
            w.field("refunded_tax_amount", 0)
            w.field("currency", product?.currency)
            w.field("billing_reason", order.subscription == nil ? "purchase" : "subscription_create")
            w.nullField("billing_name")
            w.nullField("billing_address")
            w.field("invoice_number", order.invoiceNumber)
            w.field("is_invoice_generated", false)
            w.nullField("receipt_number")
            w.field("seats", order.seats)
            w.nullField("units")
            w.field("customer_id", order.customer)
            w.field("product_id", order.product)
            w.nullField("product_price_id")
            w.nullField("discount_id")
            w.field("subscription_id", order.subscription)
            w.field("checkout_id", order.checkout)
            w.nullField("next_payment_attempt_at")
            w.objectField("metadata")
            w.objectField("custom_field_data")
            w.field("platform_fee_amount", 0)
            w.nullField("platform_fee_currency")
            if let customer = customers[order.customer] {
                w.key("customer")
                write(customer, to: &w)
                writeUser(customer, to: &w)
            }
            if let product {
                w.objectField("product") { w in
                    w.objectField("metadata")
                    writeHead(of: product, to: &w)
                }
            }
            w.nullField("product_price")
            w.nullField("discount")
            w.nullField("subscription")
            w.arrayField("items") { w in
                w.object { w in
                    w.field("created_at", order.createdAt)
                    w.nullField("modified_at")
                    w.field("id", order.itemID)
                    w.field("label", "")
                    w.field("amount", amount)
                    w.field("tax_amount", 0)
                    w.field("proration", false)
                    w.nullField("product_price_id")
                }
            }
            w.field("description", product?.name)
            w.field("amount", amount)
            w.field("from_balance_amount", 0)
            w.field("refundable_amount", order.isPaid && order.status != "refunded" ? amount : 0)
            w.field("refundable_tax_amount", 0)
        }
    }

    func write(_ event: SeatsEvent, to w: inout JSONWriter) {
        w.object { w in
            w.field("id", event.id)
            w.field("timestamp", event.at)
            w.field("organization_id", event.organization)
            w.field("customer_id", event.customer)
            w.key("customer")
            if let customer = customers[event.customer] { write(customer, to: &w) } else { w.null() }
            w.nullField("external_customer_id")
            w.nullField("member_id")
            w.nullField("external_member_id")
            w.field("child_count", 0)
            w.nullField("parent_id")
            w.field("label", "Subscription Seats Updated")
            w.field("source", "system")
            w.field("name", "subscription.seats_updated")
            w.objectField("metadata") { w in
                w.field("subscription_id", event.subscription)
                w.field("old_seats", event.oldSeats)
                w.field("new_seats", event.newSeats)
                w.field("proration_behavior", event.proration)
            }
        }
    }
}
