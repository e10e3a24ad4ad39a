internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// One plan, one process: a lock on the plan file that dies with its holder.
///
/// It is an `flock`, which SQLite does not use on Linux, and its descriptor is closed after SQLite's: closing any
/// descriptor of a file drops the process's POSIX locks on it.
struct PlanLock {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw PlanFileError(path, .cannotOpen(reason: String(cString: strerror(errno)), isMissing: true))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw PlanFileError(path, .running)
        }
    }

    /// Whether the name still means the file that is locked.
    func holds(_ path: String) -> Bool {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 && PlanFilePlace.Identity(path) == PlanFilePlace.Identity(facts)
    }

    /// Unlocks before it closes: a process that another thread is just starting still has a copy of the descriptor, and
    /// closing ours alone would leave the lock with it for that moment.
    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
