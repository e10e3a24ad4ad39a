import PolarAPI
import Synchronization

/// Answers from a script and remembers what it was asked.
final class ScriptedTransport: PolarTransport {
    typealias Step = @Sendable (PolarRequest) async throws -> PolarResponse

    private struct State {
        var steps: [Step]
        var requests: [PolarRequest] = []
    }

    private let state: Mutex<State>

    /// The last step serves every request after it too.
    init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

    convenience init(_ answers: PolarResponse...) { self.init(answering: answers) }

    convenience init(answering answers: [PolarResponse]) {
        self.init(answers.map { answer -> Step in { _ in answer } })
    }

    var requests: [PolarRequest] { state.withLock { $0.requests } }

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        let step = state.withLock { state in
            state.requests.append(request)
            return state.steps.count > 1 ? state.steps.removeFirst() : state.steps.first
        }
        guard let step else {
            throw PolarTransportError(.connectionFailed, mayHaveReachedServer: false, message: "the script is empty")
        }
        var response = try await step(request)
        response.attempt = request.attempt
        return response
    }
}

extension PolarServer {
    static let test = PolarServer.embedded(port: 9)
}
