import Synchronization
import Testing

@testable import SeatRuns

@Suite("The journal writes in groups")
struct JournalTests {
    private struct Full: Error {}

    /// Remembers the groups; the first one waits until it is let go.
    private actor Disk {
        private(set) var groups: [[Int64]] = []
        private var gate: CheckedContinuation<Void, Never>?
        private var isOpen = false
        private let fails: Bool

        init(fails: Bool = false) { self.fails = fails }

        func write(_ changes: [StepChange]) async throws {
            groups.append(changes.map(\.step))
            if !isOpen, groups.count == 1 { await withCheckedContinuation { gate = $0 } }
            if fails, groups.count == 2 { throw Full() }
        }

        func open() {
            isOpen = true
            gate?.resume()
            gate = nil
        }

        var isWriting: Bool { gate != nil }
    }

    private func change(_ step: Int64) -> StepChange {
        StepChange(step: step, state: .sent, attempts: 1, at: "2026-11-21T09:00:00Z")
    }

    @Test("whoever comes while a write is under way is in the next group, and no later one")
    func groups() async throws {
        let disk = Disk()
        let journal = Journal { try await disk.write($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await journal.commit([change(0)]) }
            while await !disk.isWriting { await Task.yield() }
            for step in 1...50 { group.addTask { try await journal.commit([change(Int64(step))]) } }
            while await journal.waitingCount < 50 { await Task.yield() }
            await disk.open()
            try await group.waitForAll()
        }
        let groups = await disk.groups
        #expect(groups.map(\.count) == [1, 50])
        #expect(Set(groups.joined()) == Set(0...50))
        #expect(await journal.transactions == 2)
    }

    @Test("a group that cannot be written fails for everyone in it, and the journal continues")
    func failure() async throws {
        let disk = Disk(fails: true)
        let journal = Journal { try await disk.write($0) }
        let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await journal.commit([change(0)])
                return false
            }
            while await !disk.isWriting { await Task.yield() }
            for step in 1...5 {
                group.addTask {
                    do {
                        try await journal.commit([change(Int64(step))])
                        return false
                    } catch is Full { return true }
                }
            }
            while await journal.waitingCount < 5 { await Task.yield() }
            await disk.open()
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(failures == 5)
        try await journal.commit([change(6)])
        #expect(await disk.groups.count == 3)
        #expect(await journal.transactions == 2)
    }

    @Test("nothing to write is no transaction")
    func nothing() async throws {
        let journal = Journal { _ in }
        try await journal.commit([])
        #expect(await journal.transactions == 0)
    }
}
