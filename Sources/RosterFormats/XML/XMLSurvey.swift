/// Which elements a document has, for proposing one as the record.
struct XMLSurvey {
    /// Enough to see what repeats.
    static let maximumElements = 2_000
    private static let maximumNames = 48

    private struct Element {
        var name: UnsafePointer<UInt8>
        var depth: Int
        var count: Int
    }

    private var elements: [Element] = []
    private var seen = 0

    var isFull: Bool { seen >= Self.maximumElements }

    /// - Parameter name: interned, so that equal names have equal addresses.
    mutating func see(_ name: UnsafePointer<UInt8>, _ depth: Int) {
        guard !isFull else { return }
        seen += 1
        if let index = elements.firstIndex(where: { $0.name == name && $0.depth == depth }) {
            elements[index].count += 1
        } else if elements.count < Self.maximumNames {
            elements.append(Element(name: name, depth: depth, count: 1))
        }
    }

    /// Names of elements in the order of their first appearance.
    var names: [String] {
        var names: [String] = []
        for element in elements {
            let name = String(cString: element.name)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// What repeats nearest to the root, the most frequent first; else what is in the root.
    var likelyRecords: [String] {
        for depth in 2...6 {
            let repeated = elements.filter { $0.depth == depth && $0.count > 1 }
            if !repeated.isEmpty { return repeated.sorted { $0.count > $1.count }.map { String(cString: $0.name) } }
        }
        return elements.filter { $0.depth == 2 }.map { String(cString: $0.name) }
    }
}
