/// Handles one request after another: checks it, performs its operation on the data, and saves what has changed.
///
/// An assignment is one step without suspension, so two can never get the same seat.
actor APIHandler {
    private(set) var state: ServerState
    private let file: StateFile?
    private var limiter: RateLimiter
    private var faults: FaultPlan
    private var locks = ContainerLocks()
    private(set) var counters = EmbeddedCounters()
    private let clock: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private let crash: @Sendable () -> Void
    /// Whether the state file is closed or could not be written: from then on no operation succeeds.
    private var isFailed = false

    init(_ configuration: EmbeddedServerConfiguration) throws(EmbeddedServerError) {
        let base = configuration.clock
        let offset = configuration.now.map { Timestamp($0).microseconds - Timestamp(base()).microseconds } ?? 0
        let clock: @Sendable () -> Timestamp = { Timestamp(microseconds: Timestamp(base()).microseconds + offset) }
        self.clock = clock
        sleep = configuration.sleep
        crash = configuration.crash
        var state = ServerState(randomSeed: configuration.seed)
        if let path = configuration.stateFile {
            let file = try StateFile(path: path)
            do throws(EmbeddedServerError) {
                try state.open(file, seed: configuration.data, now: clock())
            } catch {
                file.close()
                throw error
            }
            self.file = file
        } else {
            try state.insert(seedOrStandard: configuration.data, now: clock())
            _ = state.takeChanges()
            file = nil
        }
        faults = FaultPlan(configuration.faults, seed: configuration.seed, run: state.counters.openings)
        self.state = state
        limiter = RateLimiter(limit: faults.limit)
    }

    /// Closes the state file. Later requests fail, because their changes could not be saved.
    func close() {
        isFailed = true
        file?.close()
    }

    func tokens() -> [EmbeddedToken] {
        let now = clock()
        return state.tokens.values.compactMap { token in
            state.organizations[token.organization].map {
                EmbeddedToken(
                    token: token.token, organization: $0.slug, scopes: token.scopes,
                    isExpired: token.expiresAt.map { $0 <= now } ?? false, rate: RateLimiter.rate(of: $0.rateGroup))
            }
        }.sorted { ($0.organization, $0.token) < ($1.organization, $1.token) }
    }

    // MARK: One request

    /// Handles a request, unless a fault comes first.
    func respond(to request: APIRequest) async throws -> APIResponse {
        if request.decodedPath.hasPrefix("/_embedded/") { return try inspect(request) }
        let isAPI = request.decodedPath.hasPrefix("/v1") || request.decodedPath.hasPrefix("/api/v1")
        guard isAPI, !faults.isEmpty else { return try await handle(request) }
        if faults.hasCrashed { return .dropped }
        let decision = faults.next()
        if faults.hasCrashed {
            crash()
            return .dropped
        }
        if decision.wait > .zero { try await sleep(decision.wait) }
        switch decision.effect {
        case .none: return try await handle(request)
        case .dropBefore:
            counters.dropped += 1
            return .dropped
        case .status(let status):
            counters.count(status: status)
            return .injected(status)
        case .dropAfter, .truncate:
            counters.dropped += 1
            var response = try await handle(request)
            response.delivery = decision.effect == .truncate ? .truncated : .dropped
            return response
        }
    }

    private func handle(_ request: APIRequest) async throws -> APIResponse {
        if let version = request.version, version != "2026-04", version != "2026-10" { return .unknownVersion }
        var request = request
        var isDeprecated = false
        if request.decodedPath == "/api/v1" || request.decodedPath.hasPrefix("/api/v1/") {
            request.decodedPath.removeFirst(4)
            request.path.removeFirst(4)
            isDeprecated = true
        }
        var response = try await route(request)
        if isDeprecated {
            response.headers.append(
                APIResponse.Header(
                    name: "x-polar-deprecation-notice",
                    value: "The API root has moved from /api/v1 to /v1. Please update your integration."))
        }
        counters.count(status: response.status)
        return response
    }

    private func route(_ request: APIRequest) async throws -> APIResponse {
        if request.decodedPath == "/healthz", request.method == "GET" {
            return .json(JSONWriter.object { $0.field("status", "ok") })
        }
        if request.isChunked, ["POST", "PUT", "PATCH"].contains(request.method) { return .lengthRequired }
        let now = clock()
        do {
            try applyPending(now: now)
        } catch {
            return .internalError
        }
        let sent = Self.bearer(request.authorization)
        let token = token(sent, now: now)
        let organization = token.flatMap { state.organizations[$0.organization] }
        let isLimited = request.decodedPath.hasPrefix("/v1")
        if isLimited,
            let wait = limiter.count(token: token, sent: sent, group: organization?.rateGroup, now: now)
        {
            return .tooManyRequests(retryAfter: wait)
        }
        if sent != nil, token == nil { return .invalidToken }
        if isLimited, let token { limiter.passed(token, now: now) }
        switch Route.match(request.method, request.decodedPath) {
        case .found(let operation, let parameter):
            counters.count(operation)
            return try await perform(operation, parameter, request, token: token, organization: organization, now: now)
        case .methodNotAllowed(let allow): return .methodNotAllowed(allow: allow)
        case .none:
            guard Route.redirect(request.method, request.decodedPath) != nil else { return .plain(404, "Not Found") }
            let path = request.path.hasSuffix("/") ? String(request.path.dropLast()) : request.path + "/"
            let query = request.query.isEmpty ? "" : "?\(request.query)"
            return .redirect(to: "http://\(request.authority)\(path)\(query)")
        }
    }

    /// Pending changes of seat counts apply while the server runs, not only when it starts.
    private func applyPending(now: Timestamp) throws(EmbeddedServerError) {
        if state.applyPending(now: now) { try save() }
    }

    private func token(_ sent: String?, now: Timestamp) -> AccessToken? {
        guard let token = sent.flatMap({ state.tokens[$0] }) else { return nil }
        return token.expiresAt.map { now < $0 } ?? true ? token : nil
    }

    private static func bearer(_ authorization: String?) -> String? {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return nil }
        return String(authorization.dropFirst(7))
    }

    private func perform(
        _ operation: Operation, _ parameter: String, _ request: APIRequest, token: AccessToken?,
        organization: Organization?, now: Timestamp
    ) async throws -> APIResponse {
        if isFailed { return .internalError }
        do {
            let response: APIResponse
            if operation.scopes.isEmpty {
                response = try claim(operation, parameter, request, now: now)
            } else {
                guard let token, let organization else { return .unauthorized }
                guard token.scopes.contains("*") || operation.scopes.contains(where: token.scopes.contains) else {
                    return .insufficientScope(operation.scopes)
                }
                response =
                    operation == .assign
                    ? try await assign(request, organization, now: now)
                    : try perform(operation, parameter, request, organization, now: now)
            }
            try save()
            return response
        } catch let error as APIError {
            // An error comes before any change, so that there is nothing to save.
            return .error(error)
        } catch let failure as ValidationFailure {
            return failure.response
        } catch is EmbeddedServerError {
            return .internalError
        }
    }

    /// Saves what has changed, before the response is sent.
    private func save() throws(EmbeddedServerError) {
        let changes = state.takeChanges()
        if changes.isEmpty { return }
        do {
            try file?.write(changes, state.counters)
        } catch {
            isFailed = true
            throw error
        }
    }

    // MARK: Operations

    private func assign(
        _ request: APIRequest, _ organization: Organization, now: Timestamp
    ) async throws -> APIResponse {
        let seat = try SeatRequest(BodyReader(request.body, contentType: request.contentType))
        _ = try state.container(seat.container, of: organization)
        let length = faults.lock / .seconds(1)
        switch locks.take(seat.container.id, for: length, now: now) {
        case .after(let seconds):
            if seconds > 0 { try await sleep(.seconds(seconds)) }
        case .timeout(let seconds):
            try await sleep(.seconds(seconds))
            return .internalError
        }
        return response(try state.assign(seat, by: organization, now: clock()))
    }

    private func response(_ view: SeatView) -> APIResponse { single { state.write(view, to: &$0) } }

    private func claim(
        _ operation: Operation, _ parameter: String, _ request: APIRequest, now: Timestamp
    ) throws -> APIResponse {
        if operation == .claimInfo {
            let (product, organization, email) = try state.claimInfo(parameter, now: now)
            return .json(
                JSONWriter.object { w in
                    w.field("product_name", product.name)
                    w.field("product_id", product.id)
                    w.field("organization_name", organization.name)
                    w.field("organization_slug", organization.slug)
                    w.field("customer_email", email)
                    w.field("can_claim", true)
                })
        }
        var reader = try BodyReader(request.body, contentType: request.contentType)
        guard let token = reader.requiredText("invitation_token") else { throw ValidationFailure(reader.issues) }
        let (view, session) = try state.claim(token, now: now)
        return .json(
            JSONWriter.object { w in
                w.key("seat")
                state.write(view, to: &w)
                w.field("customer_session_token", session)
            })
    }

    private func perform(
        _ operation: Operation, _ parameter: String, _ request: APIRequest, _ organization: Organization, now: Timestamp
    ) throws -> APIResponse {
        let query = Query(request.query)
        switch operation {
        case .list: return try list(query, organization)
        case .revoke: return response(try state.revoke(try id(parameter, "seat_id"), by: organization, now: now))
        case .resend: return response(try state.resend(try id(parameter, "seat_id"), by: organization, now: now))
        case .subscriptions: return try state.subscriptionList(organization, query, now: now)
        case .orders: return try state.orderList(organization, query, now: now)
        case .customers: return try state.customerList(organization, query)
        case .members: return try state.memberList(organization, query)
        case .organizations: return try state.organizationList(organization, query)
        case .products: return try state.productList(organization, query)
        case .events: return try state.eventList(organization, query)
        case .updateSubscription:
            let id = try id(parameter, "id")
            let update = try SubscriptionUpdateBody(BodyReader(request.body, contentType: request.contentType))
            if update.proration == .reset, organization.proration != .reset,
                state.subscriptions[id]?.organization == organization.id
            {
                throw ValidationFailure(
                    ValidationIssue(
                        "value_error", [.string("body"), .string("proration_behavior")],
                        "The 'reset' proration behavior is not enabled for this organization.",
                        input: .string(Proration.reset.rawValue)))
            }
            let subscription = try state.setSeats(
                update.seats, of: id, proration: update.proration, by: organization, now: now)
            return single { state.write(subscription, now: now, to: &$0) }
        case .customerByExternalID:
            let customer = try found(state.customer(externalID: parameter, in: organization.id))
            return single { state.write(customer, to: &$0) }
        case .subscription, .order, .customer, .organization, .product:
            return try one(operation, try id(parameter, "id"), organization, now: now)
        case .assign, .claim, .claimInfo: return .internalError
        }
    }

    private func list(_ query: Query, _ organization: Organization) throws -> APIResponse {
        var query = query
        let subscription = query.id("subscription_id")
        let order = query.id("order_id")
        if !query.issues.isEmpty { throw ValidationFailure(query.issues) }
        guard let reference = subscription.map(ContainerReference.subscription) ?? order.map(ContainerReference.order)
        else { throw APIError.badRequest("BadRequest", "Either subscription_id or order_id must be provided") }
        let billing = try state.container(reference, of: organization)
        let seats = state.allSeats(reference.id)
        var writer = JSONWriter(reserving: 800 * seats.count + 100)
        writer.object { w in
            w.arrayField("seats") { w in
                for seat in seats { state.write(state.view(seat), to: &w) }
            }
            w.field("available_seats", max(0, billing.seats &- state.liveSeats(reference.id)))
            w.field("total_seats", billing.seats)
        }
        return .json(writer.bytes)
    }

    private func one(
        _ operation: Operation, _ id: EntityID, _ organization: Organization, now: Timestamp
    ) throws -> APIResponse {
        func own<Entity>(_ entity: Entity?, _ owner: KeyPath<Entity, EntityID>) throws -> Entity {
            let entity = try found(entity)
            guard entity[keyPath: owner] == organization.id else { throw APIError.notFound("Not found") }
            return entity
        }
        switch operation {
        case .subscription:
            let subscription = try own(state.subscriptions[id], \.organization)
            return single { state.write(subscription, now: now, to: &$0) }
        case .order:
            let order = try own(state.orders[id], \.organization)
            return single { state.write(order, now: now, to: &$0) }
        case .customer:
            let customer = try own(state.customers[id], \.organization)
            return single { state.write(customer, to: &$0) }
        case .product:
            let product = try own(state.products[id], \.organization)
            return single { state.write(product, to: &$0) }
        default:
            let organization = try own(state.organizations[id], \.id)
            return single { state.write(organization, to: &$0) }
        }
    }

    private func found<Entity>(_ entity: Entity?) throws -> Entity {
        guard let entity else { throw APIError.notFound("Not found") }
        return entity
    }

    private func id(_ text: String, _ name: String) throws -> EntityID {
        do {
            return try ValidationIssue.id(text, at: [.string("path"), .string(name)], version4: true).get()
        } catch {
            throw ValidationFailure(error)
        }
    }

    private func single(_ write: (inout JSONWriter) -> Void) -> APIResponse {
        var writer = JSONWriter()
        write(&writer)
        return .json(writer.bytes)
    }

    // MARK: Beside the API

    /// What the real server does not show. It names people and holds claim tokens; so it requires a token, in a header
    /// that a request of another web page cannot carry.
    private func inspect(_ request: APIRequest) throws -> APIResponse {
        let sent = Self.bearer(request.authorization)
        if token(sent, now: clock()) == nil { return sent == nil ? .unauthorized : .invalidToken }
        return switch (request.method, request.decodedPath) {
        case ("GET", "/_embedded/outbox"), ("GET", "/_embedded/mails"):
            try .json(["mails": state.emails.map(EmbeddedEmail.init)])
        case ("GET", "/_embedded/counters"): try .json(counters)
        default: .plain(404, "Not Found")
        }
    }
}
