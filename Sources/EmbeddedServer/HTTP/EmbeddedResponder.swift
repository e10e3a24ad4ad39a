internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A request's context that knows its connection, so that faults can close it.
struct EmbeddedRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Translates between HTTP and the handler's requests and responses.
struct EmbeddedResponder: HTTPResponder {
    let handler: APIHandler
    let bodyTimeout: Duration

    /// The longest body that is read, in bytes: a hundred times what any operation needs.
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
        let response = try await handler.respond(
            to: APIRequest(
                method: head.method.rawValue, path: path, decodedPath: path.removingPercentEncoding ?? path,
                query: mark.map { target[target.index(after: $0)...] } ?? "",
                authority: head.authority ?? "127.0.0.1", version: head.headerFields[.polarVersion],
                authorization: head.headerFields[.authorization], contentType: head.headerFields[.contentType],
                isChunked: isChunked && !head.headerFields.contains(.contentLength),
                body: Array(buffer.readableBytesView)))
        switch response.delivery {
        case .dropped:
            try? await context.channel.close().get()
            throw CancellationError()
        case .truncated: return self.response(response, head: head, cutting: context.channel)
        case .complete: return self.response(response, head: head, cutting: nil)
        }
    }

    /// Whether a request was meant for this server: by one of its names, and by its port.
    ///
    /// A web page whose name was made to resolve to this machine (DNS rebinding) sends that page's name.
    static func isOwn(authority: String?, port: Int?) -> Bool {
        guard let authority = authority?.lowercased(), let port else { return false }
        return ["127.0.0.1", "localhost", "[::1]"].contains { name in
            authority == "\(name):\(port)" || port == 80 && authority == name
        }
    }

    /// The whole body; nil if it is too long. If it takes too long, the connection is closed.
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
        _ response: APIResponse, head: HTTPRequest, cutting channel: (any Channel)?, isLast: Bool = false
    ) -> Response {
        var fields = HTTPFields()
        if isLast { fields[.connection] = "close" }
        fields[.contentType] = response.contentType
        fields[.cacheControl] = response.cacheControl
        if response.hasVersion { fields[.polarVersion] = head.headerFields[.polarVersion] ?? "2026-04" }
        for header in response.headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        let status = HTTPResponse.Status(code: response.status)
        if head.method == .head { return Response(status: status, headers: fields) }
        let body = ByteBuffer(bytes: response.body)
        guard let channel else {
            return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
        }
        // The head announces all of it; half of it is sent, then the connection is closed.
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
