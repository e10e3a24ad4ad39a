internal import RosterFormats

/// Leaves rows out, or keeps only some, by what a column says.
public struct RowFilter: Sendable, Hashable {
    /// What a row that the filter matches is.
    public enum Effect: Sendable, Hashable {
        /// Only matching rows stay.
        case keep
        /// Matching rows are left out.
        case leaveOut
    }

    /// What happens to matching rows.
    public var effect: Effect
    /// The roster's column; case, spaces, `_` and `-` do not count.
    public var column: String
    /// One of these must be the cell, or with ``matchesPart`` a part of it; an empty one is an empty cell.
    public var values: [String]
    /// Whether a part of the cell is enough.
    public var matchesPart: Bool

    /// Creates a filter.
    public init(_ effect: Effect, column: String, values: [String], matchesPart: Bool = false) {
        self.effect = effect
        self.column = column
        self.values = values
        self.matchesPart = matchesPart
    }

    /// Reads `COLUMN=VALUE[,VALUE…]`, `COLUMN=` for an empty cell, or `COLUMN~PART[,PART…]`.
    ///
    /// - Returns: nil when no column or no comparison is there.
    public init?(_ effect: Effect, _ argument: String) {
        guard let sign = argument.firstIndex(where: { $0 == "=" || $0 == "~" }) else { return nil }
        let column = String(argument[..<sign])
        guard !Self.folded(column).isEmpty else { return nil }
        let values = argument[argument.index(after: sign)...].split(separator: ",", omittingEmptySubsequences: false)
            .map { Self.folded($0) }
        let matchesPart = argument[sign] == "~"
        // Every cell has an empty part: that would match all rows.
        if matchesPart, values.contains("") { return nil }
        self.init(effect, column: column, values: values, matchesPart: matchesPart)
    }

    /// - Parameter value: a folded cell.
    func matches(_ value: String) -> Bool {
        values.contains { matchesPart ? value.holds($0) : value == $0 }
    }

    /// A cell as it is compared: without outer white space and without regard to case.
    static func folded(_ text: some StringProtocol) -> String {
        var text = String(text)
        return text.withUTF8 { bytes in
            let inner = TrimmedRange(UnsafeRawBufferPointer(bytes), lineBreaks: true)
            return inner.start >= inner.end
                ? "" : String(decoding: bytes[inner.start..<inner.end], as: UTF8.self).lowercased()
        }
    }
}

extension String {
    /// A search without Foundation.
    fileprivate func holds(_ part: String) -> Bool {
        let (text, part) = (Array(utf8), Array(part.utf8))
        guard let first = part.first, text.count >= part.count else { return part.isEmpty }
        return (0...(text.count - part.count)).contains { text[$0] == first && text[$0...].starts(with: part) }
    }
}

/// Why a row is left out: what its cell says. The names are the roster's own.
public struct RowExclusion: Sendable, Hashable, CustomStringConvertible {
    /// The column that was looked at.
    public var column: String
    /// The cell, shortened; empty when it is empty.
    public var value: String

    /// As `column is value`.
    public var description: String {
        value.isEmpty ? "\(column) is empty" : "\(column) is \(value)"
    }
}

/// The filters and the preset's rules for one roster, with the columns at which they look.
struct RowSelection {
    private enum Rule {
        case filter(RowFilter)
        case status(Preset.StatusRule)
    }

    /// What a row's cells say of it.
    enum Verdict {
        case stays
        /// It stays, but the cell of the column has a word that is not known.
        case unknownWord(column: Int)
        case leftOut(RowExclusion)
    }

    private var rules: [(rule: Rule, column: Int?, rank: Int)] = []
    private var names: [String] = []
    /// The cells that were judged last: neighbours mostly say the same.
    private var last: [(cell: [UInt8], verdict: Verdict)?] = []

    var isEmpty: Bool { rules.isEmpty }

    init() {}

    init(_ options: RosterOptions) {
        rules = options.filters.map { (.filter($0), nil, .max) }
        rules += (options.preset?.statusRules ?? []).map { (.status($0), nil, .max) }
    }

    /// Takes in columns that are new; of several that a rule could mean, the best name counts.
    mutating func see(_ names: [String], changed: [Int]) {
        guard !rules.isEmpty else { return }
        self.names = names
        last = Array(repeating: nil, count: rules.count)
        for column in changed {
            let normal = RosterField.normalized(names[column])
            for index in rules.indices {
                guard let rank = Self.rank(rules[index].rule, names[column], normal), rank < rules[index].rank else {
                    continue
                }
                rules[index].column = column
                rules[index].rank = rank
            }
        }
    }

    /// How well a column's name fits a rule, 0 best; nil: not at all.
    private static func rank(_ rule: Rule, _ name: String, _ normal: String) -> Int? {
        switch rule {
        case .filter(let filter):
            if name == filter.column { return 0 }
            return normal == RosterField.normalized(filter.column) ? 1 : nil
        case .status(let rule): return rule.columns.firstIndex(of: normal)
        }
    }

    /// The columns at which the rules look.
    var columns: Set<Int> { Set(rules.compactMap(\.column)) }

    /// A filter whose column the roster does not have.
    var missingColumn: String? {
        for (rule, column, _) in rules where column == nil {
            if case .filter(let filter) = rule { return filter.column }
        }
        return nil
    }

    /// - Parameter cell: the bytes of a column's cell; empty when the row has none.
    mutating func judge(_ cell: (Int) -> UnsafeRawBufferPointer) -> Verdict {
        var unknown: Int?
        for index in rules.indices {
            let column = rules[index].column
            // A preset's column that the roster does not have says nothing; a filter's counts as empty.
            if column == nil, case .status = rules[index].rule { continue }
            let bytes = column.map(cell) ?? UnsafeRawBufferPointer(start: nil, count: 0)
            let verdict: Verdict
            if let known = last[index], known.cell.elementsEqual(bytes) {
                verdict = known.verdict
            } else {
                verdict = judge(rules[index].rule, column, bytes)
                last[index] = (Array(bytes), verdict)
            }
            switch verdict {
            case .stays: break
            case .unknownWord(let column): unknown = unknown ?? column
            case .leftOut: return verdict
            }
        }
        return unknown.map { .unknownWord(column: $0) } ?? .stays
    }

    private func judge(_ rule: Rule, _ column: Int?, _ bytes: UnsafeRawBufferPointer) -> Verdict {
        let text = String(decoding: bytes, as: UTF8.self)
        let folded = RowFilter.folded(text)
        switch rule {
        case .filter(let filter):
            if filter.matches(folded) == (filter.effect == .keep) { return .stays }
            return .leftOut(exclusion(column, filter.column, text))
        case .status(let rule):
            let word = RosterField.normalized(folded)
            if word.isEmpty || rule.included.contains(word) { return .stays }
            if rule.excluded.contains(word) { return .leftOut(exclusion(column, "", text)) }
            return column.map { .unknownWord(column: $0) } ?? .stays
        }
    }

    private func exclusion(_ column: Int?, _ fallback: String, _ text: String) -> RowExclusion {
        var text = text
        let value = text.withUTF8 { bytes in
            let inner = TrimmedRange(UnsafeRawBufferPointer(bytes), lineBreaks: true)
            return inner.start >= inner.end ? "" : String(decoding: bytes[inner.start..<inner.end], as: UTF8.self)
        }
        return RowExclusion(column: column.map { names[$0] } ?? fallback, value: Defect.shortened(value))
    }
}
