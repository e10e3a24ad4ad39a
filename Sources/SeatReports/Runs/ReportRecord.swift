internal import Rosters

/// A column of a report.
struct Column: Sendable, Equatable {
    /// As CSV and JSON name it; XML with `-` for `_`.
    var name: String
    var isFigure: Bool
    /// A sheet of paper has room for it; a screen always has.
    var isOnPaper = true

    static func text(_ name: String) -> Column { Column(name: name, isFigure: false) }
    static func figure(_ name: String) -> Column { Column(name: name, isFigure: true) }

    /// How HTML sets its cells, and whether it prints them.
    var htmlClass: String { isOnPaper ? htmlSetting : "\(htmlSetting) screen" }

    /// Figures to the right, ids and times on one line, addresses and sentences with room.
    private var htmlSetting: String {
        if isFigure { return "n" }
        if name.hasSuffix("_at") || name == "time" || name == "id"
            || (name.hasSuffix("_id") && !name.hasSuffix("external_id"))
        {
            return "c"
        }
        return name.hasSuffix("email") || name == "message" ? "w" : "t"
    }

    /// What HTML's style sheet gives the column on paper at least, with its padding, in the width of an em.
    fileprivate var paperWidth: Double {
        let least =
            switch htmlSetting {
            case "n": 4.4
            case "c": 8.1
            case "w": 11.6
            default: 6.2
            }
        // The words of a heading stay whole.
        let word = title.split(separator: " ").map(\.count).max() ?? 0
        return max(least, Double(word) * 0.62 + 0.6)
    }

    var xmlName: String { String(name.map { $0 == "_" ? "-" : $0 }) }
    /// As people read it: `http_status` is "http status".
    var title: String { String(name.map { $0 == "_" ? " " : $0 }) }
}

/// Named values whose names only the data knows: a roster's own columns, a seat's metadata.
struct BeforeAfterColumns: Sendable, Equatable {
    /// The key of the object in JSON, and the element in XML.
    var key: String
    /// The attribute that holds the name in XML.
    var xmlNameAttribute: String
    /// The names as the data has them.
    var names: [String]
    /// The same as CSV columns: unique among all columns of the report.
    var labels: [String]

    static func extra(_ names: [String], besides columns: [Column]) -> BeforeAfterColumns {
        let fixed = Set(columns.map(\.name))
        var taken = fixed
        var labels: [String] = []
        for name in names {
            var label = fixed.contains(name) ? "roster.\(name)" : name
            var number = 2
            while taken.contains(label) {
                label = "\(name) (\(number))"
                number += 1
            }
            taken.insert(label)
            labels.append(label)
        }
        return BeforeAfterColumns(key: "extra", xmlNameAttribute: "name", names: names, labels: labels)
    }

    static func metadata(_ keys: [String]) -> BeforeAfterColumns {
        BeforeAfterColumns(key: "metadata", xmlNameAttribute: "key", names: keys, labels: keys.map { "metadata.\($0)" })
    }
}

/// One of the pairs' values.
struct PairValue: Sendable, Equatable {
    var text: String
    /// The text is JSON (a number, an object, …) and not a string's content.
    var isJSON: Bool

    init(_ text: String, isJSON: Bool = false) {
        self.text = text
        self.isJSON = isJSON
    }
}

/// What takes a record's cells, in the order of its columns: one conforming type a format, so that a record says once
/// what it holds.
protocol CellWriter {
    /// Two columns, `container_type` and `container_id`; a roster in XML has one attribute for both.
    mutating func container(_ id: ContainerID?)
    mutating func text(_ value: String?)
    mutating func number(_ value: Int?)
    /// A decimal fraction, as text.
    mutating func decimal(_ value: String?)
    mutating func flag(_ value: Bool?)
    /// An amount in the smallest unit of its currency: a number in data, with its currency for people.
    mutating func money(_ amount: Int?, _ currency: String?)
    /// The values of the layout's pairs, aligned with its names; nil where the record has none of that name.
    mutating func pairs(_ values: [PairValue?])
}

