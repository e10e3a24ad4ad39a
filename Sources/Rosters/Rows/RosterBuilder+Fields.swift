internal import RosterFormats

/// The fields of one row: what their cells mean, and what is wrong with them.
extension RosterBuilder {
    mutating func email(_ record: RecordView) -> RowEmail {
        guard let cell = cell(.email, record) else { return .none }
        let raw = value(record, cell)
        guard let plain = ASCIIEmailParser(raw) else { return unusualEmail(raw, record, cell) }
        if !plain.notes.isEmpty { note(plain.notes, record, cell) }
        if plain.plus != nil, !isLeavingOut { tagged.append(table.count) }
        let bytes = UnsafeRawBufferPointer(rebasing: raw[plain.start..<plain.end])
        guard plain.hasUpperCase else { return .same(bytes) }
        let key = bytes.map(Self.lowered)
        guard plain.hasUpperCaseLocal else { return .forms(key, key) }
        return .forms(Array(raw[plain.start..<plain.at]) + key[(plain.at - plain.start)...], key)
    }

    private mutating func unusualEmail(_ raw: UnsafeRawBufferPointer, _ record: RecordView, _ cell: Int) -> RowEmail {
        let inner = TrimmedRange(raw, lineBreaks: true)
        if inner.start >= inner.end { return .none }
        switch EmailSyntax.judge(String(decoding: raw, as: UTF8.self)) {
        case .accepted(let email):
            note(email.notes, record, cell)
            if email.key.utf8.contains(UInt8(ascii: "+")), !isLeavingOut { tagged.append(table.count) }
            return .forms(Array(email.address.utf8), Array(email.key.utf8))
        case .rejected(let rejection):
            add(.error, .emailSyntax(rejection), record, cell: cell)
            return .refused(UnsafeRawBufferPointer(rebasing: raw[inner.start..<inner.end]))
        }
    }

    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    private mutating func note(_ notes: EmailAddress.Notes, _ record: RecordView, _ cell: Int) {
        if notes.contains(.trimmed) { noteBlanks(record, cell) }
        if notes.contains(.invisible) { warnOfInvisible(record, cell) }
        if notes.contains(.displayName) {
            add(.note, .displayName, record, cell: cell)
        }
    }

    private mutating func noteBlanks(_ record: RecordView, _ cell: Int) {
        add(.note, .blanks, record, cell: cell)
    }

    private mutating func warnOfInvisible(_ record: RecordView, _ cell: Int) {
        add(.warning, .invisible, record, cell: cell)
    }

    // MARK: ids

    /// An id of the user's own making, as it is sent.
    mutating func idText(_ role: ColumnRole, _ record: RecordView) -> UnsafeRawBufferPointer {
        guard let (cell, bytes) = noted(role, record) else { return Self.empty }
        if ExcelDamage.isScientific(bytes) {
            add(.error, .roundedID, record, cell: cell)
            return bytes
        }
        if watchesZeros, !isLeavingOut { lookForZeros(role, bytes, record.line) }
        return bytes
    }

    @inline(never)
    private mutating func lookForZeros(_ role: ColumnRole, _ bytes: UnsafeRawBufferPointer, _ line: Int) {
        for index in zeros.indices where zeros[index].role == role && !zeros[index].isOver {
            zeros[index].see(bytes, line: line)
        }
        watchesZeros = zeros.contains { !$0.isOver }
    }

    /// One of Polar's own ids, or nil when the row has none or a bad one.
    private mutating func polarID(_ role: ColumnRole, _ record: RecordView) -> (UUIDWords, UnsafeRawBufferPointer)? {
        guard let (cell, bytes) = noted(role, record) else { return nil }
        guard let words = UUIDWords(bytes) else {
            add(.error, ExcelDamage.isScientific(bytes) ? .roundedPolarID : .notPolarID, record, cell: cell)
            return nil
        }
        guard words.isVersion4 else {
            add(.error, .otherUUIDVersion, record, cell: cell)
            return nil
        }
        return (words, bytes)
    }

