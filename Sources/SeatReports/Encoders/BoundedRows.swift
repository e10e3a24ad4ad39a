internal import RosterFormats

/// The rows of a document that people read, as finished text: all of them while they are few; those that need attention
/// when there are more than a page can usefully show. What is held is bounded, however many rows come.
struct BoundedRows: Sendable {
    let limit: Int
    private(set) var total = 0
    private(set) var needingAttention = 0
    private var all = OutputBytes()
    private var attention = OutputBytes()

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether the text of a row is wanted: making it costs more than asking.
    func wants(attention isAttention: Bool) -> Bool {
        total < limit || (isAttention && needingAttention < limit)
    }

    mutating func add(_ text: OutputBytes?, attention isAttention: Bool) {
        if let text, total < limit { all.append(text) }
        if let text, isAttention, needingAttention < limit { attention.append(text) }
        total += 1
        if isAttention { needingAttention += 1 }
        if total == limit + 1 { all.release() }
    }

    var showsAll: Bool { total <= limit }
    /// Rows that ``text`` holds.
    var shown: Int { showsAll ? total : min(needingAttention, limit) }
    var text: OutputBytes { showsAll ? all : attention }
    var heldBytes: Int { all.capacity + attention.capacity }

    mutating func release() {
        all.release()
        attention.release()
    }
}

extension BoundedRows {
    /// Said below the rows where some are left out, or where there are none; nil when the rows speak for themselves.
    func note(whereTheRestIs: String) -> String? {
        if total == 0 { return "no rows" }
        if showsAll { return nil }
        let figure = NumberFormat.grouped
        if needingAttention == 0 {
            return "\(figure(total)) rows are not listed here: \(whereTheRestIs)"
        }
        if needingAttention > limit {
            return """
                the first \(figure(limit)) of \(figure(needingAttention)) rows that need attention, of \
                \(figure(total)) in all: \(whereTheRestIs)
                """
        }
        let verb = needingAttention == 1 ? "1 row that needs" : "\(figure(needingAttention)) rows that need"
        return "the \(verb) attention, of \(figure(total)) in all: \(whereTheRestIs)"
    }
}
