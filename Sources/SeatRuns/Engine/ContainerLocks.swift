internal import Crypto
internal import Foundation
public import Rosters

#if canImport(Glibc)
    internal import Glibc
#endif

/// Why a container cannot be had for a run.
public enum ContainerLockError: Error, Sendable, Equatable {
    /// Another process of this machine changes it.
    case busy(ContainerID, process: Int32?)
    /// The folder, or a file in it, cannot be used.
    case unusable(path: String, problem: Int32)
}

/// One run at a time per container and server on this machine, across plan files and processes: locks that die with their
/// process. They are taken in one order, and none is waited for while others are held.
public struct ContainerLocks: Sendable {
    private let descriptors: [Int32]

    /// - Parameters:
    ///   - server: what the containers are on, as one text for all processes.
    ///   - folder: made if it is not there, for the user alone.
    /// - Throws: ``ContainerLockError``; then none is held.
    public init(_ containers: [ContainerID], server: String, folder: String) throws {
        try Self.make(folder)
        var held: [Int32] = []
        do {
            for container in Set(containers).sorted() {
                held.append(try Self.lock(container, folder + "/" + Self.name(container, server)))
            }
        } catch {
            Self.release(held)
            throw error
        }
        descriptors = held
    }

    /// Releases all locks; another run may take them at once.
    public func release() { Self.release(descriptors) }

    private static func release(_ descriptors: [Int32]) {
        for descriptor in descriptors {
            ftruncate(descriptor, 0)
            // A process that is just being started may have a copy of the descriptor: closing alone would not unlock.
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
    }

    private static func make(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ContainerLockError.unusable(path: folder, problem: errno)
        }
    }

    /// Names of servers and containers are of any length, and have slashes.
    private static func name(_ container: ContainerID, _ server: String) -> String {
        let digest = SHA256.hash(data: Data("\(server)\n\(container)".utf8))
        return digest.prefix(16).map { String(format: "%02x", $0) }.joined() + ".lock"
    }

    private static func lock(_ container: ContainerID, _ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw ContainerLockError.unusable(path: path, problem: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            defer { close(descriptor) }
            guard problem == EWOULDBLOCK else { throw ContainerLockError.unusable(path: path, problem: problem) }
            throw ContainerLockError.busy(container, process: process(in: descriptor))
        }
        let line = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return descriptor
    }

    private static func process(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 1 else { return nil }
        return Int32(String(decoding: bytes[..<(count - 1)], as: UTF8.self))
    }
}