/// One row of a report or an export; what its pairs hold is given beside it.
protocol ReportRecord {
    func write(to cells: inout some CellWriter)
    /// Shown even where a table is too long to be shown whole.
    var needsAttention: Bool { get }
    /// What the row is colored and filtered by in HTML.
    var mark: String { get }
}

/// The columns of a document.
struct Layout: Sendable, Equatable {
    var columns: [Column]
    var pairs: BeforeAfterColumns?
    /// The column that HTML offers as a filter.
    var filterColumn: String
    /// What people want to see first: HTML and Markdown begin with these, the ids come last.
    var leading: [String] = []
    /// The only ones on a page that must stay short; empty: all.
    var brief: [String] = []

    /// The names that `--columns` takes.
    var allNames: [String] { columns.map(\.name) + (pairs?.labels ?? []) }
    /// All columns, those first that people want to see first.
    var readingOrder: [String] {
        let pairLabels = pairs?.labels ?? []
        let rest = columns.map(\.name).filter { !leading.contains($0) }
        return leading + pairLabels + rest
    }
    /// The columns as a flat table shows them.
    var flatColumns: [Column] { columns + (pairs?.labels ?? []).map(Column.text) }

    /// The first columns are printed, as many as one can read side by side on A4; the others are for the screen.
    func fittedToPaper() -> Layout {
        var layout = self
        var room = 120.0
        for index in layout.columns.indices {
            room -= layout.columns[index].paperWidth
            layout.columns[index].isOnPaper = room >= 0
        }
        return layout
    }
}

/// The columns that were asked for, in the order in which they were asked for.
struct ColumnChoice: Sendable {
    /// Indices into the layout's flat columns.
    let indices: [Int]
    let layout: Layout

    init(_ names: [String], of layout: Layout) throws {
        let all = layout.allNames
        indices = try names.map { name in
            guard let index = all.firstIndex(of: name) else {
                throw ReportError(
                    code: .unknownColumn, message: "there is no column \(name)",
                    remedy: "choose among \(all.joined(separator: ", "))")
            }
            return index
        }
        let flat = layout.flatColumns
        self.layout = Layout(columns: indices.map { flat[$0] }, pairs: nil, filterColumn: layout.filterColumn)
    }

    func picked(_ record: some ReportRecord, _ pairs: [PairValue?]) -> PickedRecord {
        var collector = CellCollector()
        record.write(to: &collector)
        collector.pairs(pairs)
        return PickedRecord(
            cells: indices.map { collector.cells[$0] }, needsAttention: record.needsAttention, mark: record.mark)
    }
}

/// A record with chosen columns.
struct PickedRecord: ReportRecord {
    var cells: [Cell]
    var needsAttention: Bool
    var mark: String

    func write(to writer: inout some CellWriter) {
        for cell in cells {
            switch cell {
            case .text(let value): writer.text(value)
            case .number(let value): writer.number(value)
            case .decimal(let value): writer.decimal(value)
            case .flag(let value): writer.flag(value)
            case .money(let amount, let currency): writer.money(amount, currency)
            }
        }
    }
}

/// One cell as a value.
enum Cell: Sendable, Equatable {
    case text(String?)
    case number(Int?)
    case decimal(String?)
    case flag(Bool?)
    case money(Int?, String?)
}

/// Keeps a record's cells as values, the pairs' as text.
struct CellCollector: CellWriter {
    var cells: [Cell] = []

    mutating func container(_ id: ContainerID?) {
        cells.append(.text(id?.kind.rawValue))
        cells.append(.text(id?.id))
    }
    mutating func text(_ value: String?) { cells.append(.text(value)) }
    mutating func number(_ value: Int?) { cells.append(.number(value)) }
    mutating func decimal(_ value: String?) { cells.append(.decimal(value)) }
    mutating func flag(_ value: Bool?) { cells.append(.flag(value)) }
    mutating func money(_ amount: Int?, _ currency: String?) { cells.append(.money(amount, currency)) }
    mutating func pairs(_ values: [PairValue?]) {
        for value in values { cells.append(.text(value?.text)) }
    }
}
