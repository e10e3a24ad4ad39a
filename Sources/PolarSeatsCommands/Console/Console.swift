internal import ArgumentParser
internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// When output is colored.
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
    /// Columns that text on standard output is folded to: `COLUMNS`, else the terminal's; what is not for a terminal is
    /// not folded.
    var width = Self.outputWidth

    private static var outputWidth: Int {
        if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 {
            return columns
        }
        var size = winsize()
        guard isTerminal(STDOUT_FILENO) else { return 10_000 }
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal on standard error; 80 where no one says.
    static var width: Int {
        var size = winsize()
        if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 80
    }

    // Everything for people passes ``TerminalText``; documents for programs are written as they are.

    /// Writes text for people to standard output, whole; a closed pipe ends the process quietly, as people expect of
    /// `| head`. What comes from outside is ``printable(_:)`` where it is joined with the tool's own lines.
    static func output(_ text: String) { write(TerminalText.document(text), STDOUT_FILENO) }

    static func line(_ text: String) { write(TerminalText.styledLine(text) + "\n", STDOUT_FILENO) }

    /// Writes a document for programs, and a line break.
    static func data(_ document: String) {
        documents.withLock { $0 += 1 }
        write(document + "\n", STDOUT_FILENO)
    }

    /// Whether a document was written.
    static var hasData: Bool { documents.withLock { $0 > 0 } }
    private static let documents = Mutex(0)

    /// Writes a value as JSON, or as text for people.
    static func output<Value: Encodable>(
        _ value: Value, asJSON isJSON: Bool, _ text: (Value) -> String
    ) throws {
        if isJSON { data(try JSONOutput.text(value)) } else { output(text(value)) }
    }

    /// The text of an outline's lines, none of which has a line break in it that is not the tool's own.
    static func document(_ lines: [String]) -> String {
        lines.map { TerminalText.styledLine($0) + "\n" }.joined()
    }

    /// A line on standard output; silent with `--quiet`.
    func line(_ text: String) {
        if !isQuiet { Self.line(text) }
    }

    /// Something to know; silent with `--quiet`.
    func note(_ text: String) {
        if !isQuiet { Self.logLine(text) }
    }

    func warn(_ text: String) {
        Self.write("polar-seats: \(paint("warning", .yellow)): \(printable(text))\n", STDERR_FILENO)
    }

    func hint(_ text: String) { Self.write("\(paint("hint", .cyan)): \(printable(text))\n", STDERR_FILENO) }

    func fail(_ failure: Failure) {
        let message = failure.hasLines ? TerminalText.document(failure.message) : printable(failure.message)
        if !message.isEmpty { Self.write("polar-seats: \(paint("error", .red)): \(message)\n", STDERR_FILENO) }
        for hint in failure.hints where !hint.isEmpty { self.hint(hint) }
    }

    /// A line on standard error, whatever `--quiet` says.
    static func logLine(_ text: String) { write(printable(text) + "\n", STDERR_FILENO) }

    /// The argument parser's words, which have lines of their own, on standard error.
    static func usage(_ text: String) { write(TerminalText.document(text) + "\n", STDERR_FILENO) }

    /// Draws over the line on standard error.
    static func redraw(_ text: String) { write("\r\(printable(text))\u{1B}[K", STDERR_FILENO) }

    static func clearLine() { write("\r\u{1B}[K", STDERR_FILENO) }

    enum Paint: String, CaseIterable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case bold = "1"
        case dim = "2"

        var begin: String { "\u{1B}[\(rawValue)m" }
        static let end = "\u{1B}[0m"
        /// All that ``TerminalText`` lets pass.
        static let sequences = allCases.map(\.begin) + [end]
    }

    /// For standard error.
    func paint(_ text: String, _ paint: Paint) -> String {
        usesColor ? paint.begin + text + Paint.end : text
    }

    /// For standard output.
    func paintOutput(_ text: String, _ paint: Paint) -> String {
        usesOutputColor ? paint.begin + text + Paint.end : text
    }

    /// Why standard output could not be written: the system's number, none of a closed pipe. Read when a command ends,
    /// because whoever prints a line has nothing better to do about it.
    static var outputProblem: Int32? { lostOutput.withLock { $0 } }
    private static let lostOutput = Mutex<Int32?>(nil)

    /// Takes what would be written, in tests that run whole commands in process.
    @TaskLocal static var capture: (@Sendable (_ text: String, _ descriptor: Int32) -> Void)?

    private static func write(_ text: String, _ descriptor: Int32) {
        if let capture { return capture(text, descriptor) }
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno == EAGAIN, waitUntilWritable(descriptor) { continue }
                    let problem = errno
                    if descriptor == STDOUT_FILENO, problem != EPIPE { lostOutput.withLock { $0 = $0 ?? problem } }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Waits for a reader of a descriptor that someone made non-blocking, such as a parent that shares it.
    ///
    /// - Returns: false where there is nothing to wait for.
    static func waitUntilWritable(_ descriptor: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, -1) > 0 || errno == EINTR
    }

    /// Asks on the terminal; nil when there is no one to ask.
    func ask(_ question: String) -> String? {
        guard canAsk else { return nil }
        Self.write(printable(question), STDERR_FILENO)
        return readLine()
    }
}