    private mutating func polarIDText(_ role: ColumnRole, _ record: RecordView) -> String {
        guard let (_, bytes) = polarID(role, record) else { return "" }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    /// The trimmed text of a field, with a remark when something was trimmed.
    @inline(__always)
    private mutating func noted(_ role: ColumnRole, _ record: RecordView) -> (cell: Int, bytes: UnsafeRawBufferPointer)?
    {
        guard let cell = cell(role, record) else { return nil }
        let whole = value(record, cell)
        if Self.isTrimmed(whole) { return (cell, whole) }
        return whole.isEmpty ? nil : notedBlanks(whole, record, cell)
    }

    @inline(never)
    private mutating func notedBlanks(
        _ whole: UnsafeRawBufferPointer, _ record: RecordView, _ cell: Int
    ) -> (cell: Int, bytes: UnsafeRawBufferPointer)? {
        let blanks = TrimmedRange(whole, lineBreaks: true)
        if blanks.start >= blanks.end { return nil }
        if blanks.sawWhiteSpace { noteBlanks(record, cell) }
        if blanks.sawInvisible { warnOfInvisible(record, cell) }
        return (cell, UnsafeRawBufferPointer(rebasing: whole[blanks.start..<blanks.end]))
    }

    // MARK: the container

    mutating func container(_ record: RecordView) -> Int32? {
        var found: [(cell: Int, reference: Int32?)] = []
        for role in [ColumnRole.subscriptionID, .orderID, .checkoutID] {
            guard let (cell, _) = text(role, record) else { continue }
            var reference: Int32?
            if let (words, bytes) = polarID(role, record) {
                let kind: ReferenceCache.Kind =
                    role == .subscriptionID ? .subscription : role == .orderID ? .order : .checkout
                reference = references.reference(kind, words, bytes, in: &table)
            }
            found.append((cell, reference))
        }
        if text(.team, record) != nil {
            let bytes = idText(.team, record)
            if let (cell, _) = text(.team, record) { found.append((cell, references.team(bytes, in: &table))) }
        }
        if let pair = typedContainer(record) { found.append(pair) }
        guard found.count > 1 else { return found.first?.reference }
        let names = found.map { columns.names[record.column($0.cell)] }
        add(.error, .twoContainers(names), record, cell: found[1].cell)
        return found[0].reference
    }

    /// `container_type` and `container_id`, as our own exports have them.
    private mutating func typedContainer(_ record: RecordView) -> (cell: Int, reference: Int32?)? {
        let type = text(.containerType, record)
        guard let (cell, _) = text(.containerID, record) else {
            if let type {
                add(.error, .containerTypeAlone, record, cell: type.cell)
            }
            return nil
        }
        let kind: ReferenceCache.Kind
        if let type, type.bytes.elementsEqual("subscription".utf8) {
            kind = .subscription
        } else if let type, type.bytes.elementsEqual("order".utf8) {
            kind = .order
        } else {
            add(.error, .containerIDAlone, record, cell: type?.cell ?? cell)
            return (cell, nil)
        }
        guard let (words, bytes) = polarID(.containerID, record) else { return (cell, nil) }
        return (cell, references.reference(kind, words, bytes, in: &table))
    }

    // MARK: words

    mutating func action(_ record: RecordView) -> RosterAction {
        guard let (cell, bytes) = text(.action, record) else { return options.defaultAction }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "assign", "add": return .assign
        case "revoke", "remove": return .revoke
        case "keep": return .keep
        default:
            add(.error, .actionWord, record, cell: cell)
            return options.defaultAction
        }
    }

    mutating func immediateClaim(_ record: RecordView) -> Bool? {
        guard let (cell, bytes) = text(.immediateClaim, record) else { return nil }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default:
            add(.error, .claimWord, record, cell: cell)
            return nil
        }
    }

    // MARK: the rare fields

    /// - Parameter hasPerson: the row has an email or an external id. A row of an export then has Polar's ids for
    ///   information alone: its `customer_id` may be the buyer's.
    mutating func details(_ record: RecordView, hasPerson: Bool) -> EntryDetails {
        var details = EntryDetails()
        details.externalMemberID = String(decoding: idText(.externalMemberID, record), as: UTF8.self)
        details.externalCustomerID = String(decoding: idText(.externalCustomerID, record), as: UTF8.self)
        if !(columns.isExport && hasPerson) {
            details.memberID = polarIDText(.memberID, record)
            if !columns.isExport || details.memberID.isEmpty { details.customerID = polarIDText(.customerID, record) }
        }
        for (column, cell) in metadataCells where cell < record.count {
            guard case .metadata(let key)? = columns.fields[column] else { continue }
            let bytes = value(record, cell)
            guard !bytes.isEmpty else { continue }
            details.metadata.append(.init(key: key, value: String(decoding: bytes, as: UTF8.self)))
        }
        if !details.metadata.isEmpty { checkSize(details.metadata, record) }
        return details
    }

    private mutating func checkSize(_ metadata: [EntryDetails.Metadatum], _ record: RecordView) {
        let cell = metadataCells.first { $0.cell < record.count }?.cell
        if metadata.count > 10 {
            add(.error, .manyMetadataKeys(metadata.count), record, cell: cell, value: "\(metadata.count) keys")
        }
        let size = MetadataSize.json(metadata)
        if size > 1024 {
            add(.error, .longMetadata(size), record, cell: cell, value: "\(size) characters")
        }
    }
}

/// How long metadata is in the way in which the server counts: JSON with a space after `,` and `:`, and everything but
/// ASCII as `\uXXXX`.
enum MetadataSize {
    static func json(_ metadata: [EntryDetails.Metadatum]) -> Int {
        guard !metadata.isEmpty else { return 2 }
        let members = metadata.reduce(0) { $0 + string($1.key) + 2 + string($1.value) }
        return 2 + members + 2 * (metadata.count - 1)
    }

    private static func string(_ text: String) -> Int {
        text.utf16.reduce(2) { size, unit in
            switch unit {
            case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: size + 2
            case 0x20...0x7E: size + 1
            default: size + 6
            }
        }
    }
}
