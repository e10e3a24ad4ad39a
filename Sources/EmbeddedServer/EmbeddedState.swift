public import Foundation

/// The state file of an embedded server that is not running.
public enum EmbeddedState {
    /// Makes the state new, with the default world.
    public static func reset(file: String) async throws {
        try await write(EmbeddedSeed.defaultWorld, to: file)
    }

    /// Makes the state new, with the world of a seed file's JSON.
    public static func seed(file: String, json: Data) async throws {
        try await write(EmbeddedSeed(json: json), to: file)
    }

    /// The emails in a state file, oldest first; works while a server runs on it.
    public static func mails(file: String) throws -> [EmbeddedMail] {
        let state = try StateFile(path: file, readOnly: true)
        defer { state.close() }
        var mails: [Mail] = []
        try state.readEntities(kinds: [Mail.kind]) { _, bytes in mails.append(try Mail(stored: bytes)) }
        return mails.sorted { $0.number < $1.number }.map(EmbeddedMail.init)
    }

    private static func write(_ seed: EmbeddedSeed, to file: String) async throws {
        let lock = try await StateLock(stateFile: file, patience: .seconds(5)) { try await Task.sleep(for: $0) }
        defer { lock.release() }
        // A damaged state is in the way of a new one; with the lock held no other process has it open.
        let place = StatePath(path: file)
        if try place.content() == .own { try place.remove() }
        let state = try StateFile(path: file)
        defer { state.close() }
        var world = World()
        _ = try world.load(from: state, seed: seed, now: Instant(Date()))
    }
}
