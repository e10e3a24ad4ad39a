import Foundation
import Testing

/// Runs a program that a test needs as a judge.
enum Shell {
    /// Where the program is, by `PATH`; nil where the machine has none.
    static func path(_ program: String) -> URL? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map { URL(filePath: String($0)).appending(path: program) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
    }

    /// The program's status and what it wrote.
    static func run(_ program: String, _ arguments: [String] = [], input: Data? = nil) throws -> (
        status: Int32, text: Data
    ) {
        let process = Process()
        let url: URL = try #require(path(program), "\(program) is not installed")
        process.executableURL = url
        process.arguments = arguments
        let output = FileManager.default.temporaryDirectory.appending(path: "polar-seats-\(UUID().uuidString)")
        let source = FileManager.default.temporaryDirectory.appending(path: "polar-seats-\(UUID().uuidString)")
        defer {
            try? FileManager.default.removeItem(at: output)
            try? FileManager.default.removeItem(at: source)
        }
        // Files and not pipes: a program that writes before it has read all would block on a full pipe.
        try Data().write(to: output)
        try (input ?? Data()).write(to: source)
        let writing = try FileHandle(forWritingTo: output)
        process.standardOutput = writing
        process.standardError = writing
        process.standardInput = try FileHandle(forReadingFrom: source)
        try process.run()
        process.waitUntilExit()
        try writing.close()
        return (process.terminationStatus, try Data(contentsOf: output))
    }

    static func output(_ program: String, _ arguments: [String] = [], input: Data? = nil) throws -> Data {
        let (status, text) = try run(program, arguments, input: input)
        try #require(status == 0, "\(program): \(String(decoding: text, as: UTF8.self))")
        return text
    }
}
