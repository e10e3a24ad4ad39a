extension SeatRequest {
    /// Reads the body of an assignment.
    init(_ reader: consuming BodyReader) throws(ValidationFailure) {
        let subscription = reader.id("subscription_id")
        let order = reader.id("order_id")
        var identity = SeatIdentity()
        identity.email = reader.email("email")
        identity.externalCustomerID = reader.text("external_customer_id")
        identity.customerID = reader.id("customer_id")
        identity.externalMemberID = reader.text("external_member_id")
        identity.memberID = reader.id("member_id")
        let metadata = reader.metadata("metadata")
        let immediateClaim = reader.flag("immediate_claim")
        if !reader.issues.isEmpty { throw ValidationFailure(reader.issues) }

        switch (subscription, order) {
        case (let id?, nil): container = .subscription(id)
        case (nil, let id?): container = .order(id)
        default: throw reader.rule("Exactly one of subscription_id or order_id must be provided")
        }
        if identity.isEmpty {
            throw reader.rule(
                "At least one of email, external_customer_id, customer_id, external_member_id, or member_id must be "
                    + "provided")
        }
        let hasCustomer = identity.customerID != nil || identity.externalCustomerID != nil
        let hasMember = identity.memberID != nil || identity.externalMemberID != nil
        if hasCustomer, hasMember {
            throw reader.rule(
                "Cannot combine external_customer_id/customer_id with external_member_id/member_id")
        }
        if identity.memberID != nil, identity.externalMemberID != nil {
            throw reader.rule("Cannot provide both external_member_id and member_id")
        }
        let alternatives = [
            identity.email != nil, identity.externalCustomerID != nil, identity.customerID != nil,
        ]
        if hasCustomer, alternatives.count(where: { $0 }) != 1 {
            throw reader.rule("Exactly one of email, external_customer_id, or customer_id must be provided")
        }
        if identity.memberID != nil, identity.email != nil { throw reader.rule("Cannot combine member_id with email") }
        self.identity = identity
        self.metadata = metadata?.text ?? "{}"
        self.immediateClaim = immediateClaim
    }
}
