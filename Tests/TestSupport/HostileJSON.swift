public import Foundation

/// Answers as a server that is wrong, or bad, could give them: each value of an answer by hostile ones.
public struct HostileJSON {
    /// Beside the place that is changed, what it is changed to.
    public var what = ""

    /// Creates a mutator that has changed nothing.
    public init() {}

    /// Strings that a client must neither obey nor print as they are.
    public static let words = [
        "", " ", "..", ".", "/", "../../etc/passwd", "\u{1B}[2J\u{1B}[31m", "a\npolar-seats: all is well", "\r\n\r\n",
        "\u{202E}evil", "\u{2028}", "\u{0}", "\u{85}", "=cmd|'/C calc'!A0", "\u{FEFF}", "'", "\"", "<script>", "nan",
        "-",
        "99999999999999999999", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "active",
        "revoked", "claimed", "pending", "11111111-1111-4111-8111-111111111111", "ZZZZZZZZ-0000-4000-8000-000000000000",
        "attacker@globex.dev", "@", "a@b", "polar_oat_fuzzing_0123456789abcdef",
    ]

    private static var numbers: [Any] {
        [
            0, -1, 1, -5, Int.max, Int.min, 2_147_483_647, 2_147_483_648, -2_147_483_648, 4_294_967_296, 1e300, -1e300,
            0.5, 9_007_199_254_740_993, NSNull(), true, false,
        ]
    }

    /// Returns a hostile value: an empty, deeply nested, long, extreme or misleading one.
    public static func value(_ random: inout SplitMix64) -> Any {
        switch random.below(10) {
        case 0: return [Any]()
        case 1: return [String: Any]()
        case 2: return NSNull()
        case 3:
            return String(repeating: random.pick(["x", "e\u{301}", "\u{1B}", "\n"]), count: 1 + random.below(20_000))
        case 4: return (0..<random.below(200)).reduce("x" as Any) { inner, _ in [inner] }
        case 5...7: return random.pick(words)
        default: return random.pick(numbers)
        }
    }

    /// Changes one or two values of a document, or takes them away.
    public mutating func mutate(_ body: Data, _ random: inout SplitMix64) -> Data {
        guard var document = try? JSONSerialization.jsonObject(with: body, options: [.fragmentsAllowed]) else {
            what = "no JSON"
            return Data(random.pick(["", "{", "null", "[]", "{}", "\u{0}"]).utf8)
        }
        for _ in 0..<1 + random.below(2) { document = change(document, "", &random) }
        let data = try? JSONSerialization.data(withJSONObject: document, options: [.fragmentsAllowed])
        return data ?? body
    }

    /// Goes down by chance, and changes what it ends at.
    private mutating func change(_ value: Any, _ path: String, _ random: inout SplitMix64) -> Any {
        if let object = value as? [String: Any], !object.isEmpty, !random.happens(0.03) {
            var changed = object
            let key = random.pick(object.keys.sorted())
            if random.happens(0.12) {
                what += " \(path).\(key) is missing"
                changed[key] = nil
            } else {
                changed[key] = change(object[key] ?? NSNull(), "\(path).\(key)", &random)
            }
            return changed
        }
        if let list = value as? [Any], !list.isEmpty, !random.happens(0.05) {
            var changed = list
            let index = random.below(list.count)
            switch random.below(12) {
            case 0: changed.append(list[index])
            case 1: changed.remove(at: index)
            default: changed[index] = change(list[index], "\(path).\(index)", &random)
            }
            return changed
        }
        let new = Self.value(&random)
        what += " \(path) is \(String(describing: new).prefix(60))"
        return new
    }
}
