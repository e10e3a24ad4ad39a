import Foundation
import NIOSSL
import PolarAPI
import Testing

private let openssl = "/usr/bin/openssl"

/// A self-signed certificate for localhost, made by OpenSSL in a folder that lasts as long as the test.
private func withCertificate(_ body: (_ certificate: String, _ key: String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (certificate, key) = (folder.appending(path: "cert.pem").path(), folder.appending(path: "key.pem").path())
    let process = Process()
    process.executableURL = URL(filePath: openssl)
    process.arguments = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
        "-subj", "/CN=loopback", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    try await body(certificate, key)
}

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl)))
struct TLSTests {
    static let customer = #"{"id":"8272ced9-f82b-491a-9b6a-3e960f694ce3"}"#

    @Test func `a certificate is trusted if the CA file vouches for it, and not else`() async throws {
        try await withCertificate { certificate, key in
            let context = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
            try await withLoopbackServer(.send(HTTPTransportTests.answer(Self.customer)), tls: context) { server in
                let secure = try PolarServer(url: "https://localhost:\(server.server.port ?? 0)")
                try await withHTTPTransport { transport in
                    let client = PolarClient(server: secure, transport: transport)
                    let error = await #expect(throws: PolarError.self) { try await client.customer(externalID: "a") }
                    #expect(error?.code == .secureConnectionFailed && error?.isDefinite == true)
                }
                #expect(server.requests.isEmpty)
                try await withHTTPTransport(.init(caFile: certificate)) { transport in
                    let client = PolarClient(server: secure, transport: transport)
                    _ = try await client.customer(externalID: "a")
                }
                #expect(server.requests.count == 1)
                // The name counts, too: the certificate is for no address.
                let named = try PolarServer(url: "https://127.0.0.1:\(server.server.port ?? 0)")
                try await withHTTPTransport(.init(caFile: certificate)) { transport in
                    let client = PolarClient(server: named, transport: transport)
                    let error = await #expect(throws: PolarError.self) { try await client.customer(externalID: "a") }
                    #expect(error?.isDefinite == true)
                }
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func `a CA file that holds no certificate is told at once`() async throws {
        for file in ["/nonexistent/ca.pem", #filePath] {
            let error = await #expect(throws: PolarTransportError.self) {
                try await withHTTPTransport(.init(caFile: file)) { _ in Issue.record("was begun") }
            }
            #expect(error?.message.contains(file) == true)
        }
    }
}
