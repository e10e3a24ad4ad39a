/// An answer that says no, as the API does: a status, an error class and a text.
struct Refusal: Error, Equatable {
    var status: Int
    var error: String
    var detail: String

    static func notFound(_ what: String) -> Refusal {
        Refusal(status: 404, error: "ResourceNotFound", detail: what)
    }
    static func bad(_ error: String, _ detail: String) -> Refusal {
        Refusal(status: 400, error: error, detail: detail)
    }
}
