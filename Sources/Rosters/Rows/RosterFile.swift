internal import Crypto
internal import Foundation
public import RosterFormats

#if canImport(Glibc)
    internal import Glibc
#endif

/// Reads a roster's bytes once: they are parsed and hashed in the same pass, in slices of 64 KB.
public struct RosterFile {
    /// What a pass over a roster found of the file itself.
    public struct Facts: Sendable {
        /// Absolute; nil for standard input.
        public var path: String?
        /// The number of bytes that were read.
        public var bytes: Int
        /// Lower-case hexadecimal.
        public var sha256: String
    }

    /// A file that cannot be opened or read.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The file as the user named it.
        public var name: String
        /// True if there is no such file, or it is a folder; false if it cannot be opened or read.
        public var isMissing: Bool
        /// The name and what went wrong, as the system reports it.
        public var description: String
    }

    /// The path, or `-` for standard input.
    public let name: String

    /// - Parameter name: a path, or `-` for standard input.
    public init(_ name: String) { self.name = name }

    /// Feeds the file to `reader` and its records to `sink`.
    ///
    /// - Throws: ``Failure``, `RosterFormatError`, and what the sink throws.
    public func read(
        _ options: ReadingOptions, into sink: inout some RecordSink, progress: (Int) -> Void = { _ in }
    ) throws -> Facts {
        let descriptor = try open()
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var reader = RosterReader(options)
        var hash = SHA256()
        var total = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(isMissing: false) }
            if count == 0 { break }
            let slice = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bufferPointer: slice)
            total += count
            try reader.feed(slice, into: &sink)
            progress(total)
        }
        try reader.finish(into: &sink)
        let digest = hash.finalize().map { String(format: "%02x", $0) }.joined()
        return Facts(path: name == "-" ? nil : Self.absolute(name), bytes: total, sha256: digest)
    }

    /// The SHA-256 of a file as it is now; nil when it is not there, and for what is no regular file: a pipe can be read
    /// only once, and a device has no end.
    public static func sha256(_ path: String) -> String? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, let file = FileHandle(forReadingAtPath: path)
        else { return nil }
        var hash = SHA256()
        while let part = try? file.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }

    private func open() throws -> Int32 {
        if name == "-" { return STDIN_FILENO }
        let descriptor = Glibc.open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(isMissing: errno == ENOENT || errno == ENOTDIR) }
        var facts = stat()
        if fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw Failure(name: name, isMissing: true, description: "\(name): is a folder, not a roster")
        }
        return descriptor
    }

    private func failure(isMissing: Bool) -> Failure {
        Failure(name: name, isMissing: isMissing, description: "\(name): \(String(cString: strerror(errno)))")
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
