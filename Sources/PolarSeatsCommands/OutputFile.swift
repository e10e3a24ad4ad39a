internal import Foundation
internal import RosterFormats

#if canImport(Glibc)
    internal import Glibc
#endif

/// A file that appears under its name only when it is whole: written beside it, made durable, renamed. Mode 0600.
final class OutputFile: ByteSink {
    let path: String
    private let draft: String
    private let descriptor: Int32
    private var isOpen = true
    private var buffer: [UInt8] = []

    /// Opens the draft at once, so that a place that cannot be written is known before anything else happens.
    init(_ path: String) throws {
        self.path = path
        draft = path + ".\(getpid()).partial"
        var facts = stat()
        if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            throw Failure(.cannotWrite, "\(path): is a folder", hints: ["give the name of a file in it"])
        }
        descriptor = Glibc.open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        buffer.reserveCapacity(1 << 16)
    }

    private static func failure(_ path: String) -> Failure {
        Failure(
            .cannotWrite, "\(path): cannot be written: \(String(cString: strerror(errno)))",
            hints: ["choose another place for it, or make room; nothing that was there is lost"])
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffer.count + bytes.count > 1 << 16 { try flush() }
        if bytes.count > 1 << 16 { try writeOut(bytes) } else { buffer.append(contentsOf: bytes) }
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try writeOut($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeOut(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Looks at what was written before it gets its name.
    func withDraft<R>(_ body: (String) throws -> R) throws -> R {
        try flush()
        return try body(draft)
    }

    /// Gives the file its name.
    func publish() throws {
        try flush()
        guard fsync(descriptor) == 0 || errno == EINVAL, rename(draft, path) == 0 else { throw Self.failure(path) }
        close(descriptor)
        isOpen = false
    }

    /// Leaves whatever had the name before as it was.
    func discard() {
        guard isOpen else { return }
        close(descriptor)
        unlink(draft)
        isOpen = false
    }

    deinit { discard() }
}

/// Standard output as a sink.
struct OutputSink: ByteSink {
    private var buffer: [UInt8] = []

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 16 { try flush() }
    }

    mutating func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                // A reader that has seen enough is no failure of ours.
                if count < 0, errno == EPIPE { return }
                guard count > 0 else {
                    throw Failure(
                        .cannotWrite, "standard output cannot be written: \(String(cString: strerror(errno)))")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
