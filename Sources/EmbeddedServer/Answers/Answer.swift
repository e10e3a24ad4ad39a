/// An answer before it becomes HTTP.
struct Answer: Sendable, Equatable {
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

    static func json(_ body: [UInt8], status: Int = 200) -> Answer { Answer(status: status, body: body) }

    static func error(_ refusal: Refusal) -> Answer {
        if refusal == .broken { return internalError }
        return .json(
            JSONWriter.object { w in
                w.field("error", refusal.error)
                w.field("detail", refusal.detail)
            }, status: refusal.status)
    }

    /// The framework's own errors: no class, only a text.
    static func plain(_ status: Int, _ detail: String) -> Answer {
        .json(JSONWriter.object { $0.field("detail", detail) }, status: status)
    }

    static let unknownVersion: Answer = {
        var answer = plain(404, "Not Found")
        answer.cacheControl = nil
        answer.hasVersion = false
        return answer
    }()

    static func methodNotAllowed(allow: String) -> Answer {
        var answer = plain(405, "Method Not Allowed")
        answer.headers = [Header(name: "allow", value: allow)]
        return answer
    }

    static func redirect(to location: String) -> Answer {
        Answer(status: 307, contentType: nil, headers: [Header(name: "location", value: location)])
    }

    /// A body that is longer than this server reads.
    static let contentTooLarge = plain(413, "Content Too Large")

    /// A request for another host.
    static let misdirected = plain(421, "Misdirected Request")

    static let lengthRequired: Answer = {
        var answer = error(
            Refusal(status: 411, error: "LengthRequired", detail: "A Content-Length header is required."))
        answer.cacheControl = nil
        return answer
    }()

    static func tooManyRequests(retryAfter: Int) -> Answer {
        Answer(
            status: 429, contentType: nil, cacheControl: nil,
            headers: [Header(name: "retry-after", value: String(retryAfter))])
    }

    /// What the real server says when it breaks, and what `status=` faults say.
    static func broken(_ status: Int, _ text: String) -> Answer {
        Answer(
            status: status, contentType: "text/plain; charset=utf-8", cacheControl: nil, hasVersion: false,
            body: Array(text.utf8))
    }

    static let internalError = broken(500, "Internal Server Error")

    static let unauthorized: Answer = {
        var answer = error(Refusal(status: 401, error: "Unauthorized", detail: "Unauthorized"))
        answer.headers = [Header(name: "www-authenticate", value: "Bearer realm=\"polar\"")]
        return answer
    }()

    static let invalidToken = oauth(
        401, "invalid_token",
        "The access token provided is expired, revoked, malformed, or invalid for other reasons.", scope: nil)

    static func insufficientScope(_ scopes: [String]) -> Answer {
        oauth(
            403, "insufficient_scope",
            "The request requires higher privileges than provided by the access token.",
            scope: scopes.joined(separator: " "))
    }

    private static func oauth(_ status: Int, _ error: String, _ description: String, scope: String?) -> Answer {
        let scopePart = scope.map { " scope=\"\($0)\"," } ?? ""
        let challenge = "Bearer realm=\"polar\",\(scopePart) error=\"\(error)\", error_description=\"\(description)\""
        var answer = json(
            JSONWriter.object { w in
                w.field("error", error)
                w.field("error_description", description)
            }, status: status)
        answer.cacheControl = "no-store"
        answer.headers = [
            Header(name: "pragma", value: "no-cache"), Header(name: "www-authenticate", value: challenge),
        ]
        return answer
    }
}

/// One thing that is wrong with a request's values.
struct ValidationIssue: Error, Sendable, Equatable {
    var type: String
    var location: [JSONValue]
    var message: String
    var input: JSONValue
    var context: JSONValue?

    init(_ type: String, _ location: [JSONValue], _ message: String, input: JSONValue, context: JSONValue? = nil) {
        self.type = type
        self.location = location
        self.message = message
        self.input = input
        self.context = context
    }

    /// A text that is no UUID, or one of another version where only the fourth is taken.
    static func id(_ text: String, at location: [JSONValue], version4: Bool) -> Result<EntityID, ValidationIssue> {
        do {
            let id = try EntityID(parsing: text)
            if !version4 || id.version == 4 { return .success(id) }
            return .failure(
                ValidationIssue(
                    "uuid_version", location, "UUID version 4 expected", input: .string(text),
                    context: .members(["expected_version": .number("4")])))
        } catch {
            return .failure(
                ValidationIssue(
                    "uuid_parsing", location, "Input should be a valid UUID, \(error.reason)", input: .string(text),
                    context: .members(["error": .string(error.reason)])))
        }
    }
}

/// All that is wrong with a request's values, at once.
struct ValidationFailure: Error, Sendable {
    var issues: [ValidationIssue]

    init(_ issues: [ValidationIssue]) { self.issues = issues }
    init(_ issue: ValidationIssue) { issues = [issue] }

    var answer: Answer {
        .json(
            JSONWriter.object { w in
                w.field("error", "RequestValidationError")
                w.arrayField("detail") { w in
                    for issue in issues {
                        w.object { w in
                            w.field("type", issue.type)
                            w.field("loc", .array(issue.location))
                            w.field("msg", issue.message)
                            w.field("input", issue.input)
                            if let context = issue.context { w.field("ctx", context) }
                        }
                    }
                }
            }, status: 422)
    }
}
