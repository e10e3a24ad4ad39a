/// Sends a request again when the policy says so.
struct RetryingTransport: PolarTransport {
    let inner: any PolarTransport
    let policy: RetryPolicy
    /// At least 0 and below 1.
    let random: @Sendable () -> Double
    let sleep: @Sendable (Duration) async throws -> Void
    let watch: RetryWatch

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        var history = History(request: request)
        while true {
            let failure: PolarError
            let final: Result<PolarResponse, PolarTransportError>
            do {
                let response = try await inner.send(history.request)
                guard response.status >= 400 else { return response }
                failure = PolarError(response, to: request)
                final = .success(response)
                if response.status >= 500 { history.lastAnswer = response }
            } catch let error as PolarTransportError {
                failure = PolarError(error, to: request)
                final = .failure(error)
            } catch {
                throw history.doubted(error)
            }
            let decision = policy.decide(failure, attempt: history.count(failure), random: random())
            guard case .retry(let delay) = decision, !watch.isClosed else { return try history.end(final) }
            do {
                let sleep = sleep
                try await watch.waiting(for: delay, after: failure) { try await sleep(delay) }
            } catch {
                throw history.doubted(error)
            }
            if watch.isClosed { return try history.end(final) }
            history.request.attempt = failure.attempt + 1
        }
    }
}

/// What has become of one request so far.
private struct History {
    var request: PolarRequest
    var failures = 0
    var limited = 0
    /// The last answer that told of a fault of the server.
    var lastAnswer: PolarResponse?
    /// An earlier attempt may have done the work, whatever becomes of the last one.
    var mayHaveBeenDone = false

    init(request: PolarRequest) { self.request = request }

    mutating func count(_ failure: PolarError) -> Int {
        if !failure.isDefinite { mayHaveBeenDone = true }
        if failure.code == .rateLimited {
            limited += 1
            return limited
        }
        failures += 1
        return failures
    }

    /// A server that answered with a fault and then closed the connection was reached: its answer says more than the loss.
    func end(_ final: Result<PolarResponse, PolarTransportError>) throws -> PolarResponse {
        do { return try final.get() } catch {
            if var answer = lastAnswer, error.kind == .connectionLost {
                answer.attempt = error.attempt
                return answer
            }
            throw doubted(error)
        }
    }

    /// The error that ends the request, with the doubt that earlier attempts left.
    func doubted(_ error: any Error) -> any Error {
        guard mayHaveBeenDone else { return error }
        switch error {
        case var error as PolarTransportError:
            error.mayHaveReachedServer = true
            return error
        case var error as PolarError:
            error.isDefinite = false
            return error
        default:
            return PolarTransportError(
                .cancelled, mayHaveReachedServer: true, message: "cancelled before it was sent again",
                attempt: request.attempt)
        }
    }
}
