import Foundation
import Testing

/// One recorded exchange with the real server.
struct Exchange: Decodable, Sendable {
    struct Request: Decodable, Sendable {
        var method: String
        var path: String
        var headers: [String: String]
        var body: JSON?
        var `as`: String?
    }

    struct Response: Decodable, Sendable {
        struct Outcome: Decodable, Hashable, Sendable {
            var status: Int
            var error: String
            var count: Int
        }

        var status: Int?
        var headers: [String: String]?
        var body: JSON?
        var outcomes: [Outcome]?
    }

    var name: String
    var request: Request?
    var response: Response

    private enum CodingKeys: String, CodingKey {
        case name, request, response
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        // Summaries of several requests have none of their own.
        request = try? container.decode(Request.self, forKey: .request)
        response = try container.decode(Response.self, forKey: .response)
    }

    static func all() throws -> [Exchange] {
        try JSONDecoder().decode([Exchange].self, from: Fixture.data("exchanges"))
    }
}

enum Fixture {
    static func data(_ name: String) throws -> Data {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
        return try Data(contentsOf: url)
    }
}
