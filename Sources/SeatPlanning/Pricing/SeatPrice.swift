internal import Rosters

extension SeatPricing {
    /// What `seats` seats cost for one period, in the currency's smallest unit.
    ///
    /// Volume: all seats at the price of the tier that the count falls into. Graduated: each range at its own. Seats
    /// beyond the last tier are at its price, and below the first at the first's, so that a count that cannot be bought
    /// still has a price to compare with. Nil without tiers, and where the sum is beyond what an integer holds.
    public func cost(seats: Int) -> Int? {
        guard !tiers.isEmpty else { return nil }
        var sum = 0
        for part in parts(seats: seats) {
            let (product, productOverflow) = part.seats.multipliedReportingOverflow(by: part.pricePerSeat)
            let (next, sumOverflow) = sum.addingReportingOverflow(product)
            if productOverflow || sumOverflow { return nil }
            sum = next
        }
        return sum
    }

    /// How ``cost(seats:)`` adds up: so many seats at this price, tier by tier. None without seats or tiers.
    public func parts(seats: Int) -> [Part] {
        guard let first = tiers.first, seats > 0 else { return [] }
        switch kind {
        case .volume:
            let tier = tiers.last { $0.minSeats <= seats } ?? first
            return [Part(seats: seats, pricePerSeat: tier.pricePerSeat)]
        case .graduated:
            var parts: [Part] = []
            var counted = 0
            for (index, tier) in tiers.enumerated() where counted < seats {
                let isLast = index == tiers.count - 1
                let end = isLast ? seats : min(seats, tier.maxSeats ?? tiers[index + 1].minSeats.minus(1))
                guard end > counted else { continue }
                parts.append(Part(seats: end - counted, pricePerSeat: tier.pricePerSeat))
                counted = end
            }
            return parts
        }
    }

    /// Seats that cost the same.
    public struct Part: Sendable, Equatable {
        /// How many seats there are at this price.
        public var seats: Int
        /// In the currency's smallest unit.
        public var pricePerSeat: Int
        /// Creates a part from its number of seats and their price.
        public init(seats: Int, pricePerSeat: Int) {
            self.seats = seats
            self.pricePerSeat = pricePerSeat
        }
    }

    /// What ``cost(seats:)`` is for; nil for a one-time purchase.
    public var period: BillingPeriod? { interval.map { BillingPeriod($0, count: intervalCount) } }

    /// What the seats that no one uses cost: the price of all less the price of those used. Negative where volume
    /// prices make fewer seats dearer.
    public func idleCost(total: Int, used: Int) -> Int? {
        guard let all = cost(seats: total), let needed = cost(seats: min(used, total)) else { return nil }
        let (idle, isTooMuch) = all.subtractingReportingOverflow(needed)
        return isTooMuch ? nil : idle
    }

    /// The seat count from `used` to `total` that costs least, and what it saves; the highest such count, because more
    /// seats for the same money are better. The first tier's lower end is the floor, because fewer cannot be bought.
    public func cheapest(total: Int, used: Int) -> Reduction? {
        guard let all = cost(seats: total) else { return nil }
        let floor = min(total, max(used, tiers.first?.minSeats ?? 0))
        // Inside a tier fewer is never dearer, so only the floor, the total and the starts of tiers can be cheapest.
        let candidates = [floor, total] + tiers.map(\.minSeats).filter { $0 > floor && $0 < total }
        var best = Reduction(seats: total, saving: 0)
        for seats in candidates {
            guard let cost = cost(seats: seats) else { continue }
            let saving = all.minus(cost)
            if saving > best.saving || (saving == best.saving && seats > best.seats) {
                best = Reduction(seats: seats, saving: saving)
            }
        }
        return best
    }

    /// A lower seat count and what it saves a period.
    public struct Reduction: Sendable, Equatable {
        /// The lower seat count.
        public var seats: Int
        /// What it costs less per period than the present count, in the currency's smallest unit; 0 if nothing is
        /// saved.
        public var saving: Int
        /// Creates a reduction from its count and its saving.
        public init(seats: Int, saving: Int) {
            self.seats = seats
            self.saving = saving
        }
    }
}

/// The time that one payment is for, as Polar counts it: `recurring_interval` and `recurring_interval_count`.
public struct BillingPeriod: Sendable, Hashable, Comparable {
    /// `day`, `week`, `month`, `year`.
    public var interval: String
    /// How many intervals a period has: 3 with `month` for a quarter.
    public var count: Int

    /// Creates a period of one interval, or of several.
    public init(_ interval: String, count: Int = 1) {
        self.interval = interval
        self.count = count
    }

    /// For people, after an amount: `per month`, `every 3 months`.
    public var text: String { count == 1 ? "per \(interval)" : "every \(count) \(interval)s" }

    /// Orders periods by the interval's name, then by the number; the order is fixed, not one of length.
    public static func < (lhs: BillingPeriod, rhs: BillingPeriod) -> Bool {
        (lhs.interval, lhs.count) < (rhs.interval, rhs.count)
    }
}

/// An amount of money, in the currency's smallest unit.
public struct Money: Sendable, Hashable {
    /// The amount in the currency's smallest unit, such as cents.
    public var amount: Int
    /// ISO 4217, in any case.
    public var currency: String

    /// Creates an amount in a currency.
    public init(_ amount: Int, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// How many of the smallest unit's digits stand behind the point: 0 for yen, 3 for dinars, 2 for most. The
    /// payment provider's list of currencies counts, not ISO 4217 alone.
    public var decimals: Int {
        switch currency.lowercased() {
        case "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
            "xof", "xpf":
            0
        case "bhd", "jod", "kwd", "omr", "tnd": 3
        default: 2
        }
    }

    /// The amount as a decimal fraction: `1234.50`, `1234` for yen.
    public var decimal: String {
        let digits = String(amount.magnitude)
        let sign = amount < 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    /// For people: `1,234.50 USD`.
    public var text: String {
        let parts = decimal.drop { $0 == "-" }.split(separator: ".")
        let fraction = parts.count > 1 ? ".\(parts[1])" : ""
        return "\(amount < 0 ? "-" : "")\((parts.first ?? "").groupedDigits)\(fraction) \(currency.uppercased())"
    }
}

extension StringProtocol {
    /// Digits with thousands separators: `1,234,567`.
    package var groupedDigits: String {
        enumerated().reduce(into: "") { text, digit in
            if digit.offset > 0, (count - digit.offset) % 3 == 0 { text.append(",") }
            text.append(digit.element)
        }
    }
}
