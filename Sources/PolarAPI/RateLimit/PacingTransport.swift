/// Sends each request when the governor lets it, and waits out the server's 429s.
struct PacingTransport: PolarTransport {
    let inner: any PolarTransport
    let governor: RequestGovernor
    /// How many 429s one request bears with; each may mean a pause of a minute.
    let policy: RetryPolicy

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        var request = request
        var limited = 0
        while true {
            let ticket = try await enter(request)
            if let isCurrent = request.isCurrent, !isCurrent() {
                governor.leave(ticket, .unsent)
                throw PolarError(
                    .outdated, message: "not sent, because what it depends on is no longer known to hold",
                    isDefinite: true, attempt: request.attempt - 1, request: request)
            }
            let response: PolarResponse
            do {
                response = try await inner.send(request)
            } catch {
                governor.leave(ticket, .missing)
                throw error
            }
            guard response.status == 429 else {
                governor.leave(ticket, .answered)
                return response
            }
            governor.leave(ticket, .limited(retryAfter: response.retryAfter ?? RateLimiterState.defaultRetryAfter))
            limited += 1
            // When it is sent again is the governor's to say.
            let failure = PolarError(response, to: request)
            guard policy.decide(failure, attempt: limited, random: 0) != .giveUp else { throw failure }
            request.attempt += 1
        }
    }

    private func enter(_ request: PolarRequest) async throws -> RateLimiterState.Ticket {
        do {
            return try await governor.enter(isUrgent: request.isCurrent != nil)
        } catch let refusal as GovernorRefusal {
            let sent = request.attempt - 1
            switch refusal.reason {
            case .pauseTooLong(let length):
                throw PolarError(
                    .pauseTooLong, status: 429,
                    message: "the server's rate limit is used up and it asks for a pause of \(length.inSeconds) s, "
                        + "longer than is allowed", retryAfter: length, isDefinite: true, attempt: sent,
                    request: request)
            case .closed:
                throw PolarError(
                    .cancelled, message: "not sent, because no more requests are to start", isDefinite: true,
                    attempt: sent, request: request)
            }
        }
    }
}
