internal import RosterFormats
internal import Rosters

/// A document as JSON: one object, with one row per line so that line tools can work on it; or as JSON lines: one row
/// a line, the summary last.
final class JSONReportEncoder: ReportEncoder {
    private let head: [JSONValue.Member]
    private let areLines: Bool
    private var cells: Cells
    private var isFirst = true

    init(head: DocumentHead, areLines: Bool) {
        self.head =
            [.init(name: "format", value: .number(head.format)), .init(name: "kind", value: .string(head.kind))]
            + head.json
        self.areLines = areLines
        cells = Cells(layout: head.layout, prefix: areLines ? "\"type\":\"row\"," : "")
        if !areLines {
            cells.out.append("{\n")
            for member in self.head { line(member) }
            cells.out.append("\"rows\":[")
        }
    }

    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) {
        if !areLines {
            cells.out.append(isFirst ? "\n" : ",\n")
            isFirst = false
        }
        cells.begin()
        record.write(to: &cells)
        cells.pairs(pairs)
        cells.out.append(areLines ? "}\n" : "}")
    }

    func end(_ tail: DocumentTail) {
        if areLines {
            let members = [JSONValue.Member(name: "type", value: .string("summary"))] + head + tail.json
            cells.out.append(json: .object(members))
            cells.out.append("\n")
        } else {
            cells.out.append(isFirst ? "]" : "\n]")
            for member in tail.json {
                cells.out.append(",\n")
                cells.out.append(jsonString: member.name)
                cells.out.append(":")
                cells.out.append(json: member.value)
            }
            cells.out.append("\n}\n")
        }
    }

    private func line(_ member: JSONValue.Member) {
        cells.out.append(jsonString: member.name)
        cells.out.append(":")
        cells.out.append(json: member.value)
        cells.out.append(",\n")
    }

    var isBlock: Bool { cells.out.isBlock }
    var heldBytes: Int { cells.out.capacity }
    func drain(into sink: inout some ByteSink) throws { try cells.out.drain(into: &sink) }

    private struct Cells: CellWriter {
        var out = OutputBytes()
        /// `"name":` a column, `,"name":` from the second on, made once.
        private let names: [String]
        private let pairNames: [String]
        private let pairsKey: String
        private var column = 0
        private let prefix: String

        init(layout: Layout, prefix: String) {
            names = layout.columns.enumerated().map { index, column in "\(index > 0 ? "," : "")\"\(column.name)\":" }
            pairNames = (layout.pairs?.names ?? []).map { name in
                var bytes = OutputBytes()
                bytes.append(jsonString: name)
                bytes.append(":")
                return bytes.withBytes { String(decoding: $0, as: UTF8.self) }
            }
            pairsKey = layout.pairs.map { ",\"\($0.key)\":{" } ?? ""
            self.prefix = prefix
        }

        mutating func begin() {
            column = 0
            out.append("{")
            out.append(prefix)
        }

        private mutating func name() {
            out.append(names[column])
            column += 1
        }

        mutating func container(_ id: ContainerID?) {
            text(id?.kind.rawValue)
            text(id?.id)
        }
        mutating func text(_ value: String?) {
            name()
            if let value { out.append(jsonString: value) } else { out.append("null") }
        }
        mutating func number(_ value: Int?) {
            name()
            if let value { out.append(number: value) } else { out.append("null") }
        }
        mutating func money(_ amount: Int?, _ currency: String?) { number(amount) }
        mutating func decimal(_ value: String?) {
            name()
            out.append(value ?? "null")
        }
        mutating func flag(_ value: Bool?) {
            name()
            out.append(value.map { $0 ? "true" : "false" } ?? "null")
        }
        mutating func pairs(_ values: [PairValue?]) {
            guard !pairsKey.isEmpty else { return }
            out.append(pairsKey)
            var isFirst = true
            for (index, value) in values.enumerated() {
                guard let value else { continue }
                if !isFirst { out.append(",") }
                isFirst = false
                out.append(pairNames[index])
                if value.isJSON { out.append(value.text) } else { out.append(jsonString: value.text) }
            }
            out.append("}")
        }
    }
}
