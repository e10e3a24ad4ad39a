internal import SeatPlanning

/// How a plan's columns `note`, `message` and `detail` hold a note: words of others as they are, anything else as a JSON
/// object of its code and fields.
extension RowNote {
    func stored() throws -> String {
        if case .quoted(let words) = self, !words.hasPrefix("{") { return words }
        return try PlanJSON.text(self)
    }

    /// - Throws: `DecodingError` for an object that is no note.
    init(stored text: String) throws {
        self = text.hasPrefix("{") ? try PlanJSON.value(RowNote.self, text) : .quoted(text)
    }
}

/// Notes on their way into a plan and out of it: neighbors mostly share theirs, and a coder is slow.
struct NoteCoder {
    private var note: RowNote?
    private var text = ""

    mutating func text(_ note: RowNote?) throws -> String? {
        guard let note else { return nil }
        if note != self.note {
            text = try note.stored()
            self.note = note
        }
        return text
    }

    mutating func note(_ text: String?) throws -> RowNote? {
        guard let text else { return nil }
        if note == nil || text != self.text {
            note = try RowNote(stored: text)
            self.text = text
        }
        return note
    }
}
