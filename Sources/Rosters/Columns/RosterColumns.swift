internal import RosterFormats

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

/// One field out of several columns.
struct Composite {
    var role: ColumnRole
    /// In their order; all are there.
    var columns: [Int]
    /// All are joined by a space; otherwise the first that is filled counts.
    var joins = false
    /// The column whose cells count only if they are no guest's sign-in name.
    var guestColumn: Int?
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
    /// For each column with metadata the number of its key: two spellings of one key have one number.
    private(set) var metadataKeys: [Int: Int] = [:]
    private(set) var metadataKeyCount = 0
    private(set) var hasIdentity = false
    /// How often a column's meaning was looked at: counted for tests.
    private(set) var looks = 0

    private var preset: Preset?
    private var isPresent: [Bool] = []
    /// What each column's name means, once the column is present.
    private var matches: [(field: RosterField, rank: Int)?] = []
    private var mapped: [RosterField: Int] = [:]
    /// Fields to which the user gave several columns, with their columns by part; -1 for one that is not there yet.
    private var mappedParts: [RosterField: [Int]] = [:]
    /// Fields whose cell is chosen, or put together, row by row.
    private(set) var composites: [Composite] = []
    private var mappedColumns: Set<Int> = []
    private var best: [RosterField: (column: Int, rank: Int)] = [:]
    private var numbers: [RosterField: Int] = [:]
    private var present: Set<RosterField> = []

    /// Whether some record has a value for the field.
    func has(_ field: RosterField) -> Bool { fields.indices.contains { fields[$0] == field && isPresent[$0] } }

    init() {}

    /// - Parameters:
    ///   - isPresent: for each column whether it can mean anything: some record has it.
    ///   - allowsTwins: XML may have two spellings of one field, `external-id` and `external_id`.
    init(
        _ names: [String], isPresent: [Bool], source: String, options: RosterOptions, allowsTwins: Bool
    ) throws(RosterError) {
        try see(names, isPresent: isPresent, source: source, options: options, allowsTwins: allowsTwins)
    }

    /// Takes in columns that are new, or that a record had for the first time. XML's come one by one, so that only what a
    /// new column changes is settled again.
    ///
    /// - Parameters:
    ///   - names: all names so far.
    ///   - changed: the columns that are new or newly present; nil: all of them.
    mutating func see(
        _ names: [String], isPresent: [Bool], changed: [Int]? = nil, source: String, options: RosterOptions,
        allowsTwins: Bool
    ) throws(RosterError) {
        for column in self.names.count..<names.count {
            self.names.append(names[column])
            self.isPresent.append(false)
            fields.append(nil)
            roles.append(.extra)
            matches.append(nil)
        }
        preset = options.preset
        let isFirst = changed == nil
        if isFirst { try findMapped(source, options.map, required: !allowsTwins) }
        var mustSettle = isFirst
        for column in changed ?? Array(names.indices) {
            looks += 1
            if !isFirst, findMapped(column, options.map) { mustSettle = true }
            guard isPresent[column] else { continue }
            self.isPresent[column] = true
            matches[column] = RosterField.match(names[column], options.preset)
            if try enter(column, source, options, allowsTwins) { mustSettle = true }
        }
        if mustSettle { settle(options.map, allowsTwins) }
    }

    /// Notes what a present column means.
    ///
    /// - Returns: whether the meaning of other columns may change by it.
    private mutating func enter(
        _ column: Int, _ source: String, _ options: RosterOptions, _ allowsTwins: Bool
    ) throws(RosterError) -> Bool {
        if mappedColumns.contains(column) { return true }
        guard let (field, rank) = matches[column] else { return false }
        if preset == .entra, field == .email { return true }
        if options.map.columns[field] == nil {
            guard let other = best[field] else {
                best[field] = (column, rank)
                give(field, column)
                return changesExport(field)
            }
            if rank == other.rank, !allowsTwins {
                throw RosterError(
                    .columnTwice(field, names[other.column], names[column]), source: source, columns: names)
            }
            if rank < other.rank {
                best[field] = (column, rank)
                return true
            }
            if rank == other.rank {
                give(field, column)
                return false
            }
            displaced[column] = other.column
        } else if let winner = mapped[field] {
            displaced[column] = winner
        }
        return false
    }

    private mutating func give(_ field: RosterField, _ column: Int) {
        present.insert(field)
        // They mean something in our own exports alone; other systems have a `status` too.
        if !isExport, field == .status || field == .seatID { return }
        fields[column] = field
        roles[column] = ColumnRole(field)
        used.append(column)
        if field.isIdentity, isPresent[column] { hasIdentity = true }
        guard field.isMetadata else { return }
        if numbers[field] == nil {
            numbers[field] = metadataKeyCount
            metadataKeyCount += 1
        }
        metadataKeys[column] = numbers[field]
    }

    private func changesExport(_ field: RosterField) -> Bool { !isExport && isExportNow }

    private var isExportNow: Bool {
        let pair = present.contains(.containerType) && present.contains(.containerID)
        let container = pair || present.contains(.subscriptionID) || present.contains(.orderID)
        return present.contains(.seatID) && present.contains(.status) && container
    }

