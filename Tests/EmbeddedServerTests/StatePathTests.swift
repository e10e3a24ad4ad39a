import EmbeddedServer
import Foundation
import TestSupport
import Testing

/// The state file's name may be mistyped: a file that is not ours is not changed, not even its mode.
@Suite struct StatePathTests {
    static let operations = ["reset", "seed", "serve", "outbox"]

    private static func perform(_ operation: String, _ file: String) async throws {
        switch operation {
        case "reset": try await EmbeddedState.reset(file: file)
        case "seed": try await EmbeddedState.seed(file: file, json: EmbeddedSeed.standardJSON)
        case "serve": try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { _ in }
        default: _ = try EmbeddedState.emails(file: file)
        }
    }

    private static func isForeign(_ error: EmbeddedServerError) -> Bool {
        if case .foreignFile = error { true } else { false }
    }

    /// Names, modes and contents of everything below a folder.
    private static func look(_ folder: URL) throws -> [String: String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                let path = folder.appending(path: name).path
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                let content = FileManager.default.contents(atPath: path)?.base64EncodedString() ?? ""
                return (name, "\(attributes[.posixPermissions] ?? "") \(attributes[.type] ?? "") \(content)")
            })
    }

    private static func write(_ text: String, _ url: URL) throws {
        try Data(text.utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: url.path)
    }

    struct Obstacle: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable (URL) throws -> Void

        init(_ name: String, _ make: @escaping @Sendable (URL) throws -> Void) {
            testDescription = name
            self.make = make
        }
    }

    /// Each makes something under the name `state` that is not ours.
    static let obstacles = [
        Obstacle("a folder with files") { folder in
            let state = folder.appending(path: "state")
            try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
            try write("a day's work", state.appending(path: "thesis.txt"))
        },
        Obstacle("an empty folder") {
            try FileManager.default.createDirectory(
                at: $0.appending(path: "state"), withIntermediateDirectories: true)
        },
        Obstacle("a document") { try write("a day's work", $0.appending(path: "state")) },
        Obstacle("another program's database") { folder in
            var header = Array("SQLite format 3\u{0}".utf8) + [UInt8](repeating: 0, count: 4080)
            header[16] = 0x10
            try Data(header).write(to: folder.appending(path: "state"))
        },
        Obstacle("a symbolic link to a document") { folder in
            try write("a day's work", folder.appending(path: "thesis.txt"))
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "state"), withDestinationURL: folder.appending(path: "thesis.txt"))
        },
        Obstacle("a symbolic link to nothing") {
            try FileManager.default.createSymbolicLink(
                at: $0.appending(path: "state"), withDestinationURL: $0.appending(path: "gone"))
        },
        Obstacle("a pipe") { #expect(mkfifo($0.appending(path: "state").path, 0o644) == 0) },
        Obstacle("a document that is named as a log") { try write("a day's work", $0.appending(path: "state-wal")) },
        Obstacle("a folder that is named as a log") {
            try FileManager.default.createDirectory(
                at: $0.appending(path: "state-shm"), withIntermediateDirectories: true)
        },
        Obstacle("another program's lock") { try write("a day's work", $0.appending(path: "state.lock")) },
        Obstacle("a link that is named as the lock") { folder in
            try write("a day's work", folder.appending(path: "thesis.txt"))
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "state.lock"), withDestinationURL: folder.appending(path: "thesis.txt"))
        },
    ]

    @Test(arguments: obstacles, operations)
    func foreignFilesAreNotChanged(obstacle: Obstacle, operation: String) async throws {
        try await withScratchFolder { folder in
            try obstacle.make(folder)
            let before = try Self.look(folder)
            let error = await #expect(throws: EmbeddedServerError.self) {
                try await Self.perform(operation, folder.appending(path: "state").path)
            }
            // The outbox takes no lock, and there is no state beside this one.
            let isLock = obstacle.testDescription.hasSuffix("lock")
            if isLock, operation == "outbox" {
                #expect(error == .noState(path: folder.appending(path: "state").path))
            } else {
                #expect(error.map(Self.isForeign) == true, "\(String(describing: error))")
            }
            #expect(try Self.look(folder) == before)
        }
    }

    /// A symbolic link to a state file is not followed either.
    @Test(arguments: operations)
    func aLinkToAStateIsNotFollowed(operation: String) async throws {
        try await withScratchFolder { folder in
            try await EmbeddedState.reset(file: folder.appending(path: "real").path)
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "state"), withDestinationURL: folder.appending(path: "real"))
            let before = try Self.look(folder)
            let error = await #expect(throws: EmbeddedServerError.self) {
                try await Self.perform(operation, folder.appending(path: "state").path)
            }
            #expect(error == .foreignFile(.symbolicLink, path: folder.appending(path: "state").path))
            #expect(try Self.look(folder) == before)
        }
    }

    @Test(arguments: ["", "/", "state/", "."])
    func aNameThatIsNotAFilesIsRejected(name: String) async throws {
        try await withScratchFolder { folder in
            for operation in Self.operations {
                let file = name.isEmpty || name == "/" ? name : folder.appending(path: "").path + "/" + name
                let error = await #expect(throws: EmbeddedServerError.self) { try await Self.perform(operation, file) }
                #expect(error.map(Self.isForeign) == true, "\(operation): \(String(describing: error))")
            }
            let left = try Self.look(folder)
            #expect(left.isEmpty)
        }
    }

    @Test func anEmptyFileAndAnOldLockAreUsed() async throws {
        try await withScratchFolder { folder in
            let state = folder.appending(path: "state")
            try Self.write("", state)
            try Self.write("54321\n", folder.appending(path: "state.lock"))
            try await EmbeddedState.reset(file: state.path)
            #expect(try FileManager.default.attributesOfItem(atPath: state.path)[.posixPermissions] as? Int == 0o600)
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: state.path)) { server in
                #expect(await server.containers().count == 4)
            }
        }
    }

    /// The application id is in the file from its first write on, not only in its log.
    @Test func aStateWhoseServerWasKilledIsRecognized() async throws {
        try await withScratchFolder { folder in
            let file = folder.appending(path: "state").path
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { _ in
                for suffix in ["", "-wal"] {
                    try FileManager.default.copyItem(
                        atPath: file + suffix, toPath: folder.appending(path: "killed").path + suffix)
                }
            }
            try await EmbeddedState.reset(file: folder.appending(path: "killed").path)
        }
    }
}
