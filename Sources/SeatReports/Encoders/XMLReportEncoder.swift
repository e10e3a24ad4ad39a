internal import RosterFormats
internal import Rosters

/// An element as a value: what a document says beside its rows.
struct XMLNode: Sendable, Equatable {
    var name: String
    /// Those with a value are written.
    var attributes: [(name: String, value: String?)]
    var children: [XMLNode]

    init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [XMLNode] = []) {
        self.name = name
        self.attributes = attributes.map { (name: $0.key, value: $0.value) }
        self.children = children
    }

    static func == (lhs: XMLNode, rhs: XMLNode) -> Bool {
        lhs.name == rhs.name && lhs.children == rhs.children
            && lhs.attributes.elementsEqual(rhs.attributes) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// A document as XML, through libxml2's writer: one element a row, its cells as attributes.
///
/// A row in which characters had to be replaced (see ``XMLDocumentWriter``) says how many in the attribute
/// `replaced-characters`.
final class XMLReportEncoder: ReportEncoder {
    private let xml: XMLDocumentWriter
    private let row: String
    private var cells: Cells

    init(head: DocumentHead) throws {
        xml = try XMLDocumentWriter()
        row = head.xmlRow
        cells = Cells(xml: xml, layout: head.layout, isRoster: head.isRoster)
        try xml.startElement(head.xmlRoot)
        if !head.isRoster { try xml.attribute("format", String(head.format)) }
        for node in head.xml { try write(node) }
    }

    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) throws {
        let replaced = xml.replacedCharacters
        try xml.startElement(row)
        cells.begin()
        record.write(to: &cells)
        cells.pairs(pairs)
        if let error = cells.error { throw error }
        let children = cells.children
        let inAttributes = xml.replacedCharacters - replaced
        let inChildren = children.reduce(0) { $0 + $1.forbiddenCharacters }
        if inAttributes + inChildren > 0 {
            try xml.attribute("replaced-characters", String(inAttributes + inChildren))
        }
        for child in children {
            try xml.startElement(child.element)
            try xml.attribute(child.nameAttribute, child.name)
            try xml.text(child.text)
            try xml.endElement()
        }
        try xml.endElement()
    }

    func end(_ tail: DocumentTail) throws {
        for node in tail.xml { try write(node) }
        try xml.endDocument()
    }

    private func write(_ node: XMLNode) throws {
        try xml.startElement(node.name)
        for (name, value) in node.attributes {
            if let value { try xml.attribute(name, value) }
        }
        for child in node.children { try write(child) }
        try xml.endElement()
    }

    var isBlock: Bool { xml.isBlock }
    var heldBytes: Int { xml.heldBytes }
    var replacedCharacters: Int { xml.replacedCharacters }
    func drain(into sink: inout some ByteSink) throws { try xml.drain(into: &sink) }

    private struct Child {
        var element: String
        var nameAttribute: String
        var name: String
        var text: String

        var forbiddenCharacters: Int {
            XMLDocumentWriter.countForbiddenCharacters(name) + XMLDocumentWriter.countForbiddenCharacters(text)
        }
    }

    private struct Cells: CellWriter {
        let xml: XMLDocumentWriter
        let layout: Layout
        let isRoster: Bool
        let names: [String]
        var children: [Child] = []
        var error: (any Error)?
        private var column = 0

        init(xml: XMLDocumentWriter, layout: Layout, isRoster: Bool) {
            self.xml = xml
            self.layout = layout
            self.isRoster = isRoster
            names = layout.columns.map(\.xmlName)
        }

        mutating func begin() {
            column = 0
            children.removeAll(keepingCapacity: true)
        }

        private mutating func attribute(_ value: String?) {
            defer { column += 1 }
            guard let value, error == nil else { return }
            do {
                try xml.attribute(names[column], value)
            } catch {
                self.error = error
            }
        }

        mutating func container(_ id: ContainerID?) {
            guard isRoster else {
                attribute(id?.kind.rawValue)
                attribute(id?.id)
                return
            }
            column += 2
            guard let id, error == nil else { return }
            do {
                try xml.attribute(id.kind == .subscription ? "subscription-id" : "order-id", id.id)
            } catch {
                self.error = error
            }
        }
        mutating func text(_ value: String?) { attribute(value) }
        mutating func number(_ value: Int?) { attribute(value.map { String($0) }) }
        mutating func money(_ amount: Int?, _ currency: String?) { number(amount) }
        mutating func decimal(_ value: String?) { attribute(value) }
        mutating func flag(_ value: Bool?) { attribute(value.map { $0 ? "true" : "false" }) }
        mutating func pairs(_ values: [PairValue?]) {
            guard let pairs = layout.pairs else { return }
            for (index, value) in values.enumerated() {
                guard let value else { continue }
                children.append(
                    Child(
                        element: pairs.key, nameAttribute: pairs.xmlNameAttribute, name: pairs.names[index],
                        text: value.text))
            }
        }
    }
}
