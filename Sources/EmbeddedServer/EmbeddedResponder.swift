internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A request's context that knows its connection, so that faults can cut it.
struct EmbeddedRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Turns HTTP into what the stage takes, and back.
struct EmbeddedResponder: HTTPResponder {
    let stage: Stage
    let bodyTimeout: Duration

    /// The longest body that is read: a hundred times what any operation takes.
    static let bodyLimit = 4 << 20

    func respond(to request: Request, context: EmbeddedRequestContext) async throws -> Response {
        let head = request.head
        guard Self.isOwn(authority: head.authority, port: context.channel.localAddress?.port) else {
            return response(.misdirected, head: head, cutting: nil)
        }
        let target = head.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = String(target[..<(mark ?? target.endIndex)])
        let isChunked = head.headerFields[.transferEncoding]?.lowercased().contains("chunked") ?? false
        guard let buffer = try await body(of: request, context) else {
            return response(.contentTooLarge, head: head, cutting: nil, isLast: true)
        }
        let reply = try await stage.reply(
            to: StageRequest(
                method: head.method.rawValue, path: path, decodedPath: path.removingPercentEncoding ?? path,
                query: mark.map { target[target.index(after: $0)...] } ?? "",
                authority: head.authority ?? "127.0.0.1", version: head.headerFields[.polarVersion],
                authorization: head.headerFields[.authorization], contentType: head.headerFields[.contentType],
                isChunked: isChunked && !head.headerFields.contains(.contentLength),
                body: Array(buffer.readableBytesView)))
        switch reply.fate {
        case .dropBefore, .dropAfter:
            try? await context.channel.close().get()
            throw CancellationError()
        case .truncate: return response(reply.answer, head: head, cutting: context.channel)
        case .answer, .status: return response(reply.answer, head: head, cutting: nil)
        }
    }

    /// Whether a request was meant for this server: by one of its names, and by its port.
    ///
    /// A web page whose name was made to lead to this machine (DNS rebinding) asks with that page's name.
    static func isOwn(authority: String?, port: Int?) -> Bool {
        guard let authority = authority?.lowercased(), let port else { return false }
        return ["127.0.0.1", "localhost", "[::1]"].contains { name in
            authority == "\(name):\(port)" || port == 80 && authority == name
        }
    }

    /// The whole body; nil if it is too long. A body that takes too long ends with its connection.
    private func body(of request: Request, _ context: EmbeddedRequestContext) async throws -> ByteBuffer? {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bodyLimit { return nil }
        let channel = context.channel
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(bodyTimeout)) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        do {
            return try await request.body.collect(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            return nil
        }
    }

    private func response(
        _ answer: Answer, head: HTTPRequest, cutting channel: (any Channel)?, isLast: Bool = false
    ) -> Response {
        var fields = HTTPFields()
        if isLast { fields[.connection] = "close" }
        fields[.contentType] = answer.contentType
        fields[.cacheControl] = answer.cacheControl
        if answer.hasVersion { fields[.polarVersion] = head.headerFields[.polarVersion] ?? "2026-04" }
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        if head.method == .head { return Response(status: status, headers: fields) }
        let body = ByteBuffer(bytes: answer.body)
        guard let channel else {
            return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
        }
        // The head promises all of it; half of it comes, then the connection ends.
        return Response(
            status: status, headers: fields,
            body: ResponseBody(contentLength: body.readableBytes) { writer in
                try await writer.write(body.getSlice(at: 0, length: body.readableBytes / 2) ?? ByteBuffer())
                try? await channel.close().get()
                throw CancellationError()
            })
    }
}

extension HTTPField.Name {
    fileprivate static let polarVersion = Self(parsed: "polar-version") ?? .userAgent
}
