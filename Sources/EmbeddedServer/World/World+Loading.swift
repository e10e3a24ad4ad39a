extension World {
    private static let kinds = [
        Organization.kind, AccessToken.kind, Product.kind, Customer.kind, Member.kind, Subscription.kind, Order.kind,
        Seat.kind, Mail.kind, SeatsEvent.kind,
    ]

    /// Takes up the world in a state file, or puts the seed's into a new one. Gives the number of this opening.
    mutating func load(
        from file: StateFile, seed: EmbeddedSeed?, now: Instant
    ) throws(EmbeddedServerError) -> UInt64 {
        let run = (try file.readNumber("runs") ?? 0) + 1
        let known = try file.readNumber("counter")
        if let counter = known {
            resume(counter: UInt64(bitPattern: counter))
            try file.readEntities(kinds: Self.kinds) { kind, bytes in
                try put(kind: kind, stored: bytes)
            }
            restoreOrder()
            _ = takeChanges()
            applyPending(now: now)
        } else {
            try sow(.orDefault(seed), now: now)
        }
        try file.write(
            takeChanges(), numbers: [("counter", Int64(bitPattern: counter)), ("runs", run)], isWhole: known == nil)
        return UInt64(run)
    }

    private mutating func put(kind: String, stored bytes: [UInt8]) throws {
        switch kind {
        case Organization.kind: put(try Organization(stored: bytes))
        case AccessToken.kind: put(try AccessToken(stored: bytes))
        case Product.kind: put(try Product(stored: bytes))
        case Customer.kind: put(try Customer(stored: bytes))
        case Member.kind: put(try Member(stored: bytes))
        case Subscription.kind: put(try Subscription(stored: bytes))
        case Order.kind: put(try Order(stored: bytes))
        case Seat.kind:
            var seat = try Seat(stored: bytes)
            // Files of earlier versions keep the address with the member only.
            if seat.email == nil { seat.email = seat.member.flatMap { members[$0]?.email } }
            put(seat)
        case Mail.kind: put(try Mail(stored: bytes))
        default: put(try SeatsEvent(stored: bytes))
        }
    }
}
