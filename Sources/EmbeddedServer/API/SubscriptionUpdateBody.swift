/// The body of a subscription's PATCH: one of nine models, of which this server implements the one for seats.
struct SubscriptionUpdateBody: Sendable {
    var seats: Int
    var proration: Proration?

    /// The models that the real server tries, the field that each needs, and what else each accepts.
    private static let models: [(name: String, needs: String?, takes: Set<String>)] = [
        ("SubscriptionUpdateBase", nil, ["proration_behavior"]),
        ("SubscriptionUpdateSeats", "seats", ["proration_behavior"]),
        ("SubscriptionUpdateUnits", "units", ["proration_behavior"]),
        ("SubscriptionUpdateBillingPeriod", "current_billing_period_end", []),
        ("SubscriptionCancel", "cancel_at_period_end", []),
        ("SubscriptionRevoke", "revoke", []),
        ("SubscriptionPause", "pause_at_period_end", []),
        ("SubscriptionResume", "resume", []),
        ("SubscriptionUpdateClear", "pending_update", []),
    ]

    init(_ reader: BodyReader) throws {
        guard case .object(let members) = reader.body else {
            throw ValidationFailure([])
        }
        if let other = Self.models.dropFirst(2).first(where: { model in
            members.allSatisfy { $0.name == model.needs || model.takes.contains($0.name) }
                && members.contains { $0.name == model.needs }
        }) {
            throw APIError.badRequest("BadRequest", "the embedded server implements seats, not \(other.name)")
        }
        var issues: [ValidationIssue] = []
        var read: (seats: Int, proration: Proration?)?
        for model in Self.models {
            func location(_ field: String) -> [JSONValue] { [.string("body"), .string(model.name), .string(field)] }
            if let needed = model.needs, reader.body[needed] == nil {
                issues.append(ValidationIssue("missing", location(needed), "Field required", input: reader.body))
            }
            if model.needs == "seats" {
                switch Self.seats(members, location: location) {
                case .success(let values): read = values
                case .failure(let failure): issues += failure.issues
                }
            }
            for member in members where member.name != model.needs && !model.takes.contains(member.name) {
                issues.append(
                    ValidationIssue(
                        "extra_forbidden", location(member.name), "Extra inputs are not permitted",
                        input: member.value))
            }
        }
        let isSeats = members.allSatisfy { $0.name == "seats" || $0.name == "proration_behavior" }
        guard isSeats, let read else { throw ValidationFailure(issues) }
        seats = read.seats
        proration = read.proration
    }

    private static func seats(
        _ members: [JSONValue.Member], location: (String) -> [JSONValue]
    ) -> Result<(seats: Int, proration: Proration?)?, ValidationFailure> {
        let body = JSONValue.object(members)
        guard let value = body["seats"] else { return .success(nil) }
        var issues: [ValidationIssue] = []
        func issue(_ type: String, _ message: String, context: JSONValue? = nil) {
            issues.append(ValidationIssue(type, location("seats"), message, input: value, context: context))
        }
        var seats = 0
        switch value {
        case .number(let digits):
            if let number = Int(digits) ?? Double(digits).flatMap({ Int(exactly: $0) }) {
                seats = number
            } else {
                issue("int_from_float", "Input should be a valid integer, got a number with a fractional part")
            }
        case .string(let text):
            if let number = Int(text) {
                seats = number
            } else {
                issue("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
            }
        case .bool(let flag): seats = flag ? 1 : 0
        default: issue("int_type", "Input should be a valid integer")
        }
        if seats > Int(Int32.max) {
            issue(
                "less_than_equal", "Input should be less than or equal to 2147483647",
                context: .members(["le": .number("2147483647")]))
        } else if seats < Int(Int32.min) {
            issue(
                "greater_than_equal", "Input should be greater than or equal to -2147483648",
                context: .members(["ge": .number("-2147483648")]))
        }
        var proration: Proration?
        if let value = body["proration_behavior"], value != .null {
            proration = value.string.flatMap { Proration(rawValue: $0) }
            if proration == nil {
                let expected = "'invoice', 'prorate', 'next_period' or 'reset'"
                issues.append(
                    ValidationIssue(
                        "enum", location("proration_behavior"), "Input should be \(expected)", input: value,
                        context: .members(["expected": .string(expected)])))
            }
        }
        return issues.isEmpty ? .success((seats, proration)) : .failure(ValidationFailure(issues))
    }
}
