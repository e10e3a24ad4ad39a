public import Foundation
internal import GRDB

/// The state file of an embedded server that is not running.
public enum EmbeddedState {
    /// Replaces the state by the default data.
    public static func reset(file: String) async throws {
        try await write(EmbeddedSeed.standard, to: file)
    }

    /// Replaces the state by the data of a seed file's JSON.
    public static func seed(file: String, json: Data) async throws {
        try await write(EmbeddedSeed(json: json), to: file)
    }

    /// The emails in a state file, oldest first; works while a server runs on it.
    public static func emails(file: String) throws -> [EmbeddedEmail] {
        let state = try StateFile(path: file, readOnly: true)
        defer { state.close() }
        return try state.read { db in try OutboxEmail.order(Column.rowID).fetchAll(db) }.map(EmbeddedEmail.init)
    }

    private static func write(_ seed: EmbeddedSeed, to file: String) async throws {
        let lock = try await StateLock(stateFile: file, timeout: .seconds(5)) { try await Task.sleep(for: $0) }
        defer { lock.release() }
        // A damaged state must not stand in the way of a new one; with the lock held no other process has it open.
        let place = StatePath(path: file)
        if try place.content() == .own { try place.remove() }
        let state = try StateFile(path: file)
        defer { state.close() }
        var content = ServerState()
        try content.open(state, seed: seed, now: Timestamp(Date()))
    }
}
