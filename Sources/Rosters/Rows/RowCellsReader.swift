public import RosterFormats

/// Reads a roster again for some of its rows: all their cells, under the roster's own columns.
///
/// Several records of XML may stand on one line; the cells that are known of a row tell which it is.
public struct RowCellsReader: RecordSink {
    /// By the physical line on which rows begin, what is known of them.
    private let wanted: [Int: Set<[String]>]
    private let keyColumns: [String]
    private var isCSV = true
    /// The roster's own columns.
    public private(set) var columns: [String] = []
    private var places: [String: Int] = [:]
    private var rows: [Int: [[String]: [String]]] = [:]

    /// - Parameters:
    ///   - wanted: by line, the cells of each row's `keyColumns`.
    ///   - keyColumns: the columns of which the cells are known.
    public init(wanted: [Int: Set<[String]>], keyColumns: [String]) {
        self.wanted = wanted
        self.keyColumns = keyColumns
    }

    /// The cells of a row in the order of ``columns``, trailing absent ones left out; nil when it was not found.
    public func cells(line: Int, key: [String]) -> [String]? { rows[line]?[isCSV ? [] : key] }

    /// Takes in the form.
    public mutating func began(_ dialect: Dialect) { isCSV = dialect.format == .csv }

    /// Takes in a column.
    public mutating func columnAdded(_ name: String, at index: Int) {
        while columns.count <= index { columns.append("") }
        columns[index] = name
        if places[name] == nil { places[name] = index }
    }

    /// Keeps the cells of a row that is wanted.
    public mutating func record(_ record: RecordView) {
        guard let keys = wanted[record.line] else { return }
        var cells: [String] = []
        for cell in (0..<record.count).reversed() {
            let column = record.column(cell)
            guard column < columns.count else { continue }
            while cells.count <= column { cells.append("") }
            cells[column] = isCSV ? CSVGuard.unguarded(record.string(cell)) : record.string(cell)
        }
        if isCSV {
            rows[record.line] = [[]: cells]
            return
        }
        let key = keyColumns.map { name in
            places[name].flatMap { cells.indices.contains($0) ? cells[$0] : nil } ?? ""
        }
        if keys.contains(key), rows[record.line]?[key] == nil { rows[record.line, default: [:]][key] = cells }
    }

    /// What is wrong was said when the plan was made.
    public mutating func defect(_ defect: FormatDefect) {}
}
