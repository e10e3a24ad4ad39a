internal import RosterFormats

/// A domain that rows of one roster would send invitations to.
public struct EmailDomainUse: Sendable, Equatable {
    /// As addresses are compared: lower case, in its Unicode form.
    public var domain: String
    /// Index into ``RosterTable/sources``.
    public var source: Int
    /// The first row's physical line.
    public var line: Int
    /// The first row's index in its ``RosterTable``.
    public var entry: Int
    /// How many rows of the roster name it.
    public var rows: Int

    /// Creates a use.
    public init(domain: String, source: Int, line: Int, entry: Int, rows: Int) {
        self.domain = domain
        self.source = source
        self.line = line
        self.entry = entry
        self.rows = rows
    }
}

extension RosterTable {
    /// The domains of addresses, once for each roster, in the order of their first rows.
    ///
    /// - Parameter isWanted: which entries count, by index; invalid and excluded ones never do.
    public func emailDomains(where isWanted: (Int) -> Bool) -> [EmailDomainUse] {
        struct Key: Hashable {
            var source: Int
            var domain: String
        }
        var uses: [EmailDomainUse] = []
        var places: [Key: Int] = [:]
        for entry in 0..<count where !isInvalid(entry) && !isExcluded(entry) && isWanted(entry) {
            let domain = withEmailKey(entry) { key in
                key.lastIndex(of: UInt8(ascii: "@")).map { String(decoding: key[($0 + 1)...], as: UTF8.self) } ?? ""
            }
            if domain.isEmpty { continue }
            let key = Key(source: source(at: entry), domain: domain)
            if let place = places[key] {
                uses[place].rows += 1
            } else {
                places[key] = uses.count
                uses.append(
                    EmailDomainUse(domain: domain, source: key.source, line: line(at: entry), entry: entry, rows: 1))
            }
        }
        return uses
    }
}

extension Roster {
    /// Adds what was found after the reading, under the same limit of what is kept.
    public mutating func add(_ found: [Defect]) {
        for defect in found {
            guard let index = sources.firstIndex(where: { $0.name == defect.source }) else { continue }
            if sources[index].count(defect.kind, limit: defectLimit) { defects.append(defect) }
        }
        sortDefects()
    }
}
