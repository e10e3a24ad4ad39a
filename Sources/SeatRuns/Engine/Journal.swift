/// Writes step changes to the plan file in groups: whoever comes while a write is under way is in the next one, so that a
/// durable row costs a fraction of an fsync under load and one fsync at most when alone.
actor Journal {
    private let write: @Sendable ([StepChange]) async throws -> Void
    private var waiting: [(changes: [StepChange], continuation: CheckedContinuation<Turn, Never>)] = []
    private var isWriting = false
    private(set) var transactions = 0

    /// What a waiting writer wakes up to.
    private enum Turn {
        case written
        case failed(any Error)
        /// Its changes are not written yet: it writes the next group, its own first.
        case lead
    }

    /// Writes away from the thread of the connections, which must not wait for a disk.
    init(_ file: PlanFile) { self.init { changes in try await file.away { try file.apply(changes) } } }

    /// - Parameter write: makes one group durable.
    init(write: @escaping @Sendable ([StepChange]) async throws -> Void) { self.write = write }

    /// Writers that wait for the next group.
    var waitingCount: Int { waiting.count }

    /// Returns when the changes are durable.
    func commit(_ changes: [StepChange]) async throws {
        if changes.isEmpty { return }
        if isWriting {
            switch await withCheckedContinuation({ waiting.append((changes, $0)) }) {
            case .written: return
            case .failed(let error): throw error
            case .lead: break
            }
        } else {
            isWriting = true
        }
        // Whoever has an answer already comes along: lanes that share a thread get here one after the other.
        await Task.yield()
        let group = waiting
        waiting = []
        let all = changes + group.flatMap(\.changes)
        var failure: (any Error)?
        do {
            // Off the actor, so that others can queue up meanwhile.
            try await write(all)
            transactions += 1
        } catch {
            failure = error
        }
        for member in group { member.continuation.resume(returning: failure.map { .failed($0) } ?? .written) }
        if waiting.isEmpty {
            isWriting = false
        } else {
            waiting.removeFirst().continuation.resume(returning: .lead)
        }
        if let failure { throw failure }
    }
}
