/// An answer that says no, as the API does: a status, an error class and a text.
struct Refusal: Error, Equatable {
    var status: Int
    var error: String
    var detail: String

    /// What the real server breaks at: a 500 without a class or a text.
    static let broken = Refusal(status: 500, error: "", detail: "")

    static func notFound(_ what: String) -> Refusal {
        Refusal(status: 404, error: "ResourceNotFound", detail: what)
    }
    static func bad(_ error: String, _ detail: String) -> Refusal {
        Refusal(status: 400, error: error, detail: detail)
    }
}
