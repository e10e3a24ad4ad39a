/// Where a row's builder puts a cell; the raw value is an index into the row's slots.
enum ColumnRole: UInt8, CaseIterable {
    case extra
    case email, externalID, externalMemberID, externalCustomerID, customerID, memberID, name
    case subscriptionID, orderID, checkoutID, team, containerType, containerID
    case action, immediateClaim, status, seatID
    case metadata

    init(_ field: RosterField) {
        self =
            switch field {
            case .email: .email
            case .externalID: .externalID
            case .externalMemberID: .externalMemberID
            case .externalCustomerID: .externalCustomerID
            case .customerID: .customerID
            case .memberID: .memberID
            case .name: .name
            case .subscriptionID: .subscriptionID
            case .orderID: .orderID
            case .checkoutID: .checkoutID
            case .team: .team
            case .containerType: .containerType
            case .containerID: .containerID
            case .action: .action
            case .immediateClaim: .immediateClaim
            case .status: .status
            case .seatID: .seatID
            case .metadata: .metadata
            }
    }
}

/// A roster's columns with the meaning that was found for each.
struct RosterColumns {
    var names: [String] = []
    var fields: [RosterField?] = []
    /// For a column that would mean a field, had a better one not been there: that one's index.
    var displaced: [Int: Int] = [:]
    var roles: [ColumnRole] = []
    /// The columns with a meaning: what a row's builder must look at.
    var used: [Int] = []
    /// Columns `seat_id`, `status` and a container: one of our own exports.
    var isExport = false
    private var isPresent: [Bool] = []

    var hasIdentity: Bool { fields.indices.contains { fields[$0]?.isIdentity == true && isPresent[$0] } }

    /// Whether some record has a value for the field.
    func has(_ field: RosterField) -> Bool { fields.indices.contains { fields[$0] == field && isPresent[$0] } }

    init() {}

    /// - Parameters:
    ///   - isPresent: for each column whether it can mean anything: some record has it.
    ///   - allowsTwins: XML may have two spellings of one field, `external-id` and `external_id`.
    init(
        _ names: [String], isPresent: [Bool], source: String, options: RosterOptions, allowsTwins: Bool
    ) throws(RosterError) {
        self.names = names
        self.isPresent = isPresent
        fields = Array(repeating: nil, count: names.count)
        let matches = zip(names, isPresent).map { $1 ? RosterField.match($0, options.preset) : nil }
        let mapped = try mappedColumns(source, options.map, required: !allowsTwins)

        var best: [RosterField: (column: Int, rank: Int)] = [:]
        for (column, match) in matches.enumerated() {
            guard let (field, rank) = match, options.map.columns[field] == nil, !mapped.values.contains(column)
            else { continue }
            guard let other = best[field] else {
                best[field] = (column, rank)
                continue
            }
            if rank == other.rank, !allowsTwins {
                throw RosterError(
                    code: .columnTwice, source: source,
                    message: "columns `\(names[other.column])` and `\(names[column])` both mean \(field.spelling)",
                    remedy: "say which one counts: --map \(field.spelling)=\(Self.quoted(names[column]))",
                    columns: names)
            }
            if rank < other.rank { best[field] = (column, rank) }
        }
        for (field, column) in mapped { fields[column] = field }
        for (column, match) in matches.enumerated() {
            guard let (field, rank) = match, fields[column] == nil else { continue }
            if let column0 = mapped[field] {
                displaced[column] = column0
            } else if let winner = best[field] {
                if winner.column == column || (allowsTwins && winner.rank == rank) {
                    fields[column] = field
                } else {
                    displaced[column] = winner.column
                }
            }
        }
        settleExport(mapped)
        roles = fields.map { $0.map(ColumnRole.init) ?? .extra }
        used = roles.indices.filter { roles[$0] != .extra }
    }

    /// `status` and `seat_id` mean something in our own exports alone; other systems have a `status` too.
    private mutating func settleExport(_ mapped: [RosterField: Int]) {
        let present = Set(fields.compactMap { $0 })
        let pair = present.contains(.containerType) && present.contains(.containerID)
        let container = pair || present.contains(.subscriptionID) || present.contains(.orderID)
        isExport = present.contains(.seatID) && present.contains(.status) && container
        guard !isExport else { return }
        for column in fields.indices where fields[column] == .status || fields[column] == .seatID {
            fields[column] = nil
        }
    }

    private func mappedColumns(
        _ source: String, _ map: ColumnMap, required: Bool
    ) throws(RosterError) -> [RosterField: Int] {
        var mapped: [RosterField: Int] = [:]
        for (field, column) in map.columns.sorted(by: { $0.key.spelling < $1.key.spelling }) {
            let wanted = RosterField.normalized(column)
            if let index = names.firstIndex(of: column)
                ?? names.firstIndex(where: { RosterField.normalized($0) == wanted })
            {
                mapped[field] = index
            } else if required {
                throw RosterError(
                    code: .missingColumn, source: source,
                    message: "--map \(field.spelling): there is no column `\(column)`",
                    remedy: "the columns are \(Self.list(names))", columns: names)
            }
        }
        return mapped
    }

    func noIdentityError(_ source: String) -> RosterError {
        RosterError(
            code: .noIdentityColumn, source: source,
            message: names.isEmpty
                ? "the roster is empty: no column was read"
                : "no column says who the people are; the columns are \(Self.list(names))",
            remedy: names.isEmpty
                ? "write a header and one row for each person"
                : "name the column of the addresses: --map email=\(Self.quoted(names[0]))", columns: names)
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(40).map { "`\(Defect.shortened($0))`" }.joined(separator: ", ")
        return names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
    }

    private static func quoted(_ name: String) -> String {
        name.utf8.allSatisfy { $0 < 0x80 && ($0 == 0x2E || $0 == 0x5F || $0 == 0x40 || isAlphanumeric($0)) }
            ? name : "\"\(name)\""
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }
}
