import Logging

/// Logs each request at debug level: method, path without people and claim tokens, status, time, attempt. Neither tokens
/// nor bodies are logged at any level.
struct LoggingTransport: PolarTransport {
    let inner: any PolarTransport
    let logger: Logger
    let now: @Sendable () -> Duration

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        guard logger.logLevel <= .debug else { return try await inner.send(request) }
        let start = now()
        do {
            let response = try await inner.send(request)
            log(request, "\(response.status)", since: start)
            return response
        } catch let error as PolarTransportError {
            log(request, "\(error.kind)", since: start)
            throw error
        } catch {
            log(request, "\(type(of: error))", since: start)
            throw error
        }
    }

    private func log(_ request: PolarRequest, _ outcome: String, since start: Duration) {
        let milliseconds = Int(((now() - start).inSeconds * 1000).rounded())
        logger.debug(
            "\(request.method.rawValue) \(request.redactedTarget): \(outcome) in \(milliseconds) ms",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.redactedTarget)", "outcome": "\(outcome)",
                "milliseconds": "\(milliseconds)", "attempt": "\(request.attempt)",
            ])
    }
}
