import NIOCore
import NIOPosix
import NIOSSL
import PolarAPI
import Synchronization

/// A server on a loopback socket that answers each request with bytes of the test's own choosing.
final class LoopbackServer: Sendable {
    enum Reaction: Sendable {
        /// Sends the text and leaves the connection open.
        case send(String)
        /// Sends the text and closes the connection.
        case sendAndClose(String)
    }

    let server: PolarServer
    fileprivate let received: Mutex<[String]>

    fileprivate init(port: Int, received: consuming Mutex<[String]>) {
        server = .embedded(port: port)
        self.received = received
    }

    /// The requests so far, head and body as they came.
    var requests: [String] { received.withLock { $0 } }
}

/// Runs `body` with a server that reacts to the first request by the first reaction and so on; the last one is repeated.
func withLoopbackServer(
    _ reactions: LoopbackServer.Reaction..., tls: NIOSSLContext? = nil, body: (LoopbackServer) async throws -> Void
) async throws {
    let script = Script(reactions)
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                try pipeline.addHandler(Reactor(script: script))
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let server = script.serve(port: channel.localAddress?.port ?? 0)
    do {
        try await body(server)
    } catch {
        try? await channel.close()
        throw error
    }
    try await channel.close()
}

/// A port of the loopback address on which no one listens.
func refusingPort() async throws -> Int {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .bind(host: "127.0.0.1", port: 0).get()
    let port = channel.localAddress?.port ?? 0
    try await channel.close()
    return port
}

private final class Script: Sendable {
    private let reactions: Mutex<[LoopbackServer.Reaction]>
    private let server = Mutex<LoopbackServer?>(nil)

    init(_ reactions: [LoopbackServer.Reaction]) { self.reactions = Mutex(reactions) }

    func serve(port: Int) -> LoopbackServer {
        let made = LoopbackServer(port: port, received: Mutex([]))
        server.withLock { $0 = made }
        return made
    }

    func react(to request: String) -> LoopbackServer.Reaction? {
        server.withLock { $0 }?.received.withLock { $0.append(request) }
        return reactions.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    }
}

private final class Reactor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: Script
    private var request = ""

    init(script: Script) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        request += String(decoding: buffer.readableBytesView, as: UTF8.self)
        guard isWhole else { return }
        let reaction = script.react(to: request)
        request = ""
        switch reaction {
        case .send(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .sendAndClose(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            context.close(promise: nil)
        case nil:
            context.close(promise: nil)
        }
    }

    private var isWhole: Bool {
        // A TLS client's greeting: this server does not understand it and says so in the clear.
        if request.first == "\u{16}" { return true }
        guard let end = request.firstRange(of: "\r\n\r\n") else { return false }
        let length = request.lowercased().firstMatch(of: /content-length: *([0-9]+)/).flatMap { Int($0.1) } ?? 0
        return request[end.upperBound...].utf8.count >= length
    }
}