    /// Gives every column its meaning again.
    private mutating func settle(_ map: ColumnMap, _ allowsTwins: Bool) {
        looks += names.count
        best = [:]
        for (column, match) in matches.enumerated() where !mappedColumns.contains(column) {
            guard let (field, rank) = match, map.columns[field] == nil else { continue }
            if best[field].map({ rank < $0.rank }) ?? true { best[field] = (column, rank) }
        }
        displaced = [:]
        present = []
        isExport = false
        giveAll(map, allowsTwins)
        if isExportNow {
            isExport = true
            giveAll(map, allowsTwins)
        }
        composePrincipalName(map)
    }

    /// The field's other columns mean it too, and their cells are looked at where the first one's is not filled.
    private mutating func compose(_ composite: Composite, _ field: RosterField) {
        guard !composite.columns.isEmpty else { return }
        composites.append(composite)
        for column in composite.columns where fields[column] == nil {
            fields[column] = field
            displaced[column] = nil
        }
    }

    /// Entra: whoever has no mailbox in the directory is reached by the sign-in name, unless it is a guest's.
    private mutating func composePrincipalName(_ map: ColumnMap) {
        guard preset == .entra, map.columns[.email] == nil, let winner = best[.email]?.column else { return }
        let guest = matches.indices.first { column in
            matches[column]?.field == .email
                && Preset.principalNames.contains(RosterField.normalized(names[column]))
        }
        guard let guest else { return }
        compose(
            Composite(role: .email, columns: guest == winner ? [guest] : [winner, guest], guestColumn: guest), .email)
    }

    private mutating func giveAll(_ map: ColumnMap, _ allowsTwins: Bool) {
        fields = Array(repeating: nil, count: names.count)
        roles = Array(repeating: .extra, count: names.count)
        used = []
        metadataKeys = [:]
        hasIdentity = false
        for (field, column) in mapped { give(field, column) }
        composites = []
        for (field, parts) in mappedParts.sorted(by: { $0.key.spelling < $1.key.spelling }) {
            let wanted = ColumnMap.parts(of: map.columns[field] ?? "", for: field)
            compose(Composite(role: ColumnRole(field), columns: parts.filter { $0 >= 0 }, joins: wanted.joins), field)
        }
        for (column, match) in matches.enumerated() {
            guard let (field, rank) = match, !mappedColumns.contains(column) else { continue }
            if let winner = mapped[field] {
                displaced[column] = winner
            } else if let winner = best[field] {
                if winner.column == column || (allowsTwins && winner.rank == rank) {
                    give(field, column)
                } else {
                    displaced[column] = winner.column
                }
            }
        }
        used.sort()
    }

    private mutating func findMapped(
        _ source: String, _ map: ColumnMap, required: Bool
    ) throws(RosterError) {
        guard !map.columns.isEmpty else { return }
        var exact: [String: Int] = [:]
        var normal: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if exact[name] == nil { exact[name] = index }
            let name = RosterField.normalized(name)
            if normal[name] == nil { normal[name] = index }
        }
        for (field, column) in map.columns.sorted(by: { $0.key.spelling < $1.key.spelling }) {
            if let index = exact[column] ?? normal[RosterField.normalized(column)] {
                mapped[field] = index
                mappedColumns.insert(index)
                continue
            }
            let wanted = ColumnMap.parts(of: column, for: field).columns
            let places = wanted.map { exact[$0] ?? normal[RosterField.normalized($0)] ?? -1 }
            if required, let missing = places.firstIndex(of: -1) {
                throw missingColumnError(wanted[missing], source)
            }
            if wanted.count > 1 { takeParts(places, of: field) }
        }
    }

    private mutating func takeParts(_ places: [Int], of field: RosterField) {
        mappedParts[field] = places
        mapped[field] = places.first { $0 >= 0 }
        mappedColumns.formUnion(places.filter { $0 >= 0 })
    }

    /// Whether the user gave this new column to a field. An exact spelling counts before a similar one.
    private mutating func findMapped(_ column: Int, _ map: ColumnMap) -> Bool {
        guard !map.columns.isEmpty else { return false }
        let name = names[column]
        let normal = RosterField.normalized(name)
        var isGiven = false
        for (field, var places) in mappedParts {
            let wanted = ColumnMap.parts(of: map.columns[field] ?? "", for: field).columns
            for (part, text) in wanted.enumerated() where places[part] != column {
                guard text == name || (places[part] < 0 && RosterField.normalized(text) == normal) else { continue }
                if places[part] >= 0 {
                    guard names[places[part]] != text else { continue }
                    mappedColumns.remove(places[part])
                }
                places[part] = column
                isGiven = true
            }
            takeParts(places, of: field)
        }
        for (field, wanted) in map.columns where mapped[field] != column && mappedParts[field] == nil {
            let isExact = wanted == name
            guard isExact || (mapped[field] == nil && RosterField.normalized(wanted) == normal) else { continue }
            if let before = mapped[field] {
                guard isExact, names[before] != wanted else { continue }
                mappedColumns.remove(before)
            }
            mapped[field] = column
            mappedColumns.insert(column)
            isGiven = true
        }
        return isGiven
    }

    func missingColumnError(_ column: String, _ source: String) -> RosterError {
        RosterError(.missingColumn(column), source: source, columns: names)
    }

    /// Whether the roster has what the preset needs: without an address, a directory's ids would invite no one.
    func hasPresetEmail(_ options: RosterOptions) -> Bool {
        options.preset == nil || has(.email) || options.map.columns.keys.contains(where: \.isIdentity)
    }
}
