import PolarAPI
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("What follows from an error")
struct StepPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var error: PolarError
        var kind: Step.Kind = .assign
        var verdict: String

        var testDescription: String { name }
    }

    static func answer(_ code: PolarError.Code, _ status: Int, _ name: String? = nil) -> PolarError {
        PolarError(
            code, status: status, errorClass: name, message: "words", isDefinite: status < 500 && status != 408)
    }

    static func silence(_ code: PolarError.Code, reached: Bool) -> PolarError {
        PolarError(code, message: "words", isDefinite: !reached)
    }

    static let cases: [Case] = [
        Case(name: "422", error: answer(.invalidRequest, 422, "RequestValidationError"), verdict: "fail"),
        Case(name: "402 of a growth", error: answer(.paymentFailed, 402), kind: .grow, verdict: "fail"),
        Case(name: "409", error: answer(.conflict, 409), verdict: "fail"),
        Case(name: "400 of an identity", error: answer(.badRequest, 400, "MemberEmailMismatch"), verdict: "fail"),
        Case(name: "404 of a person", error: answer(.notFound, 404, "MemberNotFound"), verdict: "fail"),
        Case(name: "404 of a container", error: answer(.notFound, 404, "ResourceNotFound"), verdict: "containerGone"),
        Case(
            name: "404 of a seat", error: answer(.notFound, 404, "ResourceNotFound"), kind: .revoke, verdict: "fail"),
        Case(name: "full", error: answer(.badRequest, 400, "SeatNotAvailable"), verdict: "full"),
        Case(name: "held", error: answer(.badRequest, 400, "SeatAlreadyAssigned"), verdict: "alreadyHeld"),
        Case(name: "401", error: answer(.unauthorized, 401, "invalid_token"), verdict: "stop not_permitted"),
        Case(name: "403", error: answer(.insufficientScope, 403), verdict: "stop not_permitted"),
        Case(
            name: "a feature that is switched off is not a bad token",
            error: answer(.forbidden, 403, "FeatureNotEnabled"), verdict: "stop not_allowed"),
        Case(
            name: "a canceled subscription cannot grow", error: answer(.forbidden, 403, "AlreadyCanceledSubscription"),
            kind: .grow, verdict: "fail"),
        Case(name: "500", error: answer(.serverFault, 500), verdict: "settle"),
        Case(name: "503", error: answer(.serverFault, 503), verdict: "settle"),
        Case(name: "408", error: answer(.unexpectedStatus, 408), verdict: "settle"),
        Case(name: "429 without end", error: answer(.rateLimited, 429), verdict: "tryLater"),
        Case(name: "time-out", error: silence(.timedOut, reached: true), verdict: "settle"),
        Case(name: "lost", error: silence(.connectionLost, reached: true), verdict: "settle"),
        Case(name: "unreadable", error: silence(.unreadableAnswer, reached: true), verdict: "settle"),
        Case(name: "too large", error: silence(.answerTooLarge, reached: true), verdict: "settle"),
        Case(name: "refused", error: silence(.connectionFailed, reached: false), verdict: "tryLater"),
        Case(
            name: "refused, after an attempt that may have been done",
            error: silence(.connectionFailed, reached: true), kind: .revoke, verdict: "settle"),
        Case(name: "no TLS", error: silence(.secureConnectionFailed, reached: false), verdict: "tryLater"),
        Case(name: "never sent", error: silence(.unusableRequest, reached: false), verdict: "fail"),
        Case(name: "closed", error: silence(.cancelled, reached: false), verdict: "stop interrupted"),
        Case(
            name: "pause", error: PolarError(.pauseTooLong, status: 429, message: "words", isDefinite: true),
            verdict: "stop pause_too_long"),
    ]

    @Test("every error leads to one verdict", arguments: cases)
    func verdicts(example: Case) {
        let verdict = StepPolicy.judge(example.error, example.kind)
        let text =
            switch verdict {
            case .fail: "fail"
            case .alreadyHeld: "alreadyHeld"
            case .full: "full"
            case .containerGone: "containerGone"
            case .settle: "settle"
            case .tryLater: "tryLater"
            case .stop(let stop): "stop \(stop.reason.rawValue)"
            }
        #expect(text == example.verdict)
    }
}
