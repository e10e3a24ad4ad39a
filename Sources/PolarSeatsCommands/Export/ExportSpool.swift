internal import Foundation
internal import SeatPlanning

/// Containers on their way into an export, kept in a file and not in memory: the columns of the metadata stand in the
/// first line of the export, and are known when the last container has been listed.
///
/// The file holds people: mode 0600, and without a name as soon as it is open, so that nothing is left of it.
final class ExportSpool {
    private let file: UnsafeMutablePointer<FILE>
    private var isOpen = true

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/polar-seats-export-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0, let opened = fdopen(descriptor, "w+") else {
            if descriptor >= 0 { close(descriptor) }
            throw Self.failure()
        }
        unlink(&template)
        file = opened
    }

    private static func failure() -> Failure {
        Failure(
            .cannotWrite,
            "\(FileManager.default.temporaryDirectory.path): cannot hold the export while it is made: "
                + String(cString: strerror(errno)),
            hints: ["make room, or set TMPDIR to a folder that has some"])
    }

    func append(_ container: ContainerSnapshot) throws {
        // JSON without line breaks of its own: one line per container.
        var line = try JSONEncoder().encode(container)
        line.append(0x0A)
        let written = line.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        guard written == line.count else { throw Self.failure() }
    }

    /// Everything that was appended, in that order.
    func readBack(_ body: (ContainerSnapshot) throws -> Void) throws {
        guard fflush(file) == 0 else { throw Self.failure() }
        rewind(file)
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while true {
            let count = getline(&line, &capacity, file)
            guard count > 0, let bytes = line else { break }
            try body(JSONDecoder().decode(ContainerSnapshot.self, from: Data(bytes: bytes, count: count)))
        }
        guard ferror(file) == 0 else { throw Self.failure() }
    }

    func discard() {
        if isOpen { fclose(file) }
        isOpen = false
    }

    deinit { discard() }
}
