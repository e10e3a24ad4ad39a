/// Reads request bodies as the API's models do, and collects everything that is wrong.
struct BodyReader {
    let body: JSONValue
    private(set) var issues: [ValidationIssue] = []

    /// Reads the body as JSON if its content type is JSON.
    init(_ bytes: [UInt8], contentType: String?) throws(ValidationFailure) {
        let location: [JSONValue] = [.string("body")]
        if bytes.isEmpty {
            throw ValidationFailure(ValidationIssue("missing", location, "Field required", input: .null))
        }
        let type = (contentType ?? "").split(separator: ";").first.map { $0.lowercased() } ?? ""
        let isJSON = type.hasPrefix("application/") && (type.hasSuffix("/json") || type.hasSuffix("+json"))
        let value: JSONValue
        if isJSON {
            do {
                value = try JSONValue(parsing: bytes)
            } catch {
                throw ValidationFailure(
                    ValidationIssue(
                        "json_invalid", [.string("body"), .number(String(error.position))], "JSON decode error",
                        input: .emptyObject, context: .members(["error": .string(error.message)])))
            }
        } else {
            value = .string(String(decoding: bytes, as: UTF8.self))
        }
        guard case .object = value else {
            throw ValidationFailure(
                ValidationIssue(
                    "model_attributes_type", location,
                    "Input should be a valid dictionary or object to extract fields from", input: value))
        }
        body = value
    }

    private func given(_ field: String) -> JSONValue? {
        let value = body[field]
        return value == .null ? nil : value
    }

    mutating func add(_ issue: ValidationIssue) { issues.append(issue) }

    /// A rule about several fields; these are checked only if each field is valid by itself.
    func rule(_ message: String) -> ValidationFailure {
        ValidationFailure(
            ValidationIssue(
                "value_error", [.string("body")], "Value error, \(message)", input: body,
                context: .members(["error": .emptyObject])))
    }

    mutating func id(_ field: String) -> EntityID? {
        guard let value = given(field) else { return nil }
        let location: [JSONValue] = [.string("body"), .string(field)]
        guard case .string(let text) = value else {
            add(
                ValidationIssue(
                    "uuid_type", location, "UUID input should be a string, bytes or UUID object", input: value))
            return nil
        }
        switch ValidationIssue.id(text, at: location, version4: false) {
        case .success(let id): return id
        case .failure(let issue):
            add(issue)
            return nil
        }
    }

    mutating func text(_ field: String) -> String? {
        guard let value = given(field) else { return nil }
        if case .string(let text) = value { return text }
        add(
            ValidationIssue(
                "string_type", [.string("body"), .string(field)], "Input should be a valid string", input: value))
        return nil
    }

    mutating func requiredText(_ field: String) -> String? {
        if let value = body[field] {
            if case .string(let text) = value { return text }
            add(
                ValidationIssue(
                    "string_type", [.string("body"), .string(field)], "Input should be a valid string", input: value))
        } else {
            add(ValidationIssue("missing", [.string("body"), .string(field)], "Field required", input: body))
        }
        return nil
    }

    mutating func email(_ field: String) -> String? {
        guard let text = text(field) else { return nil }
        let location: [JSONValue] = [.string("body"), .string(field)]
        switch EmailValidation(posted: text) {
        case .rejected(let reason):
            add(
                ValidationIssue(
                    "value_error", location, "value is not a valid email address: \(reason)", input: .string(text),
                    context: .members(["reason": .string(reason)])))
        case .accepted(let normal):
            guard let reason = EmailValidation.deliverability(of: normal) else { return normal }
            add(
                ValidationIssue(
                    "value_error", location, "\(normal) is not a valid email address: \(reason)", input: .string(text),
                    context: .members(["email": .string(normal), "reason": .string(reason)])))
        }
        return nil
    }

    mutating func flag(_ field: String) -> Bool {
        let location: [JSONValue] = [.string("body"), .string(field)]
        switch body[field] {
        case nil: return false
        case .bool(let flag): return flag
        case .number("1"), .number("1.0"): return true
        case .number("0"), .number("0.0"): return false
        case .string(let text) where ["true", "t", "yes", "y", "on", "1"].contains(text.lowercased()): return true
        case .string(let text) where ["false", "f", "no", "n", "off", "0"].contains(text.lowercased()): return false
        case .string(let text):
            add(Self.uninterpretable(.string(text), location))
        case .number(let digits) where Double(digits).map { $0 == $0.rounded() && abs($0) < 0x1p63 } ?? false:
            add(Self.uninterpretable(.number(digits), location))
        case .some(let other):
            add(ValidationIssue("bool_type", location, "Input should be a valid boolean", input: other))
        }
        return false
    }

    private static func uninterpretable(_ value: JSONValue, _ location: [JSONValue]) -> ValidationIssue {
        ValidationIssue(
            "bool_parsing", location, "Input should be a valid boolean, unable to interpret input", input: value)
    }

    /// Seat metadata: at most 10 keys and 1,024 characters of JSON.
    mutating func metadata(_ field: String) -> JSONValue? {
        guard let value = given(field) else { return nil }
        let location: [JSONValue] = [.string("body"), .string(field)]
        guard case .object(let members) = value else {
            add(ValidationIssue("dict_type", location, "Input should be a valid dictionary", input: value))
            return nil
        }
        let problem =
            Set(members.map(\.name)).count > 10
            ? "Metadata cannot have more than 10 keys"
            : value.dumpedLength > 1024 ? "Metadata size cannot exceed 1KB" : nil
        if let problem {
            add(
                ValidationIssue(
                    "value_error", location, "Value error, \(problem)", input: value,
                    context: .members(["error": .emptyObject])))
        }
        return value
    }
}
