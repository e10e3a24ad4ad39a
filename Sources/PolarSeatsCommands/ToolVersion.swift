internal import CToolBuild

/// What this build of the tool is: what plans and requests bear, and what `--version` shows.
struct ToolVersion: Encodable {
    /// The version that plans and requests bear.
    static let current = "0.2.0"
    static let userAgent = "polar-seats/\(current)"

    var kind = "version"
    var format = 1
    var version = Self.current
    /// The commit that a release was built from, with `-dirty` when files differed from it; nil in a development build.
    var commit: String?
    /// The time of that commit, in UTC.
    var date: String?
    /// System and processor, such as `linux-x86_64`.
    var platform = Self.platform

    /// The running binary.
    static var running: ToolVersion {
        ToolVersion(commit: nonEmpty(tool_build_commit()), date: nonEmpty(tool_build_date()))
    }

    /// One line for people.
    var text: String {
        let origin = commit.map { shortened($0) } ?? "development build"
        return "polar-seats \(version) (\(([origin] + [day].compactMap(\.self) + [platform]).joined(separator: ", ")))"
    }

    /// The date as people read it, such as `21 Nov 2026`.
    private var day: String? {
        guard let parts = date?.prefix(10).split(separator: "-"), parts.count == 3, let month = Int(parts[1]),
            (1...12).contains(month), let day = Int(parts[2])
        else { return nil }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(day) \(names[month - 1]) \(parts[0])"
    }

    /// Twelve digits name a commit; what follows the digits stays.
    private func shortened(_ commit: String) -> String {
        let digits = commit.prefix { $0.isHexDigit }
        return String(digits.prefix(12)) + commit.dropFirst(digits.count)
    }

    private static func nonEmpty(_ text: UnsafePointer<CChar>) -> String? {
        let text = String(cString: text)
        return text.isEmpty ? nil : text
    }

    private static var platform: String {
        #if os(Linux)
            let system = "linux"
        #elseif os(macOS)
            let system = "macos"
        #else
            let system = "unknown"
        #endif
        #if arch(x86_64)
            return "\(system)-x86_64"
        #elseif arch(arm64)
            return "\(system)-arm64"
        #else
            return "\(system)-unknown"
        #endif
    }
}
