import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

extension PolarTransportError {
    /// Says of every failure of the HTTP client whether the request can have been sent; in doubt it can.
    init(_ error: any Error, timeout: Duration, attempt: Int) {
        let (kind, sent, message) = Self.verdict(on: error, timeout: timeout)
        self.init(kind, mayHaveReachedServer: sent, message: message, attempt: attempt)
    }

    private typealias Verdict = (kind: Kind, sent: Bool, message: String)

    private static func verdict(on error: any Error, timeout: Duration) -> Verdict {
        switch error {
        case let error as HTTPClientError:
            return verdict(on: error, timeout: timeout)
        case let error as AnswerTooLarge:
            return (.answerTooLarge, true, "the server's answer is larger than \(error.limit) bytes")
        case is DeadlinePassed:
            return (.timedOut, true, "the server's answer was not whole within \(timeout.inSeconds) s")
        case let error as UnusableStatus:
            return (.connectionLost, true, "the server's answer has the status \(error.code), which HTTP does not know")
        case is CancellationError:
            return (.cancelled, true, "cancelled while the server was at work")
        case let error as NIOConnectionError:
            return (.connectionFailed, false, "the server cannot be reached: \(reason(for: error))")
        case ChannelError.connectTimeout:
            return (.connectionFailed, false, "the server cannot be reached: no connection in time")
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            // No one is refused on a connection that stands.
            return (.connectionFailed, false, "the server cannot be reached: connection refused")
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError:
            return (.secureConnectionFailed, false, "no secure connection with the server: \(error)")
        default:
            return (.connectionLost, true, "the connection was lost before the whole answer was there")
        }
    }

    private static func verdict(on error: HTTPClientError, timeout: Duration) -> Verdict {
        switch error {
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            (.timedOut, true, "the server did not answer within \(timeout.inSeconds) s")
        case .cancelled:
            (.cancelled, true, "cancelled while the server was at work")
        case .connectTimeout, .getConnectionFromPoolTimeout:
            (.connectionFailed, false, "the server cannot be reached: no connection in time")
        case .tlsHandshakeTimeout:
            (.secureConnectionFailed, false, "no secure connection with the server in time")
        case .httpProxyHandshakeTimeout, .invalidProxyResponse, .proxyAuthenticationRequired:
            (.proxyFailed, false, "the proxy did not connect to the server: \(error.shortDescription)")
        default:
            (.connectionLost, true, "the connection was lost before the whole answer was there")
        }
    }
}

private func reason(for error: NIOConnectionError) -> String {
    if let failed = error.connectionErrors.first {
        if let io = failed.error as? IOError, io.errnoCode == ECONNREFUSED { return "connection refused" }
        return "\(failed.error)"
    }
    if error.dnsAError != nil || error.dnsAAAAError != nil { return "the host name \(error.host) is not known" }
    return "no address of \(error.host) answers"
}
