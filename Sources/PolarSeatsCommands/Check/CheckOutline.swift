internal import RosterFormats
internal import Rosters

/// What `check` found, for people and programs.
struct CheckOutline: Encodable {
    struct Source: Encodable {
        var name: String
        /// Read to its end; none of an unreadable roster's rows counts.
        var isReadable: Bool
        var format: String?
        var encoding: String?
        var byteOrderMark: Bool?
        var delimiter: String?
        var lineEnds: String?
        /// CSV: the first line names the columns.
        var header: Bool?
        /// CSV: the file begins with a `sep=` line.
        var separatorLine: Bool?
        /// XML.
        var rootElement: String?
        /// One of the tool's own exports of seats.
        var isExport: Bool
        var rows: Int
        var rowsLeftOut: Int
        /// Rows that a filter or the preset left out, most frequent reason first.
        var excluded: [Exclusion]
        var bytes: Int?
        var errors: Int
        var warnings: Int
        var notes: Int
        var columns: [Column]
        /// How many there are of each kind that are not listed.
        var unlisted: [Defect.Kind: Int] = [:]

        private enum CodingKeys: String, CodingKey {
            case name
            case isReadable = "readable"
            case format, encoding, byteOrderMark, delimiter, lineEnds, header
            case separatorLine, rootElement
            case isExport = "export"
            case rows, rowsLeftOut, excluded, bytes, errors, warnings, notes
            case columns
            // Programs get every defect.
        }
    }

    /// Why rows were left out, and how many.
    struct Exclusion: Encodable {
        var column: String
        /// Empty when the cell is.
        var value: String
        var rows: Int
    }

    /// One row that was left out.
    struct ExcludedRow: Encodable {
        var source: String
        var line: Int
        var email: String?
        var externalID: String?
        var reason: String

        private enum CodingKeys: String, CodingKey {
            case source, line, email
            case externalID = "externalId"
            case reason
        }
    }

    struct Column: Encodable {
        var name: String
        /// nil: unknown.
        var field: String?
        /// Goes to plans and reports as it stands.
        var isCarried: Bool
        /// A filter, or the preset, looks at it.
        var isFilter: Bool
        /// The column that says the same field in place of this one.
        var displacedBy: String?

        private enum CodingKeys: String, CodingKey {
            case name, field
            case isCarried = "carried"
            case isFilter = "filter"
            case displacedBy
        }
    }

    /// The copy that `--fixed` wrote.
    struct Fixed: Encodable {
        var path: String
        var rows: Int
        var errors: Int
        var warnings: Int
        /// What was changed, where.
        var changes: [Defect]
        /// How many errors of each kind the copy still has.
        var left: [String: Int]
    }

    /// The copies that `--split` wrote.
    struct Split: Encodable {
        struct Copy: Encodable {
            var path: String
            var rows: Int
        }
        var usable: Copy
        var unusable: Copy
    }

    var kind = "check"
    var format = 1
    var sources: [Source]
    var rows: Int
    var errors: Int
    var warnings: Int
    var notes: Int
    var defects: [Defect]
    var excludedRows: [ExcludedRow]
    var fixed: Fixed?
    var split: Split?

    init(_ checked: CheckReading.Result, hasHeader: Bool) {
        sources = zip(checked.roster.sources, checked.facts).map { Source($0, bytes: $1?.bytes, hasHeader: hasHeader) }
        rows = sources.reduce(0) { $0 + $1.rows }
        errors = sources.reduce(0) { $0 + $1.errors }
        warnings = sources.reduce(0) { $0 + $1.warnings }
        notes = sources.reduce(0) { $0 + $1.notes }
        defects = checked.roster.defects
        let entries = checked.roster.entries
        excludedRows = (0..<entries.count).lazy.filter { entries.isExcluded($0) }.map { index in
            let row = entries[index]
            return ExcludedRow(
                source: entries.sources[row.source].name, line: row.line, email: row.email.isEmpty ? nil : row.email,
                externalID: row.externalID.isEmpty ? nil : row.externalID,
                reason: entries.exclusion(at: index) ?? "")
        }
        var listed: [String: [Defect.Kind: Int]] = [:]
        for defect in defects { listed[defect.source, default: [:]][defect.kind, default: 0] += 1 }
        for index in sources.indices {
            let shown = listed[sources[index].name] ?? [:]
            sources[index].unlisted = checked.roster.sources[index].defectCounts
                .reduce(into: [:]) { $0[$1.key] = $1.value - (shown[$1.key] ?? 0) }
                .filter { $0.value > 0 }
        }
    }
}

extension CheckOutline.Source {
    init(_ source: Roster.Source, bytes: Int?, hasHeader: Bool) {
        let dialect = source.dialect
        let isCSV = dialect?.format == .csv
        self.init(
            name: source.name, isReadable: !source.isAbandoned, format: dialect?.format.rawValue,
            encoding: dialect?.encoding.rawValue, byteOrderMark: dialect?.hadByteOrderMark,
            delimiter: dialect?.delimiter.map { $0 == 0x09 ? "tab" : String(UnicodeScalar($0)) },
            lineEnds: dialect?.lineEnding?.rawValue, header: isCSV ? hasHeader : nil,
            separatorLine: isCSV ? dialect?.hasSeparatorLine : nil, rootElement: dialect?.rootElement,
            isExport: source.isExport, rows: source.records, rowsLeftOut: source.leftOut,
            excluded: source.excluded.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
                .map { .init(column: $0.key.column, value: $0.key.value, rows: $0.value) },
            bytes: bytes,
            errors: source.defectCount(.error), warnings: source.defectCount(.warning),
            notes: source.defectCount(.note),
            columns: source.columns.filter { $0.isPresent }.map {
                CheckOutline.Column(
                    name: $0.name, field: $0.field?.spelling, isCarried: $0.isCarried, isFilter: $0.isFilter,
                    displacedBy: $0.displacedBy)
            })
    }
}
