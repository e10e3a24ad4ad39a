internal import Foundation
internal import RosterFormats
internal import SeatReports

#if canImport(Glibc)
    internal import Glibc
#endif

/// Where one document goes: a file that appears when it is whole, or standard output.
final class ReportSink: ByteSink {
    private let file: OutputFile?
    private var standard = OutputSink()

    /// - Parameter path: nil or `-`: standard output. A file is opened at once.
    init(_ path: String?) throws {
        file = try path.flatMap { $0 == "-" ? nil : $0 }.map { try OutputFile($0) }
    }

    /// nil: standard output.
    var path: String? { file?.path }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if let file { try file.write(bytes) } else { try standard.write(bytes) }
    }

    /// Leaves whatever had the name before as it was.
    func discard() { file?.discard() }

    /// Gives the file its name, or sends the rest.
    func publish() throws {
        if let file { try file.publish() } else { try standard.flush() }
    }
}

/// Files as the system knows them, so that two names of one file are one.
enum OutputPlace {
    /// The path without links; one that does not exist yet keeps its last part.
    static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        let name = (path as NSString).lastPathComponent
        let folder = (path as NSString).deletingLastPathComponent
        guard let real = realpath(folder.isEmpty ? "." : folder, nil) else { return path }
        defer { free(real) }
        return String(cString: real) + "/" + name
    }

    /// A name for what the process holds open already, such as `/dev/stdout`.
    static func isOpenFile(_ path: String) -> Bool {
        ["/dev/std", "/dev/fd/", "/proc/self/fd/"].contains { path.hasPrefix($0) }
    }

    /// Refuses outputs that would overwrite each other, or what the command reads.
    ///
    /// - Parameters:
    ///   - outputs: `-` stands for standard output, of which there is one too.
    ///   - inputs: with what each is, for the message.
    static func refuseClashes(_ outputs: [String], inputs: [(path: String, what: String)] = []) throws {
        var taken: [String: String] = [:]
        for (path, what) in inputs where path != "-" { taken[resolved(path)] = what }
        for path in outputs {
            let place = path == "-" ? path : resolved(path)
            guard path != "/dev/null", !isOpenFile(path) else { continue }
            if let other = taken[place] {
                throw Failure(
                    .usage, "\(path == "-" ? "standard output" : path): would overwrite \(other)",
                    hints: ["give each output a place of its own"])
            }
            taken[place] = "another output"
        }
    }
}
