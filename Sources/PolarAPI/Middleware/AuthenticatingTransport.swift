import Foundation

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
        var response = try await inner.send(request)
        response.token = token
        response.body = response.body.without(token)
        return response
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

extension Data {
    /// The same without the token, which some servers and proxies send back: it must not reach a plan or a report.
    fileprivate func without(_ token: AccessToken) -> Data {
        let secret = Array(token.revealed().utf8)
        // What is shorter than any real token may be a word of the API.
        guard secret.count >= 16 else { return self }
        return withUnsafeBytes { bytes in
            var clean = Data()
            var start = 0
            while let place = Self.place(of: secret, in: bytes, from: start) {
                clean.append(contentsOf: bytes[start..<place])
                clean.append(contentsOf: "\(token)".utf8)
                start = place + secret.count
            }
            if start == 0 { return self }
            clean.append(contentsOf: bytes[start...])
            return clean
        }
    }

    private static func place(of secret: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var at = start
        while bytes.count - at >= secret.count {
            guard let found = memchr(base + at, Int32(secret[0]), bytes.count - at - secret.count + 1) else {
                return nil
            }
            if memcmp(found, secret, secret.count) == 0 { return UnsafeRawPointer(found) - base }
            at = UnsafeRawPointer(found) - base + 1
        }
        return nil
    }
}
