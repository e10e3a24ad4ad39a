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
