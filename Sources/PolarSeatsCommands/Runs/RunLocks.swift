internal import Foundation
internal import Rosters
internal import SeatRuns

#if canImport(Glibc)
    internal import Glibc
#endif

/// One run at a time per container and server on this machine, whatever plans they carry out.
struct RunLocks {
    let server: String
    /// Seconds to wait for another run.
    let timeout: Int

    /// - Returns: the locks, and whether another run had one of them until now.
    func take(_ containers: [ContainerID]) async throws -> (locks: ContainerLocks, waited: Bool) {
        let folder = StateFolder.path + "/locks"
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeout)
        var waited = false
        while true {
            do {
                return (try ContainerLocks(containers, server: server, folder: folder), waited)
            } catch ContainerLockError.busy(_, _) where clock.now < deadline {
                waited = true
                try await Task.sleep(for: .milliseconds(200))
            } catch ContainerLockError.busy(let container, let process) {
                let who = process.map { "process \($0)" } ?? "another process"
                throw Failure(
                    .stopped, "\(who) is changing the seats of \(container); nothing was changed",
                    hints: ["wait until it is done, then run the same command again; --lock-timeout S waits for it"])
            } catch ContainerLockError.unusable(let path, let problem) {
                throw Failure(
                    .cannotWrite, "\(path): cannot be used for locks: \(String(cString: strerror(problem)))",
                    hints: ["set XDG_STATE_HOME to a folder where you may write"])
            }
        }
    }
}

extension Failure {
    /// The user was asked and did not say yes.
    static var declined: Failure {
        Console.logLine("Cancelled. Nothing was changed.")
        return Failure(.internalError)
    }
}
