internal import Foundation

/// Checks what exists under a state file's name before anything is opened, changed or removed.
///
/// Only a regular file that is absent, empty or marked as ours may become the state; its log files and its lock are
/// touched only beside such a file.
struct StatePath {
    /// What exists there now.
    enum Content: Equatable {
        case absent, empty, own
    }

    /// SQLite's application id of our files: `PSE1`.
    static let applicationID = 0x5053_4531

    let path: String

    var lock: String { path + ".lock" }
    var logs: [String] { [path + "-wal", path + "-shm", path + "-journal"] }

    /// - Throws: ``EmbeddedServerError/foreignFile(_:path:)`` for anything that is not ours to touch.
    func content() throws(EmbeddedServerError) -> Content {
        if path.isEmpty || path.hasSuffix("/") || path.utf8.contains(0) {
            throw .foreignFile(.notAFileName, path: path)
        }
        let content = try contentOfFile()
        for log in logs where try Self.isThere(log) && content != .own {
            throw .foreignFile(.logWithoutState, path: log)
        }
        return content
    }

    private func contentOfFile() throws(EmbeddedServerError) -> Content {
        guard try Self.isThere(path) else { return .absent }
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.noAccess(.read, path) }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        if count == 0 { return .empty }
        guard count == header.count, header.starts(with: Array("SQLite format 3\u{0}".utf8)),
            header[68..<72].reduce(0, { $0 << 8 | Int($1) }) == Self.applicationID
        else { throw .foreignFile(.notAState, path: path) }
        return .own
    }

    /// Checks that the lock's file is ours: absent, empty, or a process and perhaps a port, in digits.
    func checkLock() throws(EmbeddedServerError) {
        guard try Self.isThere(lock) else { return }
        let descriptor = open(lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 24)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let text = bytes[..<max(0, count)]
        let numbers = text.dropLast().split(separator: 0x20, omittingEmptySubsequences: false)
        let isOurs =
            text.count <= 18 && text.last == 0x0A && numbers.count <= 2
            && numbers.allSatisfy { number in !number.isEmpty && number.allSatisfy { 0x30...0x39 ~= $0 } }
        if !text.isEmpty, !isOurs { throw .foreignFile(.notALock, path: lock) }
    }

    /// Removes the state and its logs, once ``content()`` has found them to be ours.
    func remove() throws(EmbeddedServerError) {
        for file in logs + [path] where unlink(file) != 0 && errno != ENOENT { throw Self.noAccess(.remove, file) }
    }

    /// Creates the file if it does not exist, with its mode before SQLite opens it, because it will hold people's data.
    func make(_ content: Content) throws(EmbeddedServerError) {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (content == .absent ? O_CREAT | O_EXCL : 0)
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw Self.noAccess(.write, path) }
        defer { close(descriptor) }
        if fchmod(descriptor, 0o600) != 0 { throw Self.noAccess(.write, path) }
    }

    /// Creates the folder of the state and its lock.
    func makeFolder() throws(EmbeddedServerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if FileManager.default.fileExists(atPath: folder) { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotCreateFolder(path: folder, reason: Self.reason(error))
        }
    }

    /// The system's last error as ours.
    static func noAccess(_ operation: EmbeddedServerError.FileOperation, _ path: String) -> EmbeddedServerError {
        .noAccess(operation, path: path, reason: String(cString: strerror(errno)))
    }

    /// The system's message below an error of Foundation.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as? CocoaError)?.userInfo[NSUnderlyingErrorKey] as? POSIXError
        return underlying.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
    }

    /// Whether there is a file under a name, the name itself and not what it links to.
    ///
    /// - Throws: ``EmbeddedServerError/foreignFile(_:path:)`` if it is not a regular file.
    private static func isThere(_ path: String) throws(EmbeddedServerError) -> Bool {
        let kind: FileAttributeType?
        do {
            kind = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        } catch let error as CocoaError where [.fileReadNoSuchFile, .fileNoSuchFile].contains(error.code) {
            return false
        } catch {
            throw .noAccess(.inspect, path: path, reason: reason(error))
        }
        switch kind {
        case .typeRegular: return true
        case .typeDirectory: throw .foreignFile(.folder, path: path)
        case .typeSymbolicLink: throw .foreignFile(.symbolicLink, path: path)
        default: throw .foreignFile(.otherKind, path: path)
        }
    }
}
