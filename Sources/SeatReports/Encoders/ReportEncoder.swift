internal import RosterFormats

/// What is known of a document before its first row.
struct DocumentHead: Sendable {
    /// `report`, `seats`, `subscriptions`, `history`, `identities`, `diff`.
    var kind: String
    /// The version of the document's form.
    var format = 2
    var layout: Layout
    /// After `format` and `kind`, before the rows.
    var json: [JSONValue.Member] = []
    var xmlRoot: String
    var xmlRow: String
    var xml: [XMLNode] = []
    /// The XML form is a roster: a container is `subscription-id` or `order-id`, and nothing but members stands in it.
    var isRoster = false
}

/// What is known after the last row.
struct DocumentTail: Sendable {
    var json: [JSONValue.Member] = []
    var xml: [XMLNode] = []
    var overview: Overview
}

/// A document being written: it takes rows and gives bytes.
protocol ReportEncoder: AnyObject {
    /// - Parameter pairs: the values of the layout's pairs.
    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) throws
    func end(_ tail: DocumentTail) throws
    /// Enough bytes wait to be drained.
    var isBlock: Bool { get }
    /// Bytes reserved at the moment.
    var heldBytes: Int { get }
    func drain(into sink: inout some ByteSink) throws
}

/// A document in the format that was asked for, without its sink: not generic, so that a row's way into a format is
/// compiled once, and no type need be looked up for a row.
final class ReportEncoderCore {
    /// Concrete types: a row's cells are written without a look-up of who takes them.
    private enum Form {
        case csv(CSVEncoder)
        case json(JSONReportEncoder)
        case xml(XMLReportEncoder)
        case html(HTMLEncoder)
        case markdown(MarkdownEncoder)
    }

    private let form: Form
    private let choice: ColumnChoice?

    init(_ format: ReportFormat, options: ReportOptions, head: DocumentHead) throws {
        var head = head
        var choice: ColumnChoice?
        let isForReading = format == .html || format == .md
        let wanted =
            options.columns
            ?? (format == .md && !head.layout.brief.isEmpty
                ? head.layout.brief : isForReading ? head.layout.readingOrder : nil)
        if let wanted, isForReading || format == .csv {
            let made = try ColumnChoice(wanted, of: head.layout)
            head.layout = made.layout
            choice = made
        }
        switch format {
        case .csv: form = .csv(CSVEncoder(head: head, options: options))
        case .json: form = .json(JSONReportEncoder(head: head, areLines: false))
        case .jsonl: form = .json(JSONReportEncoder(head: head, areLines: true))
        case .xml: form = .xml(try XMLReportEncoder(head: head))
        case .html:
            // Who chose columns wants these, on paper too.
            if options.columns == nil { head.layout = head.layout.fittedToPaper() }
            form = .html(HTMLEncoder(head: head))
        case .md: form = .markdown(MarkdownEncoder(head: head))
        }
        self.choice = choice
    }

    var document: any ReportEncoder {
        switch form {
        case .csv(let document): document
        case .json(let document): document
        case .xml(let document): document
        case .html(let document): document
        case .markdown(let document): document
        }
    }

    /// - Returns: enough bytes wait to be drained.
    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) throws -> Bool {
        if let choice { return try write(choice.picked(record, pairs), []) }
        return try write(record, pairs)
    }

    private func write(_ record: some ReportRecord, _ pairs: [PairValue?]) throws -> Bool {
        switch form {
        case .csv(let document):
            document.row(record, pairs)
            return document.isBlock
        case .json(let document):
            document.row(record, pairs)
            return document.isBlock
        case .xml(let document):
            try document.row(record, pairs)
            return document.isBlock
        case .html(let document):
            document.row(record, pairs)
            return false
        case .markdown(let document):
            document.row(record, pairs)
            return false
        }
    }
}

/// A document in the format that was asked for, and the sink it goes to.
struct DocumentWriter<Sink: ByteSink> {
    private let core: ReportEncoderCore
    private var sink: Sink

    init(_ format: ReportFormat, options: ReportOptions, head: DocumentHead, into sink: Sink) throws {
        core = try ReportEncoderCore(format, options: options, head: head)
        self.sink = sink
    }

    @inline(__always)
    mutating func row(_ record: some ReportRecord, _ pairs: [PairValue?] = []) throws {
        if try core.row(record, pairs) { try core.document.drain(into: &sink) }
    }

    mutating func finish(_ tail: DocumentTail) throws -> Sink {
        let document = core.document
        try document.end(tail)
        try document.drain(into: &sink)
        return sink
    }

    var heldBytes: Int { core.document.heldBytes }

    /// Characters that XML could not hold and that stand as U+FFFD.
    var replacedCharacters: Int { (core.document as? XMLReportEncoder)?.replacedCharacters ?? 0 }
}
