internal import Foundation
internal import PolarAPI
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The file of `--log-file`: one line for each event, with time, run ID and level. Mode 0600; lines are only ever added.
final class RunLog: Sendable {
    enum Level: String, Sendable { case info, warning, error }

    private let descriptor: Int32
    private let runID = Mutex<String?>(nil)
    private let now: @Sendable () -> Date

    /// Opens the file at once, so that a place that cannot be written is found before anything is changed.
    init(_ path: String, now: @escaping @Sendable () -> Date = { Date() }) throws {
        self.now = now
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .cannotWrite, "--log-file \(path): cannot be written: \(String(cString: strerror(errno)))",
                hints: ["choose another place for it; nothing was changed"])
        }
    }

    deinit { close(descriptor) }

    /// Lines from here on bear the ID of a plan.
    func begin(planID: String?) {
        let id = planID.map { String($0.lowercased().filter(\.isHexDigit).prefix(8)) }
        runID.withLock { $0 = id }
    }

    /// Adds one line, whole: two runs may write to one file.
    func write(_ level: Level, _ text: String) {
        let id = runID.withLock { $0 } ?? "-"
        let line = "\(Timestamp(now()).rawValue) \(id) \(level.rawValue) \(TerminalText.line(text))\n"
        let bytes = Array(line.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A log that cannot be written is no reason to stop a run.
            guard count > 0 else { return }
            written += count
        }
    }

    func write(_ error: any Error) {
        let failure = Failure(error)
        guard !failure.message.isEmpty else { return }
        let text = failure.message.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        write(.error, "\(text.joined(separator: "; ")) (exit code \(failure.status.rawValue))")
    }
}
