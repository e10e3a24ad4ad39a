internal import Foundation

/// Holds a state file for one process, by a lock on a file beside it, which the kernel releases when the process ends.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, waiting up to `timeout` for the process that holds it.
    init(
        stateFile: String, timeout: Duration, sleep: @Sendable (Duration) async throws -> Void
    ) async throws {
        let place = StatePath(path: stateFile)
        _ = try place.content()
        try place.checkLock()
        try place.makeFolder()
        let path = place.lock
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw StatePath.noAccess(.create, path) }
        var waited = Duration.zero
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if waited >= timeout {
                let port = Self.port(in: descriptor)
                close(descriptor)
                throw EmbeddedServerError.stateInUse(path: stateFile, port: port)
            }
            do {
                try await sleep(.milliseconds(50))
            } catch {
                close(descriptor)
                throw error
            }
            waited += .milliseconds(50)
        }
        self.descriptor = descriptor
    }

    /// Records where the holder listens, for the error of another process.
    func announce(port: Int) {
        let line = Array("\(port)\n".utf8)
        ftruncate(descriptor, 0)
        _ = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// Releases the lock; the end of the process does so too.
    func release() {
        ftruncate(descriptor, 0)
        // A process that is being started may have a copy of the descriptor: closing would not be enough to unlock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func port(in descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 1 else { return nil }
        return Int(String(decoding: bytes[..<(count - 1)], as: UTF8.self))
    }
}
