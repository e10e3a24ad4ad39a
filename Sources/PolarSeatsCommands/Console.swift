internal import ArgumentParser
internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// When output is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, always, never
}

/// Where the tool talks: data on standard output, everything else on standard error.
struct Console: Sendable {
    var isQuiet = false
    var usesColor = false
    var usesOutputColor = false
    /// Standard error is a terminal that can redraw a line.
    var canRedraw = false
    var canAsk = false

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal on standard error; 80 where nobody says.
    static var width: Int {
        var size = winsize()
        if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 80
    }

    /// Writes data to standard output, whole; a closed pipe ends the process quietly, as people expect of `| head`.
    static func output(_ text: String) { write(text, STDOUT_FILENO) }

    static func line(_ text: String) { write(text + "\n", STDOUT_FILENO) }

    /// Something to know; silent with `--quiet`.
    func note(_ text: String) {
        if !isQuiet { Self.write(text + "\n", STDERR_FILENO) }
    }

    func warn(_ text: String) {
        Self.write("polar-seats: \(paint("warning", .yellow)): \(text)\n", STDERR_FILENO)
    }

    func hint(_ text: String) { Self.write("\(paint("hint", .cyan)): \(text)\n", STDERR_FILENO) }

    func fail(_ failure: Failure) {
        if !failure.message.isEmpty { Self.write("polar-seats: \(failure.message)\n", STDERR_FILENO) }
        for hint in failure.hints where !hint.isEmpty { self.hint(hint) }
    }

    enum Paint: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case bold = "1"
        case dim = "2"
    }

    /// For standard error.
    func paint(_ text: String, _ paint: Paint) -> String {
        usesColor ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// For standard output.
    func paintOutput(_ text: String, _ paint: Paint) -> String {
        usesOutputColor ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Why standard output could not be written: the system's number, none of a closed pipe. Read when a command ends,
    /// because whoever prints a line has nothing better to do about it.
    static var outputProblem: Int32? { lostOutput.withLock { $0 } }
    private static let lostOutput = Mutex<Int32?>(nil)

    static func write(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    let problem = errno
                    if descriptor == STDOUT_FILENO, problem != EPIPE { lostOutput.withLock { $0 = $0 ?? problem } }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Asks on the terminal; nil when there is nobody to ask.
    func ask(_ question: String) -> String? {
        guard canAsk else { return nil }
        Self.write(question, STDERR_FILENO)
        return readLine()
    }
}
