internal import Foundation

/// A request as far as the handler needs it.
struct APIRequest: Sendable {
    var method: String
    /// The path as it was sent, without the query.
    var path: String
    var decodedPath: String
    var query: Substring
    var authority: String
    var version: String?
    var authorization: String?
    var contentType: String?
    var isChunked: Bool
    var body: [UInt8]
}

/// A response before it becomes HTTP.
struct APIResponse: Sendable, Equatable {
    struct Header: Sendable, Equatable {
        var name: String
        var value: String
    }

    var status: Int
    var contentType: String? = "application/json"
    var cacheControl: String? = "private, no-store"
    var hasVersion = true
    var headers: [Header] = []
    var body: [UInt8] = []
    var delivery = Delivery.complete

    /// What becomes of the response on its way: a fault may close the connection before or within it.
    enum Delivery: Sendable, Equatable {
        case complete, truncated, dropped
    }

    static func json(_ body: [UInt8], status: Int = 200) -> APIResponse { APIResponse(status: status, body: body) }

    /// A value as JSON with sorted keys.
    static func json(_ value: some Encodable) throws -> APIResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(Array(try encoder.encode(value)))
    }

    static func error(_ error: APIError) -> APIResponse {
        if error == .serverFailure { return internalError }
        return .json(
            JSONWriter.object { w in
                w.field("error", error.error)
                w.field("detail", error.detail)
            }, status: error.status)
    }

    /// The framework's own errors: no class, only a text.
    static func plain(_ status: Int, _ detail: String) -> APIResponse {
        .json(JSONWriter.object { $0.field("detail", detail) }, status: status)
    }

    static let unknownVersion: APIResponse = {
        var response = plain(404, "Not Found")
        response.cacheControl = nil
        response.hasVersion = false
        return response
    }()

    static func methodNotAllowed(allow: String) -> APIResponse {
        var response = plain(405, "Method Not Allowed")
        response.headers = [Header(name: "allow", value: allow)]
        return response
    }

    static func redirect(to location: String) -> APIResponse {
        APIResponse(status: 307, contentType: nil, headers: [Header(name: "location", value: location)])
    }

    /// A body that is longer than this server reads.
    static let contentTooLarge = plain(413, "Content Too Large")

    /// A request for another host.
    static let misdirected = plain(421, "Misdirected Request")

    static let lengthRequired: APIResponse = {
        var response = error(
            APIError(status: 411, error: "LengthRequired", detail: "A Content-Length header is required."))
        response.cacheControl = nil
        return response
    }()

    static func tooManyRequests(retryAfter: Int) -> APIResponse {
        APIResponse(
            status: 429, contentType: nil, cacheControl: nil,
            headers: [Header(name: "retry-after", value: String(retryAfter))])
    }

    /// What the real server responds when it fails, and what `status=` faults respond.
    static func failure(_ status: Int, _ text: String) -> APIResponse {
        APIResponse(
            status: status, contentType: "text/plain; charset=utf-8", cacheControl: nil, hasVersion: false,
            body: Array(text.utf8))
    }

    static let internalError = failure(500, "Internal Server Error")

    /// No response: the connection is closed.
    static let dropped: APIResponse = {
        var response = internalError
        response.delivery = .dropped
        return response
    }()

    /// The response of a `status=` fault.
    static func injected(_ status: Int) -> APIResponse {
        switch status {
        case 429: .tooManyRequests(retryAfter: 60)
        case 500: .internalError
        case 502: .failure(502, "Bad Gateway")
        case 503: .failure(503, "Service Unavailable")
        case 504: .failure(504, "Gateway Timeout")
        default: .failure(status, "Injected Fault")
        }
    }

    static let unauthorized: APIResponse = {
        var response = error(APIError(status: 401, error: "Unauthorized", detail: "Unauthorized"))
        response.headers = [Header(name: "www-authenticate", value: "Bearer realm=\"polar\"")]
        return response
    }()

    static let invalidToken = oauth(
        401, "invalid_token",
        "The access token provided is expired, revoked, malformed, or invalid for other reasons.", scope: nil)

    static func insufficientScope(_ scopes: [String]) -> APIResponse {
        oauth(
            403, "insufficient_scope",
            "The request requires higher privileges than provided by the access token.",
            scope: scopes.joined(separator: " "))
    }

    private static func oauth(_ status: Int, _ error: String, _ description: String, scope: String?) -> APIResponse {
        let scopePart = scope.map { " scope=\"\($0)\"," } ?? ""
        let challenge = "Bearer realm=\"polar\",\(scopePart) error=\"\(error)\", error_description=\"\(description)\""
        var response = json(
            JSONWriter.object { w in
                w.field("error", error)
                w.field("error_description", description)
            }, status: status)
        response.cacheControl = "no-store"
        response.headers = [
            Header(name: "pragma", value: "no-cache"), Header(name: "www-authenticate", value: challenge),
        ]
        return response
    }
}
