internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The signals that ask a command to stop. The first is handed over, to stop in good order; the second ends the process at
/// once, whatever its threads are doing: waiting for a terminal that no one reads, say.
///
/// They are caught from ``catching(_:)`` until its body returns, and have their usual meaning before and after.
enum StopSignals {
    /// SIGINT, SIGTERM and SIGHUP, but for those that whoever started the process wants ignored (`nohup`).
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]
    private static let ignored = 1

    /// What the handler reads and writes: it may run between any two instructions.
    private static let seen = Atomic<Int>(0)
    private static let wakeup = Atomic<Int32>(-1)

    /// - Parameter body: gets the signals as they come, by name.
    static func catching<R>(_ body: (AsyncStream<String>) async throws -> R) async throws -> R {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure(.internalError, "no pipe can be made: \(String(cString: strerror(errno)))")
        }
        let (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(reading, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { break }
                continuation.yield(name(Int32(byte)))
            }
            continuation.finish()
            close(reading)
        }
        seen.store(0, ordering: .sequentiallyConsistent)
        wakeup.store(writing, ordering: .sequentiallyConsistent)
        let caught = numbers.filter { !isIgnored($0) }
        for number in caught { signal(number, handler) }
        defer {
            for number in caught { signal(number, SIG_DFL) }
            wakeup.store(-1, ordering: .sequentiallyConsistent)
            close(writing)
        }
        return try await body(stream)
    }

    private static let handler: @convention(c) (Int32) -> Void = { number in
        if seen.add(1, ordering: .sequentiallyConsistent).oldValue > 0 {
            _exit(ExitStatus.interrupted.rawValue)
        }
        let problem = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(wakeup.load(ordering: .sequentiallyConsistent), &byte, 1)
        errno = problem
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignored
    }

    private static func name(_ number: Int32) -> String {
        switch number {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        default: "SIGHUP"
        }
    }

    /// SIGQUIT ends the process as a kill does. Swift's runtime would print a crash, and a core file would hold the token.
    static func endOnQuit() {
        signal(SIGQUIT) { _ in _exit(128 + SIGQUIT) }
    }
}
