internal import RosterFormats
internal import Rosters

/// A document as CSV: the header, the rows, nothing else.
final class CSVEncoder: ReportEncoder {
    private var cells: Cells

    init(head: DocumentHead, options: ReportOptions) {
        cells = Cells(csv: CSVText(options.csv))
        for column in head.layout.columns { cells.csv.cell(column.name) }
        for label in head.layout.pairs?.labels ?? [] { cells.csv.cell(label) }
        cells.csv.endRow()
    }

    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) {
        record.write(to: &cells)
        cells.pairs(pairs)
        cells.csv.endRow()
    }

    func end(_ tail: DocumentTail) {}

    var isBlock: Bool { cells.csv.out.isBlock }
    var heldBytes: Int { cells.csv.out.capacity }
    func drain(into sink: inout some ByteSink) throws { try cells.csv.out.drain(into: &sink) }

    private struct Cells: CellWriter {
        var csv: CSVText

        mutating func container(_ id: ContainerID?) {
            text(id?.kind.rawValue)
            text(id?.id)
        }
        mutating func text(_ value: String?) {
            if let value { csv.cell(value) } else { csv.emptyCell() }
        }
        mutating func number(_ value: Int?) {
            if let value { csv.number(value) } else { csv.emptyCell() }
        }
        mutating func money(_ amount: Int?, _ currency: String?) { number(amount) }
        mutating func decimal(_ value: String?) { csv.figure(value ?? "") }
        mutating func flag(_ value: Bool?) { csv.figure(value.map { $0 ? "true" : "false" } ?? "") }
        mutating func pairs(_ values: [PairValue?]) {
            for value in values { text(value?.text) }
        }
    }
}
