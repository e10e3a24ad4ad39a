/// The paged lists and single objects beside the seats.
extension ServerState {
    /// One page of `items`, as `{"items": […], "pagination": {…}}`.
    private func page<Item>(
        _ items: [Item], _ query: inout Query, write: (Item, inout JSONWriter) -> Void
    ) throws(ValidationFailure) -> APIResponse {
        let (page, limit) = query.page()
        if !query.issues.isEmpty { throw ValidationFailure(query.issues) }
        let start = (page - 1).multipliedReportingOverflow(by: limit)
        let shown = start.overflow ? [] : items.dropFirst(start.partialValue).prefix(limit)
        return .json(
            JSONWriter.object { w in
                w.arrayField("items") { w in
                    for item in shown { write(item, &w) }
                }
                w.objectField("pagination") { w in
                    w.field("total_count", items.count)
                    w.field("max_page", (items.count + limit - 1) / limit)
                }
            })
    }

    /// Sorts by the first `sorting` that is known, else by `standard`; a leading `-` reverses the order.
    private func sort<Item>(
        _ items: [Item], _ query: Query, standard: String, by keys: [String: (Item) -> Timestamp]
    ) -> [Item] {
        let asked = query.texts("sorting").first { keys[$0.hasPrefix("-") ? String($0.dropFirst()) : $0] != nil }
        let sorting = asked ?? standard
        let isDescending = sorting.hasPrefix("-")
        guard let key = keys[isDescending ? String(sorting.dropFirst()) : sorting] else { return items }
        return items.sorted { isDescending ? key($0) > key($1) : key($0) < key($1) }
    }

    func subscriptionList(_ organization: Organization, _ query: Query, now: Timestamp) throws(ValidationFailure)
        -> APIResponse
    {
        var query = query
        let owners = query.ids("organization_id")
        let wantedCustomers = query.ids("customer_id")
        let wantedProducts = query.ids("product_id")
        let externals = query.texts("external_customer_id")
        let statuses = query.texts("status")
        let active = query.flag("active")
        let found = subscriptions.values.filter { subscription in
            subscription.organization == organization.id
                && (owners.isEmpty || owners.contains(subscription.organization))
                && (wantedCustomers.isEmpty || wantedCustomers.contains(subscription.customer))
                && (wantedProducts.isEmpty || wantedProducts.contains(subscription.product))
                && (externals.isEmpty || customers[subscription.customer]?.externalID.map(externals.contains) ?? false)
                && (statuses.isEmpty || statuses.contains(subscription.status))
                && (active == nil || active == subscription.isActive)
        }
        let sorted = sort(
            Array(found), query, standard: "-started_at",
            by: ["started_at": { $0.startedAt }, "created_at": { $0.createdAt }])
        return try page(sorted, &query) { write($0, now: now, to: &$1) }
    }

    func orderList(_ organization: Organization, _ query: Query, now: Timestamp) throws(ValidationFailure)
        -> APIResponse
    {
        var query = query
        let wantedCustomers = query.ids("customer_id")
        let wantedProducts = query.ids("product_id")
        let wantedSubscriptions = query.ids("subscription_id")
        let externals = query.texts("external_customer_id")
        let checkouts = query.ids("checkout_id")
        let statuses = query.texts("status")
        let found = orders.values.filter { order in
            order.organization == organization.id
                && (wantedCustomers.isEmpty || wantedCustomers.contains(order.customer))
                && (wantedProducts.isEmpty || wantedProducts.contains(order.product))
                && (wantedSubscriptions.isEmpty || order.subscription.map(wantedSubscriptions.contains) ?? false)
                && (externals.isEmpty || customers[order.customer]?.externalID.map(externals.contains) ?? false)
                && (checkouts.isEmpty || order.checkout.map(checkouts.contains) ?? false)
                && (statuses.isEmpty || statuses.contains(order.status))
        }
        let sorted = sort(Array(found), query, standard: "-created_at", by: ["created_at": { $0.createdAt }])
        return try page(sorted, &query) { write($0, now: now, to: &$1) }
    }

    func customerList(_ organization: Organization, _ query: Query) throws(ValidationFailure) -> APIResponse {
        var query = query
        let email = query.text("email")?.lowercased()
        let words = query.text("query")?.lowercased()
        let found = customers.values.filter { customer in
            customer.organization == organization.id && (email == nil || customer.email?.lowercased() == email)
                && (words.map { words in
                    [customer.email ?? "", customer.name ?? "", customer.externalID ?? ""]
                        .contains { $0.lowercased().contains(words) }
                } ?? true)
        }
        let sorted = sort(Array(found), query, standard: "-created_at", by: ["created_at": { $0.createdAt }])
        return try page(sorted, &query) { write($0, to: &$1) }
    }

    func memberList(_ organization: Organization, _ query: Query) throws(ValidationFailure) -> APIResponse {
        var query = query
        let customer = query.id("customer_id")
        let external = query.text("external_customer_id")
        let role = query.text("role")
        let team = external.map { self.customer(externalID: $0, in: organization.id)?.id } ?? customer
        let candidates =
            external == nil && customer == nil
            ? Array(members.values) : team.map { (membersByCustomer[$0] ?? []).compactMap { members[$0] } } ?? []
        let found = candidates.filter { member in
            member.organization == organization.id && (customer == nil || member.customer == customer)
                && (role == nil || member.role == role)
        }
        let sorted = sort(Array(found), query, standard: "-created_at", by: ["created_at": { $0.createdAt }])
        return try page(sorted, &query) { write($0, to: &$1) }
    }

    func organizationList(_ organization: Organization, _ query: Query) throws(ValidationFailure) -> APIResponse {
        var query = query
        let slug = query.text("slug")
        let found = slug == nil || slug == organization.slug ? [organization] : []
        return try page(found, &query) { write($0, to: &$1) }
    }

    func productList(_ organization: Organization, _ query: Query) throws(ValidationFailure) -> APIResponse {
        var query = query
        let ids = query.ids("id")
        let isRecurring = query.flag("is_recurring")
        let found = products.values.filter { product in
            product.organization == organization.id && (ids.isEmpty || ids.contains(product.id))
                && (isRecurring == nil || isRecurring == (product.interval != nil))
        }
        let sorted = sort(Array(found), query, standard: "-created_at", by: ["created_at": { $0.createdAt }])
        return try page(sorted, &query) { write($0, to: &$1) }
    }

    /// Only one kind of event happens here: a subscription's seat count changes.
    func eventList(_ organization: Organization, _ query: Query) throws(ValidationFailure) -> APIResponse {
        var query = query
        let names = query.texts("name")
        let customer = query.ids("customer_id")
        let from = query.time("start_timestamp")
        let until = query.time("end_timestamp")
        let found = events.filter { event in
            event.organization == organization.id
                && (names.isEmpty || names.contains("subscription.seats_updated"))
                && (customer.isEmpty || customer.contains(event.customer))
                && (from.map { event.at >= $0 } ?? true) && (until.map { event.at <= $0 } ?? true)
        }
        let sorted = sort(found, query, standard: "-timestamp", by: ["timestamp": { $0.at }])
        return try page(sorted, &query) { write($0, to: &$1) }
    }
}
