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
                let holder = Self.holder(in: descriptor)
                close(descriptor)
                throw EmbeddedServerError.stateInUse(path: stateFile, process: holder.process, port: holder.port)
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
        write("\(getpid())\n")
    }

    /// Records where the holder listens, for the error of another process.
    func announce(port: Int) { write("\(getpid()) \(port)\n") }

    private func write(_ text: String) {
        let line = Array(text.utf8)
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

    /// What the holder has written: its process, and the port where others may reach it.
    private static func holder(in descriptor: Int32) -> (process: Int32?, port: Int?) {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 1 else { return (nil, nil) }
        let words = String(decoding: bytes[..<(count - 1)], as: UTF8.self).split(separator: " ")
        return (words.first.flatMap { Int32($0) }, words.count > 1 ? Int(words[1]) : nil)
    }
}
