/// What went wrong with the embedded server, outside of any one request.
public enum EmbeddedServerError: Error, Sendable, Hashable {
    /// A fault whose text cannot be read.
    case invalidFault(String)
    /// A seed that cannot be read, or that contradicts itself.
    case invalidSeed(SeedDefect)
    /// There is no state file yet.
    case noState(path: String)
    /// Something under the state file's name, or beside it, is not ours. It was not touched.
    case foreignFile(ForeignFile, path: String)
    /// The state file cannot be read or written, as when it is damaged.
    case unusableState(path: String, reason: String)
    /// The state file was written by a version of another format.
    case unsupportedFormat(path: String, format: Int)
    /// The system denies access to a file.
    case noAccess(FileOperation, path: String, reason: String)
    /// The folder of the state file cannot be created.
    case cannotCreateFolder(path: String, reason: String)
    /// Another process has the state file open. It listens on the port, if others may reach it there.
    case stateInUse(path: String, process: Int32?, port: Int?)
    /// The port cannot be bound.
    case cannotListen(port: Int, reason: String)

    /// Why a file is not ours to touch.
    public enum ForeignFile: Sendable, Hashable {
        /// The name is empty, or ends like a folder's.
        case notAFileName
        /// A folder.
        case folder
        /// A symbolic link.
        case symbolicLink
        /// A pipe, a socket or a device.
        case otherKind
        /// A file of another program.
        case notAState
        /// One of SQLite's log files, without a state file of ours.
        case logWithoutState
        /// A lock file that holds something else than a process and a port.
        case notALock
    }

    /// What the system did not allow.
    public enum FileOperation: String, Sendable, Hashable {
        /// Creating the lock file.
        case create
        /// Reading a file.
        case read
        /// Opening a file for writing.
        case write
        /// Removing a file.
        case remove
        /// Finding out what there is under a name.
        case inspect
    }
}
