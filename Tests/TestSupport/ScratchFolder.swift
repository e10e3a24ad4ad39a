// swift-format-ignore-file: AmbiguousTrailingClosureOverload
// `await` tells the two overloads apart.

public import Foundation

/// Runs `body` with an empty folder of its own under the temporary folder, and removes the folder afterwards.
///
/// Every test that deletes, overwrites or damages files works in one of these, never on a path that it did not make.
public func withScratchFolder<R>(_ body: (URL) throws -> R) throws -> R {
    let folder = try makeScratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// The same for asynchronous work.
public func withScratchFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = try makeScratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

private func makeScratchFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "polar-seats-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
