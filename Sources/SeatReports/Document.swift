internal import RosterFormats

/// What is known of a document before its first row.
struct DocumentHead: Sendable {
    /// `report`, `seats`, `subscriptions`, `history`, `identities`, `diff`.
    var kind: String
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
protocol Document: AnyObject {
    /// - Parameter pairs: the values of the layout's pairs.
    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) throws
    func end(_ tail: DocumentTail) throws
    /// Enough bytes wait to be drained.
    var isBlock: Bool { get }
    /// Bytes reserved at the moment.
    var heldBytes: Int { get }
    func drain(into sink: inout some ByteSink) throws
}

/// A document in the format that was asked for, and the sink it goes to.
struct DocumentWriter<Sink: ByteSink> {
    /// Concrete types, so that a row's way into a format is compiled for that format.
    private enum Form {
        case csv(CSVDocument)
        case json(JSONDocument)
        case xml(XMLDocument)
        case html(HTMLDocument)
        case markdown(MarkdownDocument)

        var document: any Document {
            switch self {
            case .csv(let document): document
            case .json(let document): document
            case .xml(let document): document
            case .html(let document): document
            case .markdown(let document): document
            }
        }
    }

    private let form: Form
    private let choice: ColumnChoice?
    private var sink: Sink

    init(_ format: ReportFormat, options: ReportOptions, head: DocumentHead, into sink: Sink) throws {
        var head = head
        var choice: ColumnChoice?
        let isForReading = format == .html || format == .md
        let wanted = options.columns ?? (isForReading ? head.layout.readingOrder : nil)
        if let wanted, isForReading || format == .csv {
            let made = try ColumnChoice(wanted, of: head.layout)
            head.layout = made.layout
            choice = made
        }
        switch format {
        case .csv: form = .csv(CSVDocument(head: head, options: options))
        case .json: form = .json(JSONDocument(head: head, areLines: false))
        case .jsonl: form = .json(JSONDocument(head: head, areLines: true))
        case .xml: form = .xml(try XMLDocument(head: head))
        case .html: form = .html(HTMLDocument(head: head))
        case .md: form = .markdown(MarkdownDocument(head: head))
        }
        self.choice = choice
        self.sink = sink
    }

    mutating func row(_ record: some ReportRecord, _ pairs: [PairValue?] = []) throws {
        if let choice {
            try write(choice.picked(record, pairs), [])
        } else {
            try write(record, pairs)
        }
    }

    private mutating func write(_ record: some ReportRecord, _ pairs: [PairValue?]) throws {
        switch form {
        case .csv(let document):
            document.row(record, pairs)
            if document.isBlock { try document.drain(into: &sink) }
        case .json(let document):
            document.row(record, pairs)
            if document.isBlock { try document.drain(into: &sink) }
        case .xml(let document):
            try document.row(record, pairs)
            if document.isBlock { try document.drain(into: &sink) }
        case .html(let document): document.row(record, pairs)
        case .markdown(let document): document.row(record, pairs)
        }
    }

    mutating func finish(_ tail: DocumentTail) throws -> Sink {
        let document = form.document
        try document.end(tail)
        try document.drain(into: &sink)
        return sink
    }

    var heldBytes: Int { form.document.heldBytes }

    /// Characters that XML could not hold and that stand as U+FFFD.
    var replacedCharacters: Int {
        if case .xml(let document) = form { document.replacedCharacters } else { 0 }
    }
}
