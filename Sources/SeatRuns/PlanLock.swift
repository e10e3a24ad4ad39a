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
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PlanFileError(.missing, path: path, "\(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw PlanFileError(
                .locked, path: path, "\(path): another process is running this plan",
                hint: "wait until it is done; `polar-seats show \(path)` tells how far it is")
        }
    }

    /// Unlocks before it closes: a child that is just being born holds a copy of the descriptor until it is another program.
    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
