import Foundation
import Testing

/// The tracer of system calls.
private enum Strace {
    static let path = "/usr/bin/strace"

    /// It may be there and be forbidden to look into processes, as in some containers.
    static let works: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-f", "-o", "/dev/null", "/bin/true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}

/// XML that asks for other files and for addresses, read by the binary under strace: nothing of it may be opened.
@Suite(.enabled(if: Strace.works, "needs strace, and leave to use it"))
struct HostileXMLTests {
    /// In each, `CANARY` is a file that exists and `ADDRESS` one at which anyone could listen.
    private static let documents: [(name: String, text: String, status: Int32)] = [
        (
            "an external entity",
            "<!DOCTYPE roster [<!ENTITY c SYSTEM \"CANARY\">]><roster><member email=\"&c;\"/></roster>", 65
        ),
        (
            "an external parameter entity",
            "<!DOCTYPE roster [<!ENTITY % c SYSTEM \"file://CANARY\"> %c;]><roster><member email=\"a@acme-co.dev\"/></roster>",
            65
        ),
        (
            "an external DTD", "<!DOCTYPE roster SYSTEM \"ADDRESS\"><roster><member email=\"a@acme-co.dev\"/></roster>",
            65
        ),
        (
            "a public DTD",
            "<!DOCTYPE roster PUBLIC \"-//x//y\" \"CANARY\"><roster><member email=\"a@acme-co.dev\"/></roster>", 65
        ),
        (
            "places of schemas",
            """
            <roster xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a ADDRESS"
              xsi:noNamespaceSchemaLocation="CANARY"><member email="a@acme-co.dev"/></roster>
            """, 0
        ),
        (
            "an inclusion",
            """
            <roster xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="CANARY" parse="text"/>
            <xi:include href="ADDRESS"/><member email="a@acme-co.dev"/></roster>
            """, 65
        ),
        (
            "a stylesheet",
            "<?xml-stylesheet href=\"CANARY\"?><?xml-model href=\"ADDRESS\"?><roster><member email=\"a@acme-co.dev\"/></roster>",
            0
        ),
    ]

    private func traced(_ tool: Tool, _ arguments: String...) async throws -> (result: Tool.Result, calls: [String]) {
        let trace = "trace-\(UUID().uuidString)"
        let calls = "trace=?open,openat,?openat2,connect"
        let result = try await tool.run(
            ["-f", "-s", "4096", "-e", calls, "-o", tool.path(trace), Tool.binary] + arguments, program: Strace.path)
        return (result, try tool.read(trace).split(separator: "\n").map(String.init))
    }

    private func expectNothingElse(_ calls: [String], _ roster: String, _ canary: String, _ name: String) {
        // Otherwise the trace would prove nothing.
        #expect(calls.contains { $0.contains("open") && $0.contains(roster) }, "\(name): the roster is opened")
        #expect(calls.filter { $0.contains(canary) } == [], "\(name)")
        #expect(calls.filter { $0.contains("connect(") && $0.contains("AF_INET") } == [], "\(name)")
    }

    @Test(arguments: documents.indices)
    func `a roster opens no file and no address but its own`(_ index: Int) async throws {
        let (name, text, status) = Self.documents[index]
        try await withTool { tool in
            let canary = try tool.write("<member email=\"canary@acme-co.dev\"/>", "canary.txt")
            let hostile = text.replacing("CANARY", with: canary).replacing("ADDRESS", with: "http://127.0.0.1:9/x")
            try tool.write(hostile, "hostile.xml")
            let (result, calls) = try await traced(tool, "check", "hostile.xml")
            #expect(result.status == status, "\(name): \(result.talk)")
            #expect(!result.everything.contains("canary@"), "\(name)")
            expectNothingElse(calls, "hostile.xml", "canary.txt", name)
        }
    }

    @Test(arguments: ["include", "import", "redefine"])
    func `a schema opens no file and no address but its own`(_ element: String) async throws {
        try await withTool { tool in
            let canary = try tool.write("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"/>", "canary.txt")
            for place in [canary, "http://127.0.0.1:9/x.xsd"] {
                try tool.write(
                    """
                    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
                      <xs:\(element) schemaLocation="\(place)"/><xs:element name="roster"/>
                    </xs:schema>
                    """, "hostile.xsd")
                try tool.write("<roster><member email=\"a@acme-co.dev\"/></roster>", "plain.xml")
                let (_, calls) = try await traced(tool, "check", "--schema", "hostile.xsd", "plain.xml")
                expectNothingElse(calls, "hostile.xsd", "canary.txt", element)
            }
        }
    }
}
