import Foundation

extension PolarError {
    /// The error that an answer other than a success tells of.
    public init(_ response: PolarResponse, to request: PolarRequest) {
        let body = ErrorBody(response.body)
        let challenge = response.header("www-authenticate")
        let token = response.token
        let scope = response.status == 403 ? challenge.flatMap { parameter("scope", of: $0) } : nil
        self.init(
            Code(status: response.status, errorClass: body.error),
            status: response.status,
            errorClass: ServerWords.clean(body.error, token, limit: ServerWords.shortLimit),
            message: ServerWords.clean(body.message ?? "", token).nonEmpty ?? Self.words(for: response.status),
            details: body.details.prefix(20).map { $0.cleaned(token) },
            neededScope: ServerWords.clean(scope, token, limit: ServerWords.shortLimit),
            retryAfter: response.retryAfter,
            isDefinite: Self.isDefinite(status: response.status),
            attempt: response.attempt,
            request: request)
    }

    /// The error that a missing answer is.
    public init(_ error: PolarTransportError, to request: PolarRequest) {
        let code: Code =
            switch error.kind {
            case .connectionFailed: .connectionFailed
            case .secureConnectionFailed: .secureConnectionFailed
            case .proxyFailed: .proxyFailed
            case .timedOut: .timedOut
            case .connectionLost: .connectionLost
            case .answerTooLarge: .answerTooLarge
            case .cancelled: .cancelled
            }
        self.init(
            code, message: error.message, isDefinite: !error.mayHaveReachedServer, attempt: error.attempt,
            request: request)
    }

    // A 408 comes from whatever stands before the server, which may be at work still.
    private static func isDefinite(status: Int) -> Bool {
        (300..<500).contains(status) && status != 408
    }

    private static func words(for status: Int) -> String {
        switch status {
        case 429: "the server's rate limit is used up"
        case 300..<400: "the server answered with a redirect to somewhere else, which is not followed"
        case 500...: "the server failed"
        default: "the server answered with status \(status) and no words"
        }
    }
}

extension PolarError.Code {
    fileprivate init(status: Int, errorClass: String?) {
        self =
            switch status {
            case 400: .badRequest
            case 401: .unauthorized
            case 402: .paymentFailed
            case 403: errorClass == "insufficient_scope" ? .insufficientScope : .forbidden
            case 404: .notFound
            case 409: .conflict
            case 422: .invalidRequest
            case 429: .rateLimited
            case 300..<400: .redirected
            case 500...: .serverFault
            default: .unexpectedStatus
            }
    }
}

/// Every shape of error that the server was seen to answer with: `error` and `detail` as text or as a list,
/// `error_description` in place of `detail`, `detail` alone, plain text, nothing.
private struct ErrorBody {
    var error: String?
    var message: String?
    var details: [PolarError.Detail] = []

    init(_ data: Data) {
        guard !data.isEmpty, let shape = try? JSONDecoder().decode(Shape.self, from: data) else {
            // Plain text of a 500, or a proxy's page, of which the kind is told elsewhere.
            if data.count <= 200, let text = String(bytes: data, encoding: .utf8), !text.contains("<") {
                let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
                message = line.isEmpty || line.contains("\n") ? nil : line
            }
            return
        }
        error = shape.error
        details = shape.details
        message = shape.text ?? shape.description
        if !details.isEmpty {
            message = details.map(\.line).joined(separator: "; ")
        }
    }

    private struct Shape: Decodable {
        var error: String?
        var text: String?
        var description: String?
        var details: [PolarError.Detail] = []

        enum CodingKeys: String, CodingKey {
            case error, detail
            case description = "error_description"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            error = try? container.decodeIfPresent(String.self, forKey: .error)
            description = try? container.decodeIfPresent(String.self, forKey: .description)
            if let text = try? container.decodeIfPresent(String.self, forKey: .detail) {
                self.text = text
            } else if let entries = try? container.decode([Entry].self, forKey: .detail) {
                details = entries.map {
                    .init(location: $0.loc.map(\.text), message: $0.msg ?? "", type: $0.type ?? "")
                }
            }
        }
    }

    private struct Entry: Decodable {
        var type: String?
        var msg: String?
        var loc: [Step]

        enum CodingKeys: String, CodingKey { case type, msg, loc }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try? container.decodeIfPresent(String.self, forKey: .type)
            msg = try? container.decodeIfPresent(String.self, forKey: .msg)
            loc = (try? container.decodeIfPresent([Step].self, forKey: .loc)) ?? []
        }
    }

    /// A name, or an offset in a list or text.
    private struct Step: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                text = name
            } else {
                text = String(try container.decode(Int.self))
            }
        }
    }
}

extension PolarError.Detail {
    fileprivate func cleaned(_ token: AccessToken?) -> Self {
        .init(
            location: location.prefix(20).map { ServerWords.clean($0, token, limit: ServerWords.shortLimit) },
            message: ServerWords.clean(message, token),
            type: ServerWords.clean(type, token, limit: ServerWords.shortLimit))
    }

    fileprivate var line: String {
        location.isEmpty ? message : "\(location.joined(separator: ".")): \(message)"
    }
}

/// The value of `name="value"` in a `WWW-Authenticate` challenge.
private func parameter(_ name: String, of challenge: String) -> String? {
    guard let start = challenge.range(of: "\(name)=\"") else { return nil }
    let value = challenge[start.upperBound...].prefix { $0 != "\"" }
    return value.isEmpty ? nil : String(value)
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
