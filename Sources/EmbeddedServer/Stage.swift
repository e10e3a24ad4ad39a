/// A request as far as the stage needs to know it.
struct StageRequest: Sendable {
    var method: String
    /// The path as it was sent, without the query.
    var path: String
    var decodedPath: String
    var query: Substring
    var authority: String
    var version: String?
    var authorization: String?
    var contentType: String?
    var isChunked: Bool
    var body: [UInt8]
}

/// What becomes of a request: an answer, and what is done to it on its way out.
struct StageReply: Sendable {
    var answer: Answer
    var fate: FaultDecision.Fate = .answer
}

/// Where everything happens: holds the world, takes one request after another, writes down what has changed.
///
/// Assigns are done in one step each, so two can never take the same seat.
actor Stage {
    private(set) var world: World
    private let file: StateFile?
    private var limiter: RateLimiter
    private var plan: FaultPlan
    private var locks = ContainerLocks()
    private(set) var counters = EmbeddedCounters()
    private let clock: @Sendable () -> Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let crash: @Sendable () -> Void
    /// Set when the state could not be written: from then on nothing is promised.
    private var failure: EmbeddedServerError?

    init(_ configuration: EmbeddedServerConfiguration) throws(EmbeddedServerError) {
        let base = configuration.clock
        let offset = configuration.now.map { Instant($0).microseconds - Instant(base()).microseconds } ?? 0
        let clock: @Sendable () -> Instant = { Instant(microseconds: Instant(base()).microseconds + offset) }
        self.clock = clock
        sleep = configuration.sleep
        crash = configuration.crash
        var world = World()
        world.seed = configuration.seed
        var run: UInt64 = 0
        if let path = configuration.stateFile {
            let file = try StateFile(path: path)
            do throws(EmbeddedServerError) {
                run = try world.load(from: file, seed: configuration.world, now: clock())
            } catch {
                file.close()
                throw error
            }
            self.file = file
        } else {
            try world.sow(.orDefault(configuration.world), now: clock())
            _ = world.takeChanges()
            file = nil
        }
        self.world = world
        plan = FaultPlan(configuration.faults, seed: configuration.seed, run: run)
        limiter = RateLimiter(override: plan.rate)
    }

    /// Lets the state file go. Whoever still comes is turned away, for nothing more can be kept.
    func close() {
        failure = EmbeddedServerError(code: .badState, message: "the embedded server has ended")
        file?.close()
    }

    func tokens() -> [EmbeddedToken] {
        let now = clock()
        return world.tokens.values.compactMap { token in
            world.organizations[token.organization].map {
                EmbeddedToken(
                    token: token.token, organization: $0.slug, scopes: token.scopes,
                    isExpired: token.expiresAt.map { $0 <= now } ?? false, rate: RateLimiter.rate(of: $0.rateGroup))
            }
        }.sorted { ($0.organization, $0.token) < ($1.organization, $1.token) }
    }

    // MARK: One request

    func reply(to request: StageRequest) async throws -> StageReply {
        if request.decodedPath.hasPrefix("/_embedded/") { return StageReply(answer: backstage(request)) }
        let isAPI = request.decodedPath.hasPrefix("/v1") || request.decodedPath.hasPrefix("/api/v1")
        guard isAPI, !plan.isQuiet else { return StageReply(answer: try await answer(request)) }
        if plan.hasCrashed { return StageReply(answer: .internalError, fate: .dropBefore) }
        let decision = plan.next()
        if plan.hasCrashed {
            crash()
            return StageReply(answer: .internalError, fate: .dropBefore)
        }
        if decision.wait > .zero { try await sleep(decision.wait) }
        switch decision.fate {
        case .dropBefore:
            counters.dropped += 1
            return StageReply(answer: .internalError, fate: .dropBefore)
        case .status(let status):
            counters.count(status: status)
            return StageReply(answer: Self.faulty(status))
        case .dropAfter, .truncate: counters.dropped += 1
        case .answer: break
        }
        return StageReply(answer: try await answer(request), fate: decision.fate)
    }

    private static func faulty(_ status: Int) -> Answer {
        switch status {
        case 429: .tooManyRequests(retryAfter: 60)
        case 500: .internalError
        case 502: .broken(502, "Bad Gateway")
        case 503: .broken(503, "Service Unavailable")
        case 504: .broken(504, "Gateway Timeout")
        default: .broken(status, "a fault on demand")
        }
    }

    private func answer(_ request: StageRequest) async throws -> Answer {
        if let version = request.version, version != "2026-04", version != "2026-10" { return .unknownVersion }
        var request = request
        var isDeprecated = false
        if request.decodedPath == "/api/v1" || request.decodedPath.hasPrefix("/api/v1/") {
            request.decodedPath.removeFirst(4)
            request.path.removeFirst(4)
            isDeprecated = true
        }
        var answer = try await routed(request)
        if isDeprecated {
            answer.headers.append(
                Answer.Header(
                    name: "x-polar-deprecation-notice",
                    value: "The API root has moved from /api/v1 to /v1. Please update your integration."))
        }
        counters.count(status: answer.status)
        return answer
    }

    private func routed(_ request: StageRequest) async throws -> Answer {
        if request.decodedPath == "/healthz", request.method == "GET" {
            return .json(JSONWriter.object { $0.field("status", "ok") })
        }
        if request.isChunked, ["POST", "PUT", "PATCH"].contains(request.method) { return .lengthRequired }
        let now = clock()
        if let failed = applyPending(now: now) { return failed }
        let sent = Self.bearer(request.authorization)
        let token = token(sent, now: now)
        let organization = token.flatMap { world.organizations[$0.organization] }
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

    /// Changes of seat counts come when their time has come, not only when the server starts.
    private func applyPending(now: Instant) -> Answer? {
        guard world.applyPending(now: now) else { return nil }
        do {
            _ = try keep(.json([]))
            return nil
        } catch {
            failure = (error as? EmbeddedServerError) ?? failure
            return .internalError
        }
    }

    private func token(_ sent: String?, now: Instant) -> AccessToken? {
        guard let token = sent.flatMap({ world.tokens[$0] }) else { return nil }
        return token.expiresAt.map { now < $0 } ?? true ? token : nil
    }

    private static func bearer(_ authorization: String?) -> String? {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return nil }
        return String(authorization.dropFirst(7))
    }

    private func perform(
        _ operation: Operation, _ parameter: String, _ request: StageRequest, token: AccessToken?,
        organization: Organization?, now: Instant
    ) async throws -> Answer {
        do {
            if operation.scopes.isEmpty {
                return try keep(try claim(operation, parameter, request, now: now))
            }
            guard let token, let organization else { return .unauthorized }
            guard token.scopes.contains("*") || operation.scopes.contains(where: token.scopes.contains) else {
                return .insufficientScope(operation.scopes)
            }
            if operation == .assign { return try await assign(request, organization, now: now) }
            return try keep(try carryOut(operation, parameter, request, organization, now: now))
        } catch let refusal as Refusal {
            // A refusal comes before anything is made, so there is nothing to write down.
            return .error(refusal)
        } catch let failure as ValidationFailure {
            return failure.answer
        } catch let error as EmbeddedServerError {
            failure = error
            return .internalError
        }
    }

    /// Writes down what has changed before the answer leaves.
    private func keep(_ answer: Answer) throws -> Answer {
        if let failure { throw failure }
        let changes = world.takeChanges()
        if !changes.isEmpty {
            try file?.write(changes, numbers: [("counter", Int64(bitPattern: world.counter))])
        }
        return answer
    }

    // MARK: Operations

    private func assign(_ request: StageRequest, _ organization: Organization, now: Instant) async throws -> Answer {
        let seat = try SeatRequest(BodyReader(request.body, contentType: request.contentType))
        _ = try world.container(seat.container, of: organization)
        let length = plan.lock / .seconds(1)
        switch locks.take(seat.container.id, for: length, now: now) {
        case .after(let seconds):
            if seconds > 0 { try await sleep(.seconds(seconds)) }
        case .never(let seconds):
            try await sleep(.seconds(seconds))
            return .internalError
        }
        let view = try world.assign(seat, by: organization, now: clock())
        return try keep(answer(view))
    }

    private func answer(_ view: SeatView) -> Answer {
        var writer = JSONWriter()
        world.write(view, to: &writer)
        return .json(writer.bytes)
    }

    private func claim(
        _ operation: Operation, _ parameter: String, _ request: StageRequest, now: Instant
    ) throws -> Answer {
        if operation == .claimInfo {
            let (product, organization, email) = try world.claimInfo(parameter, now: now)
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
        let (view, session) = try world.claim(token, now: now)
        return .json(
            JSONWriter.object { w in
                w.key("seat")
                world.write(view, to: &w)
                w.field("customer_session_token", session)
            })
    }

    private func carryOut(
        _ operation: Operation, _ parameter: String, _ request: StageRequest, _ organization: Organization, now: Instant
    ) throws -> Answer {
        let query = Query(request.query)
        switch operation {
        case .list: return try list(query, organization)
        case .revoke: return answer(try world.revoke(try id(parameter, "seat_id"), by: organization, now: now))
        case .resend: return answer(try world.resend(try id(parameter, "seat_id"), by: organization, now: now))
        case .subscriptions: return try world.subscriptionList(organization, query, now: now)
        case .orders: return try world.orderList(organization, query, now: now)
        case .customers: return try world.customerList(organization, query)
        case .members: return try world.memberList(organization, query)
        case .organizations: return try world.organizationList(organization, query)
        case .products: return try world.productList(organization, query)
        case .events: return try world.eventList(organization, query)
        case .updateSubscription:
            let id = try id(parameter, "id")
            let update = try SubscriptionUpdateBody(BodyReader(request.body, contentType: request.contentType))
            if update.proration == .reset, organization.proration != .reset,
                world.subscriptions[id]?.organization == organization.id
            {
                throw ValidationFailure(
                    ValidationIssue(
                        "value_error", [.string("body"), .string("proration_behavior")],
                        "The 'reset' proration behavior is not enabled for this organization.",
                        input: .string(Proration.reset.rawValue)))
            }
            let subscription = try world.setSeats(
                update.seats, of: id, proration: update.proration, by: organization, now: now)
            return single { world.write(subscription, now: now, to: &$0) }
        case .customerByExternalID:
            let customer = try found(world.customer(externalID: parameter, in: organization.id))
            return single { world.write(customer, to: &$0) }
        case .subscription, .order, .customer, .organization, .product:
            return try one(operation, try id(parameter, "id"), organization, now: now)
        case .assign, .claim, .claimInfo: return .internalError
        }
    }

    private func list(_ query: Query, _ organization: Organization) throws -> Answer {
        var query = query
        let subscription = query.id("subscription_id")
        let order = query.id("order_id")
        if !query.issues.isEmpty { throw ValidationFailure(query.issues) }
        guard let reference = subscription.map(ContainerReference.subscription) ?? order.map(ContainerReference.order)
        else { throw Refusal.bad("BadRequest", "Either subscription_id or order_id must be provided") }
        let terms = try world.container(reference, of: organization)
        let seats = world.allSeats(reference.id)
        var writer = JSONWriter(reserving: 800 * seats.count + 100)
        writer.object { w in
            w.arrayField("seats") { w in
                for seat in seats { world.write(world.view(seat), to: &w) }
            }
            w.field("available_seats", max(0, terms.seats - world.liveSeats(reference.id)))
            w.field("total_seats", terms.seats)
        }
        return .json(writer.bytes)
    }

    private func one(
        _ operation: Operation, _ id: EntityID, _ organization: Organization, now: Instant
    ) throws -> Answer {
        func own<Entity>(_ entity: Entity?, _ owner: KeyPath<Entity, EntityID>) throws -> Entity {
            let entity = try found(entity)
            guard entity[keyPath: owner] == organization.id else { throw Refusal.notFound("Not found") }
            return entity
        }
        switch operation {
        case .subscription:
            let subscription = try own(world.subscriptions[id], \.organization)
            return single { world.write(subscription, now: now, to: &$0) }
        case .order:
            let order = try own(world.orders[id], \.organization)
            return single { world.write(order, now: now, to: &$0) }
        case .customer:
            let customer = try own(world.customers[id], \.organization)
            return single { world.write(customer, to: &$0) }
        case .product:
            let product = try own(world.products[id], \.organization)
            return single { world.write(product, to: &$0) }
        default:
            let organization = try own(world.organizations[id], \.id)
            return single { world.write(organization, to: &$0) }
        }
    }

    private func found<Entity>(_ entity: Entity?) throws -> Entity {
        guard let entity else { throw Refusal.notFound("Not found") }
        return entity
    }

    private func id(_ text: String, _ name: String) throws -> EntityID {
        do {
            return try ValidationIssue.id(text, at: [.string("path"), .string(name)], version4: true).get()
        } catch {
            throw ValidationFailure(error)
        }
    }

    private func single(_ write: (inout JSONWriter) -> Void) -> Answer {
        var writer = JSONWriter()
        write(&writer)
        return .json(writer.bytes)
    }

    // MARK: Behind the scenes

    /// What the real server does not show. It names people and holds claim tokens, so that it is for those with a token,
    /// in a header that no other web page's request can carry.
    private func backstage(_ request: StageRequest) -> Answer {
        let sent = Self.bearer(request.authorization)
        if token(sent, now: clock()) == nil { return sent == nil ? .unauthorized : .invalidToken }
        return switch (request.method, request.decodedPath) {
        case ("GET", "/_embedded/outbox"), ("GET", "/_embedded/mails"):
            .json(
                JSONWriter.object { w in
                    w.arrayField("mails") { w in
                        for mail in world.mails { EmbeddedMail(mail).write(to: &w) }
                    }
                })
        case ("GET", "/_embedded/counters"): .json(JSONWriter.object { counters.write(to: &$0) })
        default: .plain(404, "Not Found")
        }
    }

    /// Makes an invitation old, as time would; for tests of a clock that others share.
    func expireInvitation(of seat: EntityID, at time: Instant) throws {
        guard var seat = world.seats[seat] else { return }
        seat.expiresAt = time
        world.put(seat)
        _ = try keep(.json([]))
    }

    /// Holds a container's row, as another transaction would.
    func holdLock(_ container: EntityID, seconds: Double) {
        _ = locks.take(container, for: seconds, now: clock())
    }
}
