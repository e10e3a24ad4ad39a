internal import Foundation

/// Looks at what stands under a state file's name before anything is opened, changed or removed.
///
/// Only a regular file that is absent, empty or marked as ours may become the state; its log files and its lock are
/// touched only beside such a file.
struct StatePath {
    /// What stands there now.
    enum Content: Equatable {
        case absent, empty, own
    }

    /// SQLite's application id of our files: `PSE1`.
    static let applicationID = 0x5053_4531

    let path: String

    var lock: String { path + ".lock" }
    var logs: [String] { [path + "-wal", path + "-shm", path + "-journal"] }

    /// - Throws: ``EmbeddedServerError/Code/foreignState`` for anything that is not ours to touch.
    func content() throws(EmbeddedServerError) -> Content {
        if path.isEmpty || path.hasSuffix("/") || path.utf8.contains(0) {
            throw foreign("'\(path)' is no name of a file")
        }
        let content = try contentOfFile()
        for log in logs {
            guard let kind = try Self.kind(log) else { continue }
            if kind != .typeRegular { throw foreign("'\(log)' is \(Self.name(kind))") }
            if content != .own { throw foreign("'\(log)' stands there without a state file of the embedded server") }
        }
        return content
    }

    private func contentOfFile() throws(EmbeddedServerError) -> Content {
        guard let kind = try Self.kind(path) else { return .absent }
        if kind != .typeRegular { throw foreign("'\(path)' is \(Self.name(kind))") }
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EmbeddedServerError(
                code: .noAccess, message: "cannot read '\(path)'", cause: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        if count == 0 { return .empty }
        guard count == header.count, header.starts(with: Array("SQLite format 3\u{0}".utf8)),
            header[68..<72].reduce(0, { $0 << 8 | Int($1) }) == Self.applicationID
        else { throw foreign("'\(path)' is no state file of the embedded server") }
        return .own
    }

    /// Whether the lock's file is ours: absent, empty, or a port in digits.
    func checkLock() throws(EmbeddedServerError) {
        guard let kind = try Self.kind(lock) else { return }
        if kind != .typeRegular { throw foreign("'\(lock)', where its lock would be, is \(Self.name(kind))") }
        let descriptor = open(lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let text = bytes[..<max(0, count)]
        let isPort = text.count <= 6 && text.last == 0x0A && text.dropLast().allSatisfy { 0x30...0x39 ~= $0 }
        if !text.isEmpty, !isPort { throw foreign("'\(lock)', where its lock would be, is another program's file") }
    }

    /// Removes the state and its logs, once ``content()`` has found them to be ours.
    func remove() throws(EmbeddedServerError) {
        for file in logs + [path] where unlink(file) != 0 && errno != ENOENT {
            throw EmbeddedServerError(
                code: .noAccess, message: "cannot remove '\(file)'", cause: String(cString: strerror(errno)))
        }
    }

    /// Makes the file if it is not there, with its mode before SQLite sees it, because it will hold people.
    func make(_ content: Content) throws(EmbeddedServerError) {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (content == .absent ? O_CREAT | O_EXCL : 0)
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0, fchmod(descriptor, 0o600) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw EmbeddedServerError(code: .noAccess, message: "cannot open '\(path)' for writing", cause: reason)
        }
        close(descriptor)
    }

    /// Makes the folder that the state and its lock stand in.
    func makeFolder() throws(EmbeddedServerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if FileManager.default.fileExists(atPath: folder) { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw EmbeddedServerError(
                code: .noFolder, message: "the folder '\(folder)' cannot be made", cause: String(describing: error))
        }
    }

    private func foreign(_ message: String) -> EmbeddedServerError {
        EmbeddedServerError(code: .foreignState, message: message)
    }

    /// The kind of file under a name, the name itself and not what it links to; nil if there is none.
    private static func kind(_ path: String) throws(EmbeddedServerError) -> FileAttributeType? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType ?? .typeUnknown
        } catch let error as CocoaError where [.fileReadNoSuchFile, .fileNoSuchFile].contains(error.code) {
            return nil
        } catch {
            throw EmbeddedServerError(
                code: .noAccess, message: "cannot look at '\(path)'", cause: error.localizedDescription)
        }
    }

    private static func name(_ kind: FileAttributeType) -> String {
        switch kind {
        case .typeDirectory: "a folder"
        case .typeSymbolicLink: "a symbolic link"
        default: "no regular file"
        }
    }
}
