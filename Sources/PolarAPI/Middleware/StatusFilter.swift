import NIOCore
import NIOHTTP1

/// The server's status line has no status that HTTP knows.
struct UnusableStatus: Error {
    var code: UInt
}

/// Ends a connection whose answer has a status below 100, which AsyncHTTPClient takes for no answer at all and then
/// traps on its end, or 101, which agrees to a protocol that no one asked for.
final class StatusFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private var hasFailed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasFailed { return }
        if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 || head.status.code == 101 {
            hasFailed = true
            context.fireErrorCaught(UnusableStatus(code: head.status.code))
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }

    /// Puts a filter between the connection's decoder and its client.
    static func add(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.flatSubmit {
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
                try pipeline.addHandler(StatusFilter(), position: .after(decoder))
            }
        }
    }
}
