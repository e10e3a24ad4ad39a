internal import Foundation
internal import RosterFormats

#if canImport(Glibc)
    // Of which of the two modules `stat` is a member depends on the files that are compiled together.
    internal import CDispatch
    internal import Glibc
#endif

/// A file that appears under its name only when it is whole: written beside it, made durable, renamed. Mode 0600.
///
/// Where the file system can, the draft has no name until then: a process that is killed leaves nothing behind. What is
/// no file (a device, a pipe) is written as it stands.
final class OutputFile: ByteSink {
    let path: String
    /// Where the bytes go in the end: `path`, or what it links to.
    private let target: String
    private let descriptor: Int32
    private var draft: Draft
    private var isOpen = true
    private var buffer: [UInt8] = []

    private enum Draft {
        case named(String)
        case unnamed
        /// The output itself.
        case none
    }

    /// Opens the draft at once, so that a place that cannot be written is known before anything else happens.
    init(_ path: String) throws {
        self.path = path
        var facts = stat()
        let exists = stat(path, &facts) == 0
        if exists, facts.st_mode & S_IFMT == S_IFDIR {
            throw Failure(.cannotWrite, "\(path): is a folder", hints: ["give the name of a file in it"])
        }
        // Renaming onto a device would put a file in its place.
        if exists, facts.st_mode & S_IFMT != S_IFREG || OutputPlace.isOpenFile(path) {
            target = path
            draft = .none
            descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        } else {
            // Renaming onto a link would put the file in its place.
            target = exists ? OutputPlace.resolved(path) : path
            (descriptor, draft) = Self.openDraft(beside: target)
        }
        guard descriptor >= 0 else { throw Self.failure(path) }
        buffer.reserveCapacity(1 << 16)
    }

    private static func openDraft(beside target: String) -> (Int32, Draft) {
        let folder = OutputPlace.split(target).folder
        // O_TMPFILE, which the C library hides from Swift.
        let unnamed = Glibc.open(folder, 0o20_000_000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, 0o600)
        if unnamed >= 0 { return (unnamed, .unnamed) }
        let name = target + draftEnding
        return (Glibc.open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600), .named(name))
    }

    private static var draftEnding: String { ".\(getpid()).partial" }

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
            if count < 0, errno == EAGAIN {
                waitUntilWritable(descriptor)
                continue
            }
            guard count > 0 else { throw Self.failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Looks at what was written before it gets its name.
    func withDraft<R>(_ body: (String) throws -> R) throws -> R {
        try flush()
        switch draft {
        case .named(let name): return try body(name)
        case .unnamed: return try body("/proc/self/fd/\(descriptor)")
        case .none: return try body(target)
        }
    }

    /// Gives the file its name.
    func publish() throws {
        try flush()
        // Pipes and some devices cannot be made durable.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw Self.failure(path) }
        if case .unnamed = draft {
            let name = target + Self.draftEnding
            guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
                throw Self.failure(path)
            }
            draft = .named(name)
        }
        if case .named(let name) = draft {
            guard rename(name, target) == 0 else { throw Self.failure(path) }
            Folder.synchronize(of: target)
        }
        close(descriptor)
        isOpen = false
    }

    /// Leaves whatever had the name before as it was.
    func discard() {
        guard isOpen else { return }
        close(descriptor)
        if case .named(let name) = draft { unlink(name) }
        isOpen = false
    }

    deinit { discard() }
}

/// The reader of standard output has seen enough: no failure, but nothing more need be made.
struct ClosedPipe: Error {}

extension Failure {
    static func lostOutput(_ problem: Int32) -> Failure {
        Failure(
            .cannotWrite, "standard output cannot be written: \(String(cString: strerror(problem)))",
            hints: ["make room, or write to another place"])
    }
}

/// Standard output as a sink.
struct OutputSink: ByteSink {
    private var buffer: [UInt8] = []

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 16 { try flush() }
    }

    mutating func flush() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        try buffer.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    waitUntilWritable(STDOUT_FILENO)
                    continue
                }
                if count < 0, errno == EPIPE { throw ClosedPipe() }
                guard count > 0 else {
                    throw Failure.lostOutput(errno)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
