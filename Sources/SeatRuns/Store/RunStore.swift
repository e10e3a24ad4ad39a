public import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// Why the run store does not give what was asked.
public enum RunStoreError: Error, Sendable, Equatable {
    /// The folder cannot be made or used.
    case unusable(path: String, problem: Int32)
    /// No run has this id.
    case noSuchRun(String)
    /// More than one run's id begins like this.
    case ambiguous(String, [String])
}

/// The folder of plans that `apply` makes from rosters: one file for each run, mode 0600 in a folder of mode 0700.
public struct RunStore: Sendable {
    /// Where the plans are.
    public let folder: String

    /// A store that need not be there yet.
    public init(folder: String) { self.folder = folder }

    /// A name for a new plan that no other has; the folder is made if it is not there.
    ///
    /// - Parameters:
    ///   - roster: as the user named it; `-` is standard input.
    ///   - planID: the plan's own random id, of which the name bears the beginning.
    public func newPath(roster: String, planID: String, at time: Date) throws -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw RunStoreError.unusable(path: folder, problem: errno)
        }
        // A folder that was there already may be open to others; one that belongs to someone else keeps its mode.
        chmod(folder, 0o700)
        return folder + "/" + RunFileName(time: time, roster: roster, planID: planID).text
    }

    /// Whether a path is a plan of this store.
    public func holds(_ path: String) -> Bool {
        let (place, name) = (URL(fileURLWithPath: path).deletingLastPathComponent(), URL(fileURLWithPath: path))
        return place.standardizedFileURL.path == URL(fileURLWithPath: folder).standardizedFileURL.path
            && RunFileName(name.lastPathComponent) != nil
    }

    private func names() -> [RunFileName] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.compactMap { RunFileName($0) }.sorted { ($0.time, $0.text) < ($1.time, $1.text) }
    }

    private func path(_ name: RunFileName) -> String { folder + "/" + name.text }

    /// Every run, the oldest first.
    public func runs() -> [StoredRun] {
        var runs = names().map { StoredRun($0, path($0)) }
        for index in runs.indices where runs.contains(where: { runs[index].isSuperseded(by: $0) }) {
            runs[index].state = .superseded
        }
        return runs
    }

    /// The run whose id begins with a text, or whose file has it as its name.
    public func run(_ id: String) throws -> StoredRun {
        let found = names().filter { !id.isEmpty && $0.id.hasPrefix(id.lowercased()) || $0.text == id }
        guard let first = found.first else { throw RunStoreError.noSuchRun(id) }
        guard found.count == 1 else { throw RunStoreError.ambiguous(id, found.map(\.id)) }
        return StoredRun(first, path(first))
    }

    // MARK: Removing

    /// Which runs to remove.
    public struct Retention: Sendable, Equatable {
        /// Younger ones stay.
        public var olderThan: TimeInterval
        /// How many of the newest stay, whatever their age.
        public var keep: Int
        /// Also those that can be resumed.
        public var includesResumable: Bool

        /// By default every run that is old enough goes, but for those that can be resumed.
        public init(olderThan: TimeInterval, keep: Int = 0, includesResumable: Bool = false) {
            self.olderThan = olderThan
            self.keep = keep
            self.includesResumable = includesResumable
        }
    }

    /// What a pruning did.
    public struct Pruned: Sendable, Equatable {
        /// What was deleted.
        public var removed: [StoredRun] = []
        /// Old enough, and kept because they can be resumed.
        public var keptResumable: [StoredRun] = []
        /// How many the store holds now.
        public var left = 0
    }

    /// Removes runs. One that a process is working on stays, whatever is asked.
    public func prune(_ retention: Retention, now: Date) -> Pruned {
        var pruned = Pruned()
        let all = runs()
        removeDrafts(now: now)
        for run in all.dropLast(max(0, retention.keep)) where now.timeIntervalSince(run.storedAt) >= retention.olderThan
        {
            if run.state == .running || run.isResumable && !retention.includesResumable {
                pruned.keptResumable.append(run)
            } else if remove(run) {
                pruned.removed.append(run)
            }
        }
        pruned.left = all.count - pruned.removed.count
        return pruned
    }

    /// Removes a run and what SQLite keeps beside it, unless another process has it.
    private func remove(_ run: StoredRun) -> Bool {
        do {
            let lock = try PlanLock(run.path)
            defer { lock.release() }
            return Self.removeFiles(run.path)
        } catch {
            return false
        }
    }

    /// Removes a plan's files: for a plan that was stored and of which nothing was done.
    @discardableResult
    public static func removeFiles(_ path: String) -> Bool {
        guard unlink(path) == 0 else { return false }
        for ending in ["-wal", "-shm", "-journal"] { unlink(path + ending) }
        return true
    }

    /// Drafts of plans that were being written when their process was killed.
    private func removeDrafts(now: Date) {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in all where name.hasSuffix(".partial") && name.contains(RunFileName.ending + ".") {
            var facts = stat()
            let path = folder + "/" + name
            guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { continue }
            if now.timeIntervalSince1970 - Double(facts.st_mtim.tv_sec) > 86_400 { unlink(path) }
        }
    }
}
