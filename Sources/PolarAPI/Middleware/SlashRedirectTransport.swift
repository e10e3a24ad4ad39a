import Foundation

/// Follows a 307 or 308 that adds or takes away the slash at the end of the path, once, with method and body.
///
/// Every other redirect stays an answer, which the client makes an error of. The second request goes to the same server
/// as the first: of the location only the path counts, so that no redirect moves a token.
struct SlashRedirectTransport: PolarTransport {
    let inner: any PolarTransport

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        let response = try await inner.send(request)
        guard response.status == 307 || response.status == 308, let location = response.header("location"),
            leadsToSlashedForm(location, of: request)
        else { return response }
        var request = request
        request.endsInSlash.toggle()
        request.attempt = response.attempt + 1
        return try await inner.send(request)
    }

    private func leadsToSlashedForm(_ location: String, of request: PolarRequest) -> Bool {
        guard let target = URLComponents(string: location) else { return false }
        if let host = target.encodedHost?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased() {
            guard host == request.server.host else { return false }
            // Behind a proxy that ends TLS the server believes in `http` and writes it so; nothing is sent there.
            if target.scheme?.lowercased() == request.server.scheme, target.port != request.server.port { return false }
            if let port = target.port, target.scheme?.lowercased() != request.server.scheme,
                port != request.server.port
            {
                return false
            }
        } else if target.scheme != nil || !location.hasPrefix("/") {
            return false
        }
        var other = request
        other.endsInSlash.toggle()
        other.query = []
        return target.percentEncodedPath == other.target
    }
}
