import Foundation
import PolarAPI
import Testing

/// One recorded request and its answer; see `Fixtures/exchanges.json`.
struct Exchange: Decodable, Sendable {
    struct Request: Decodable, Sendable {
        var method: String?
        var path: String?
        var headers: [String: String]?
        var body: JSONValue?
        var bearer: String?
        /// In cases that summarise several requests at once.
        var first: First?

        struct First: Decodable, Sendable {
            var method: String
            var path: String
            var body: JSONValue?
        }

        enum CodingKeys: String, CodingKey {
            case method, path, headers, body, first
            case bearer = "as"
        }
    }

    struct Response: Decodable, Sendable {
        var status: Int?
        var headers: [String: String]?
        var body: JSONValue?
        var outcomes: [Outcome]?
        var bodies: [JSONValue]?
        var transportError: String?

        struct Outcome: Decodable, Sendable {
            var status: Int
            var error: String?
        }

        enum CodingKeys: String, CodingKey {
            case status, headers, body, outcomes, bodies
            case transportError = "transport_error"
        }
    }

    var name: String
    var request: Request?
    var response: Response

    static func all() throws -> [Exchange] {
        let url = try #require(
            Bundle.module.url(forResource: "exchanges", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode([Exchange].self, from: Data(contentsOf: url))
    }

    /// The answer as it went over the wire, but for long lists, which the recording cut short.
    var answer: PolarResponse {
        get throws {
            let headers = (response.headers ?? [:]).map { (name: $0.key, value: $0.value) }
            return PolarResponse(
                status: response.status ?? 0, headers: headers, body: try (response.body ?? .null).untrimmed.bytes)
        }
    }
}

extension JSONValue {
    subscript(key: String) -> JSONValue? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// Without the notes that stand in the place of elements that were cut out.
    var untrimmed: JSONValue {
        switch self {
        case .array(let elements):
            .array(elements.filter { !($0.text?.hasSuffix("more items trimmed") ?? false) }.map(\.untrimmed))
        case .object(let fields): .object(fields.mapValues(\.untrimmed))
        default: self
        }
    }

    /// Text stands for itself: the recording holds bodies that are no JSON as strings.
    var bytes: Data {
        get throws {
            if case .string(let text) = self { return Data(text.utf8) }
            return try JSONEncoder().encode(self)
        }
    }
}
