public import RosterFormats

/// How defects are noted, and those that only a whole roster shows.
extension RosterBuilder {
    /// Notes a defect of the row in hand.
    ///
    /// - Parameter entry: the entry that it belongs to; not given, the one that is being made.
    mutating func add(
        _ severity: Defect.Severity, _ problem: Defect.Problem, _ record: RecordView, cell: Int? = nil,
        value: String? = nil, entry: Int?? = nil
    ) {
        if rowIsGuessed { return }
        if severity == .error { rowIsInvalid = true }
        guard counts(Defect.Kind(severity, problem.code)) else { return }
        let position = cell.map { record.position(of: $0) } ?? record.position
        let field = cell.flatMap { cell -> String? in
            let column = record.column(cell)
            return columns.names.indices.contains(column) ? columns.names[column] : nil
        }
        var found = Defect(
            severity, problem, source: sourceName, line: position.line,
            column: position.column > 0 ? position.column : nil, field: field,
            value: value ?? cell.map { String(decoding: record.bytes($0), as: UTF8.self) },
            entry: entry ?? table.count)
        found.excerpt = excerpt(record, cell, position, length: 0)
        defects.append(found)
    }

    /// The line of a CSV record on which something is wrong, where that was asked for.
    func excerpt(_ record: RecordView, _ cell: Int?, _ position: Position, length: Int) -> Defect.Excerpt? {
        guard options.keepsExcerpts, isCSV else { return nil }
        return Defect.Excerpt(record, cell: cell, position, length: length)
    }

    /// Notes a defect of a whole roster, or of a row that was read before.
    private mutating func keep(_ defect: Defect, source: Int? = nil) {
        if counts(defect.kind, source: source) { defects.append(defect) }
    }

    /// Remarks on columns, at the end of a source.
    mutating func noteColumns() {
        for (column, winner) in columns.displaced.sorted(by: { $0.key < $1.key }) {
            guard let field = columns.fields[winner] else { continue }
            keep(
                Defect(
                    .note, .columnDisplaced(columns.names[column], by: columns.names[winner], field),
                    source: sourceName,
                    field: columns.names[column]))
        }
        for (field, column) in options.map.columns.sorted(by: { $0.key.spelling < $1.key.spelling })
        where !columns.has(field) {
            keep(Defect(.warning, .mapUnused(field, column: column), source: sourceName, field: column))
        }
        for zeros in zeros {
            guard let suspicion = zeros.suspicion else { continue }
            keep(
                Defect(
                    .warning, .leadingZeros(width: suspicion.width, shorter: suspicion.shorter), source: sourceName,
                    line: suspicion.line, field: columns.names[zeros.column]))
        }
    }

    /// Warns of `a+x@b` beside `a@b` in one container: two mailboxes to the server, often one person.
    ///
    /// - Returns: whether there was anything to warn of.
    mutating func warnOfTags() -> Bool {
        guard !tagged.isEmpty else { return false }
        // One group for each untagged address and container; it is done with once that address was met.
        var groups: [TagKey: [Int]] = [:]
        for entry in tagged where !table.isInvalid(entry) {
            let base = table.withEmailKey(entry, Self.withoutTag)
            guard !base.isEmpty else { continue }
            groups[TagKey(base: base, reference: table.reference(at: entry)), default: []].append(entry)
        }
        guard !groups.isEmpty else { return false }
        let before = defects.count
        for entry in 0..<table.count where !groups.isEmpty {
            tagLooks += 1
            let key = table.withEmailKey(entry) { [UInt8]($0) }
            guard !key.isEmpty,
                let others = groups.removeValue(forKey: TagKey(base: key, reference: table.reference(at: entry)))
            else { continue }
            for other in others {
                tagLooks += 1
                warnOfTag(other, beside: entry)
            }
        }
        return defects.count > before
    }

    /// An address without its tag, in its container. Hashed with the process's seed: who writes a roster cannot make
    /// addresses meet.
    private struct TagKey: Hashable {
        var base: [UInt8]
        var reference: Int?
    }

    private mutating func warnOfTag(_ entry: Int, beside other: Int) {
        let (tagged, plain) = (table[entry], table[other])
        let there = plain.source == tagged.source ? nil : table.sources[plain.source].name
        keep(
            Defect(
                .warning, .plusAddress(plain.email, line: plain.line, source: there),
                source: table.sources[tagged.source].name, line: tagged.line, value: tagged.email, entry: entry),
            source: tagged.source)
    }

    /// `a+x@b` as `a@b`; empty when there is no tag to take away.
    private static func withoutTag(_ key: UnsafeRawBufferPointer) -> [UInt8] {
        guard let at = key.lastIndex(of: UInt8(ascii: "@")), let plus = key[..<at].firstIndex(of: UInt8(ascii: "+")),
            plus > 0
        else { return [] }
        return Array(key[..<plus]) + key[at...]
    }
}

extension Defect {
    /// A roster that cannot be read at all, as the defect that a list of defects shows.
    public init(_ error: RosterFormatError, source: String) {
        self.init(
            .error, .file(error.problem), source: source, line: error.position?.line,
            column: error.position.flatMap { $0.column > 0 ? $0.column : nil })
    }

    /// A roster that cannot be used as a whole, as the defect that a list of defects shows.
    public init(_ error: RosterError, source: String) {
        self.init(.error, .roster(error.problem, columns: error.columns), source: error.source ?? source)
    }
}

/// What spreadsheets do to ids that they take for numbers.
enum ExcelDamage {
    /// `1.23E+12`, also with a decimal comma. The sign of the exponent is what tells it from an id that happens to
    /// have an E.
    static func isScientific(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 4, let last = bytes.last, isDigit(last) else { return false }
        var index = bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") ? 1 : 0
        guard isDigit(bytes[index]) else { return false }
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ",") {
            index += 1
            while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        }
        guard index + 2 < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e"),
            bytes[index + 1] == UInt8(ascii: "+") || bytes[index + 1] == UInt8(ascii: "-")
        else { return false }
        return bytes[(index + 2)...].allSatisfy(isDigit)
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

/// Watches one id column for leading zeros that went: all ids are numbers, none begins with 0, most have one width and
/// some fewer digits.
struct LeadingZeros {
    let role: ColumnRole
    let column: Int
    /// Some id cannot have lost a zero: nothing more to watch.
    private(set) var isOver = false
    private var counts = [Int](repeating: 0, count: 24)
    private var firstLines = [Int](repeating: 0, count: 24)

    init(role: ColumnRole, column: Int) {
        self.role = role
        self.column = column
    }

    mutating func see(_ bytes: UnsafeRawBufferPointer, line: Int) {
        guard bytes.count < counts.count, bytes.first != UInt8(ascii: "0"), bytes.allSatisfy(ExcelDamage.isDigit)
        else {
            isOver = true
            return
        }
        if counts[bytes.count] == 0 { firstLines[bytes.count] = line }
        counts[bytes.count] += 1
    }

    /// The usual width, how many are shorter, and the line of the first of those.
    var suspicion: (width: Int, shorter: Int, line: Int)? {
        guard !isOver, let width = counts.lastIndex(where: { $0 > 0 }), width >= 4 else { return nil }
        let shorter = counts[..<width].reduce(0, +)
        guard shorter > 0, counts[width] > shorter, counts[width] >= 3 else { return nil }
        return (width, shorter, firstLines[..<width].filter { $0 > 0 }.min() ?? 0)
    }
}
