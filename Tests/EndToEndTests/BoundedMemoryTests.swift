import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The resident memory of the built binary, whatever a roster holds.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status"), "needs Linux's /proc"))
struct BoundedMemoryTests {
    private static let limit = 60 << 10

    private struct Peak {
        var status: Int32
        var reason: Process.TerminationReason
        var kilobytes: Int
    }

    /// Runs a command to its end, and looks at its highest resident memory again and again until then.
    private func peak(_ tool: Tool, _ arguments: [String]) throws -> Peak {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.binary)
        process.arguments = arguments
        process.environment = tool.environment
        process.currentDirectoryURL = URL(fileURLWithPath: tool.folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var most = 0
        while process.isRunning {
            most = max(most, Self.highWater(process.processIdentifier) ?? 0)
            sched_yield()
        }
        return Peak(status: process.terminationStatus, reason: process.terminationReason, kilobytes: most)
    }

    private static func highWater(_ process: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return nil }
        return line.split(separator: " ").compactMap { Int($0) }.first
    }

    @Test("1 MB of XML with one long container attribute does not ask for gigabytes")
    func inheritedAttribute() async throws {
        try await withTool { tool in
            let long = String(repeating: "x", count: 1 << 20)
            try tool.write(
                "<roster team='\(long)'>" + String(repeating: "<member/>", count: 7_000) + "</roster>", "a.xml")
            let wide = (0..<4_000).map { "xmlns:p\($0)='u\($0)' p\($0):team='\(String(repeating: "t", count: 200))'" }
            try tool.write(
                "<roster \(wide.joined(separator: " "))>"
                    + String(repeating: "<member email='a@acme-co.dev'/>", count: 7_000) + "</roster>", "b.xml")
            for arguments in [["check", "a.xml"], ["check", "b.xml"], ["check", "a.xml", "--json"]] {
                let peak = try peak(tool, arguments)
                #expect(peak.reason == .exit && [0, 65].contains(peak.status), "\(arguments)")
                #expect(peak.kilobytes > 0 && peak.kilobytes < Self.limit, "\(arguments): \(peak.kilobytes) kB")
            }
        }
    }

    @Test("200,000 metadata keys do not fill memory")
    func metadataKeys() async throws {
        try await withTool { tool in
            var text = "<roster>"
            for number in 0..<200_000 {
                text += "<member email='a@acme-co.dev'><metadata key='key-\(number)'>v</metadata></member>"
            }
            try tool.write(text + "</roster>", "a.xml")
            let peak = try peak(tool, ["check", "a.xml"])
            #expect(peak.reason == .exit && peak.status == 65)
            #expect(peak.kilobytes > 0 && peak.kilobytes < Self.limit, "\(peak.kilobytes) kB")
        }
    }
}
