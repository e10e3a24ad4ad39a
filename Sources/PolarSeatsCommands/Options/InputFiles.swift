internal import Foundation

#if canImport(Glibc)
    // Of which of the two modules `stat` is a member depends on the files that are compiled together.
    internal import CDispatch
    internal import Glibc
#endif

/// A file that a command reads, with what it is for the message.
struct InputFile {
    var path: String
    var what: String
    var isStandardInput: Bool

    /// - Parameter dashIsInput: whether `-` stands for standard input, and not for a file of that name.
    init(_ path: String, _ what: String, dashIsInput: Bool = true) {
        self.path = path
        self.what = what
        isStandardInput = dashIsInput && path == "-"
    }

    static func rosters(_ names: [String]) -> [InputFile] {
        names.map { InputFile($0, $0 == "-" ? "the roster" : "the roster \($0)") }
    }

    /// Standard input can be read only once.
    static func refuseSharedInput(_ files: [InputFile]) throws {
        let readers = files.filter(\.isStandardInput)
        guard readers.count > 1 else { return }
        throw Failure(
            .usage,
            "standard input can be read only once, and \(readers.map(\.what).joined(separator: " and ")) read it",
            hints: ["name a file for one of them"])
    }
}

extension ServerOptions {
    var inputs: [InputFile] {
        [
            tokenFile.map { InputFile($0, "the file of --token-file") },
            caFile.map { InputFile($0, "the file of --ca-file") },
            InputFile(embedded.stateFile, "the embedded server's state"),
        ].compactMap(\.self)
    }
}

extension ReadingArguments {
    var inputs: [InputFile] { schema.map { [InputFile($0, "the file of --schema", dashIsInput: false)] } ?? [] }
}

extension InvitationArgument {
    var inputs: [InputFile] { [InputFile(file, "the file of --invitation-file")] }
}

extension PlanArguments {
    var inputs: [InputFile] { protect.map { [InputFile($0, "the file of --protect")] } ?? [] }
}

/// Where an output goes: a file by what it is, or the place of one that does not exist yet.
private enum OutputIdentity: Hashable {
    case standardOutput
    case file(device: UInt64, inode: UInt64)
    case place(String)

    init(_ path: String) {
        var facts = stat()
        if path == "-" {
            self = .standardOutput
        } else if stat(path, &facts) == 0 {
            self = .file(device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino))
        } else {
            self = .place(OutputPlace.resolved(path))
        }
    }
}

/// Files as the system knows them, so that two names of one file are one.
enum OutputPlace {
    /// The path without links; one that does not exist yet keeps its last part.
    static func resolved(_ path: String) -> String {
        if let real = real(path) { return real }
        let (folder, name) = split(path)
        return real(folder).map { $0 == "/" ? "/" + name : $0 + "/" + name } ?? path
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The folder and the name in it; slashes at the end count for nothing.
    static func split(_ path: String) -> (folder: String, name: String) {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return (".", String(path)) }
        let name = String(path[path.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }

    /// A name for what the process holds open already, such as `/dev/stdout`.
    static func isOpenFile(_ path: String) -> Bool {
        ["/dev/std", "/dev/fd/", "/proc/self/fd/"].contains { path.hasPrefix($0) }
    }

    /// Refuses outputs that would overwrite each other, or what the command reads, under whatever name.
    ///
    /// - Parameter outputs: `-` stands for standard output, of which there is one too.
    static func refuseClashes(_ outputs: [String], inputs: [InputFile] = []) throws {
        var taken: [OutputIdentity: String] = [:]
        for input in inputs where !input.isStandardInput { taken[OutputIdentity(input.path)] = input.what }
        for path in outputs {
            guard path != "/dev/null", !isOpenFile(path) else { continue }
            guard !path.isEmpty, path == "-" || !path.hasSuffix("/") else {
                throw Failure(
                    .cannotWrite, path.isEmpty ? "an output has no name" : "\(path): is a folder",
                    hints: ["give the name of a file"])
            }
            let identity = OutputIdentity(path)
            if let other = taken[identity] {
                throw Failure(
                    .usage, "\(path == "-" ? "standard output" : path): would overwrite \(other)",
                    hints: ["give each output a place of its own"])
            }
            taken[identity] = "another output"
        }
    }
}

/// A folder on the disk: the names in it survive a crash of the machine.
enum Folder {
    static func synchronize(of path: String) {
        let descriptor = open(OutputPlace.split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written and not read.
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// Waits until a descriptor that does not block can be written.
func waitUntilWritable(_ descriptor: Int32) {
    var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&one, 1, -1)
}
