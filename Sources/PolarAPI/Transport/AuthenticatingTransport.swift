/// Adds the access token to requests for its server; a request for another server is not sent.
struct AuthenticatingTransport: PolarTransport {
    let inner: any PolarTransport
    let token: AccessToken
    let server: PolarServer

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        guard request.needsToken else { return try await inner.send(request) }
        guard request.server.hasOrigin(of: server) else {
            throw PolarError(
                .tokenOfAnotherServer,
                message: "the token is for \(server.baseURL) and is not sent to \(request.server.baseURL)",
                isDefinite: true, attempt: 0, request: request)
        }
        var request = request
        request.token = token
        return try await inner.send(request)
    }
}

/// Says who asks, and for which version of the API.
struct IdentifyingTransport: PolarTransport {
    let inner: any PolarTransport
    let userAgent: String
    let version: String

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        var request = request
        request.headers.append((name: "User-Agent", value: userAgent))
        request.headers.append((name: "Accept", value: "application/json"))
        request.headers.append((name: "Polar-Version", value: version))
        return try await inner.send(request)
    }
}
