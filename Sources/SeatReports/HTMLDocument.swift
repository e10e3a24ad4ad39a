internal import RosterFormats

/// A document as one self-contained HTML file.
final class HTMLDocument: Document {
    private var out = OutputBytes()
    private var rows = HeldRows(limit: 10_000)

    init(head: DocumentHead) {}

    func row(_ record: some ReportRecord) { rows.add(nil, attention: record.needsAttention) }
    func end(_ tail: DocumentTail) { out.append(tail.overview.title) }

    var isBlock: Bool { out.isBlock }
    var heldBytes: Int { out.capacity + rows.heldBytes }
    func drain(into sink: inout some ByteSink) throws { try out.drain(into: &sink) }
}
