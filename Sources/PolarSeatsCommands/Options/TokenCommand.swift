internal import Foundation
internal import PolarAPI

#if canImport(Glibc)
    internal import Glibc
#endif

/// The command of `--token-command`, whose standard output is the access token: `op read op://Vault/polar/token`, say.
///
/// Nothing that it prints is shown: neither of its streams can be told from a secret.
struct TokenCommand {
    private static let patience = 60.0
    /// Far longer than a token: more is not read.
    private static let longest = 65_536

    let command: String
    var patience = Self.patience

    init(_ command: String, patience: Double = Self.patience) {
        self.command = command
        self.patience = patience
    }

    func token() throws -> AccessToken {
        let output = try run()
        let text = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            throw Failure(.badConfiguration, "--token-command: the command printed nothing", hints: [Self.tryIt])
        }
        guard let token = AccessToken(text) else {
            throw Failure(
                .badConfiguration, "--token-command: what the command printed is not a token",
                hints: ["it must print the token and nothing else"])
        }
        return token
    }

    private static let tryIt = "run the command in a shell to see what it says"

    private func run() throws -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.cannotRun(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        let child: pid_t
        do {
            defer { close(writing) }
            child = try spawn(writing)
        }
        let deadline = ContinuousClock.now + .seconds(patience)
        var output: [UInt8] = []
        let isWhole = read(reading, into: &output, until: deadline)
        // Its children, too, when it has not ended by itself.
        if !isWhole { kill(-child, SIGKILL) }
        let status = wait(for: child, until: isWhole ? deadline : nil)
        guard isWhole, let status else {
            throw Failure(
                .badConfiguration,
                "--token-command: the command did not end within \(Int(patience)) s and was stopped",
                hints: [Self.tryIt])
        }
        // The low seven bits hold the signal that ended it, or 0; the next byte its exit code.
        let signal = status & 0x7F
        let code = (status >> 8) & 0xFF
        guard signal == 0, code == 0 else {
            throw Failure(
                .badConfiguration,
                "--token-command: the command "
                    + (signal == 0 ? "ended with exit code \(code)" : "was ended by signal \(signal)"),
                hints: [Self.tryIt])
        }
        return output
    }

    private func spawn(_ output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // A roster may come from standard input.
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var usual = sigset_t()
        sigemptyset(&usual)
        sigaddset(&usual, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        let texts = ["sh", "-c", command]
        var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let problem = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environ)
        guard problem == 0 else { throw Self.cannotRun(problem) }
        return child
    }

    /// - Returns: false when the time is over, or it prints far more than a token.
    private func read(_ descriptor: Int32, into output: inout [UInt8], until deadline: ContinuousClock.Instant) -> Bool
    {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while output.count <= Self.longest {
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            guard left > 0 else { return false }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(left.rounded(.up)))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return false }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 }
            output += buffer[..<count]
        }
        return false
    }

    /// - Parameter deadline: nil: it was killed, and is waited for.
    /// - Returns: how it ended; nil when it had closed its output and then did not end.
    private func wait(for child: pid_t, until deadline: ContinuousClock.Instant?) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(child, &status, deadline == nil ? 0 : WNOHANG)
            if found == child { return status }
            if found < 0, errno != EINTR { return nil }
            if let deadline, ContinuousClock.now >= deadline {
                kill(-child, SIGKILL)
                _ = waitpid(child, &status, 0)
                return nil
            }
            if found == 0 { usleep(5_000) }
        }
    }

    private static func cannotRun(_ problem: Int32) -> Failure {
        Failure(.badConfiguration, "--token-command: cannot be run: \(String(cString: strerror(problem)))")
    }
}
