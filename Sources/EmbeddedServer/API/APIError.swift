/// An error response as the API words it: a status, an error class and a text.
struct APIError: Error, Equatable {
    var status: Int
    var error: String
    var detail: String

    /// Where the real server fails: a 500 without a class or a text.
    static let serverFailure = APIError(status: 500, error: "", detail: "")

    static func notFound(_ what: String) -> APIError {
        APIError(status: 404, error: "ResourceNotFound", detail: what)
    }
    static func badRequest(_ error: String, _ detail: String) -> APIError {
        APIError(status: 400, error: error, detail: detail)
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

    /// Reads a UUID; where only version 4 is accepted, another version is an issue.
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

/// Everything that is wrong with a request's values.
struct ValidationFailure: Error, Sendable {
    var issues: [ValidationIssue]

    init(_ issues: [ValidationIssue]) { self.issues = issues }
    init(_ issue: ValidationIssue) { issues = [issue] }

    var response: APIResponse {
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
