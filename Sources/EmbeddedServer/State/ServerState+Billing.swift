extension ServerState {
    /// The period that a subscription is in.
    func period(of subscription: Subscription, now: Timestamp) -> (start: Timestamp, end: Timestamp) {
        let months =
            switch products[subscription.product]?.interval {
            case "year": 12
            default: 1
            }
        if !subscription.isActive || now < subscription.startedAt {
            return (subscription.startedAt, subscription.startedAt.advanced(months: months))
        }
        var periods = Int(subscription.startedAt.seconds(to: now) / (31 * 86400)) / months
        while subscription.startedAt.advanced(months: (periods + 1) * months) <= now { periods += 1 }
        return (
            subscription.startedAt.advanced(months: periods * months),
            subscription.startedAt.advanced(months: (periods + 1) * months)
        )
    }

    /// Buys seats, or reduces their number.
    mutating func setSeats(
        _ count: Int, of id: EntityID, proration: Proration?, by organization: Organization, now: Timestamp
    ) throws(APIError) -> Subscription {
        guard var subscription = subscriptions[id], subscription.organization == organization.id,
            let product = products[subscription.product]
        else { throw .notFound("Not found") }
        try checkSeats(count, of: subscription, product: product)
        let old = subscription.seats
        let proration = proration ?? organization.proration ?? .prorate
        if count == old {
            // Requesting the current count cancels a pending change.
            if subscription.pending != nil {
                subscription.pending = nil
                put(subscription)
            }
            return subscription
        }
        if proration == .nextPeriod {
            let appliesAt = period(of: subscription, now: now).end
            if subscription.pending == nil {
                subscription.pending = PendingUpdate(
                    id: newID(), createdAt: nextTimestamp(now), appliesAt: appliesAt, seats: count)
            } else {
                subscription.pending?.appliesAt = appliesAt
                subscription.pending?.seats = count
                subscription.pending?.modifiedAt = nextTimestamp(now)
            }
        } else {
            // Prorating is billed with the next invoice; the others are paid at once, except during a trial.
            let mustPay = proration != .prorate && count > old && subscription.status != "trialing"
            if mustPay, customers[subscription.customer]?.pays != true {
                throw APIError(
                    status: 402, error: "PaymentFailed",
                    detail: "Payment failed with reason: missing_payment_method.")
            }
            subscription.seats = count
            subscription.pending = nil
            subscription.modifiedAt = nextTimestamp(now)
        }
        put(subscription)
        put(
            SeatsEvent(
                id: newID(), organization: organization.id, customer: subscription.customer, subscription: id,
                at: nextTimestamp(now), oldSeats: old, newSeats: count, proration: proration.rawValue))
        return subscription
    }

    private func checkSeats(_ count: Int, of subscription: Subscription, product: Product) throws(APIError) {
        if ["canceled", "unpaid"].contains(subscription.status) || subscription.cancelAtPeriodEnd {
            throw APIError(
                status: 403, error: "AlreadyCanceledSubscription",
                detail: "This subscription is already canceled or will be at the end of the period.")
        }
        if count < product.minimumSeats {
            throw .badRequest("BelowMinimumSeats", "Minimum \(product.minimumSeats) seats required.")
        }
        if let maximum = product.maximumSeats, count > maximum {
            throw .badRequest("AboveMaximumSeats", "Maximum \(maximum) seats allowed.")
        }
        let live = liveSeats(subscription.id)
        if count < live {
            throw .badRequest(
                "SeatsAlreadyAssigned",
                "Cannot decrease seats to \(count). Currently \(live) seats are assigned. Revoke seats first.")
        }
    }

    /// Applies the pending changes that are due. Returns whether there were any.
    @discardableResult
    mutating func applyPending(now: Timestamp) -> Bool {
        guard let nextPending, nextPending <= now else { return false }
        for var subscription in subscriptions.values {
            guard let pending = subscription.pending, pending.appliesAt <= now else { continue }
            subscription.seats = pending.seats
            subscription.pending = nil
            subscription.modifiedAt = pending.appliesAt
            put(subscription)
        }
        refreshNextPending()
        return true
    }
}
