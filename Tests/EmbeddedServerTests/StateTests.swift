import Foundation
import TestSupport
import Testing

@testable import EmbeddedServer

@Suite struct StateTests {
    static let acme = DefaultDataTests.acme

    private func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    private func assign(_ port: Int, _ email: String) async -> ProbeReply? {
        await HTTPProbe(port: port, token: "polar_oat_embedded_wayne")
            .send("POST", "/v1/customer-seats", json: #"{"subscription_id": "\#(Self.acme)", "email": "\#(email)"}"#)
    }

    @Test func isRestored() async throws {
        try await withFolder { folder in
            let configuration = EmbeddedServerConfiguration(stateFile: folder + "/embedded.sqlite", seed: 3)
            let (containers, emails) = try await withEmbeddedServer(configuration) { server in
                let probe = HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                #expect(await assign(server.port, "one@acme-co.dev")?.status == 200)
                #expect(await assign(server.port, "two@acme-co.dev")?.status == 200)
                let seat = "ffffffff-0000-4000-8000-000000000001"
                #expect(await probe.send("DELETE", "/v1/customer-seats/\(seat)")?.status == 200)
                let grown = await probe.send("PATCH", "/v1/subscriptions/\(Self.acme)", json: #"{"seats": 30}"#)
                #expect(grown?.status == 200)
                let emails = await server.emails()
                let stored = try EmbeddedState.emails(file: folder + "/embedded.sqlite")
                #expect(stored == emails)
                return (await server.containers(), emails)
            }
            try await withEmbeddedServer(configuration) { server in
                #expect(await server.containers() == containers)
                #expect(await server.emails() == emails)
                let events = await HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                    .send("GET", "/v1/events/?name=subscription.seats_updated")
                #expect(try JSON(try #require(events).body)["items"]?.array.count == 1)
                // The next person gets the revoked row, and generated values are new.
                let reply = try JSON(try #require(await assign(server.port, "three@acme-co.dev")).body)
                #expect(reply["id"]?.string == "ffffffff-0000-4000-8000-000000000001")
                #expect(Set(await server.emails().map(\.claimToken)).count == emails.count + 1)
            }
            #expect(try EmbeddedState.emails(file: folder + "/embedded.sqlite").count == emails.count + 1)
        }
    }

    /// What a killed process leaves behind: the file and its log as they are when a response was just sent.
    @Test func holdsEveryAcknowledgedChange() async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { server in
                for number in 1...5 {
                    #expect(await assign(server.port, "p\(number)@acme-co.dev")?.status == 200)
                    let copy = folder + "/killed-\(number).sqlite"
                    for suffix in ["", "-wal"] {
                        try FileManager.default.copyItem(atPath: file + suffix, toPath: copy + suffix)
                    }
                    try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: copy)) { other in
                        #expect(await other.containers() == server.containers())
                        #expect(await other.emails().count == 1 + number)
                    }
                }
            }
        }
    }

    @Test func belongsToOneProcessAtATime() async throws {
        try await withFolder { folder in
            var configuration = EmbeddedServerConfiguration(stateFile: folder + "/embedded.sqlite")
            configuration.lockTimeout = .milliseconds(100)
            configuration.sleep = { _ in }
            try await withEmbeddedServer(configuration) { server in
                let error = await #expect(throws: EmbeddedServerError.self) {
                    try await withEmbeddedServer(configuration) { _ in }
                }
                #expect(error == .stateInUse(path: folder + "/embedded.sqlite", process: getpid(), port: server.port))
            }
            try await withEmbeddedServer(configuration) { _ in }
        }
    }

    @Test func canBeReadByItsOwnerOnly() async throws {
        try await withFolder { folder in
            let file = folder + "/state/embedded.sqlite"
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { _ in
                for suffix in ["", "-wal", ".lock"] {
                    let attributes = try FileManager.default.attributesOfItem(atPath: file + suffix)
                    #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
                }
            }
        }
    }

    @Test func isRejectedIfDamaged() async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await EmbeddedState.reset(file: file)
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes.replaceSubrange(100..<bytes.count, with: Data(repeating: 0x55, count: bytes.count - 100))
            try bytes.write(to: URL(filePath: file))
            let error = await #expect(throws: EmbeddedServerError.self) {
                try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { _ in }
            }
            guard case .unusableState(file, _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await EmbeddedState.reset(file: file)
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { server in
                #expect(await server.containers().count == 4)
            }
        }
    }

    /// Format 1 and formats to come: the file is not changed, and `reset` replaces it.
    @Test(arguments: [0, 1, 3])
    func anotherFormatIsRejected(format: Int) async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await EmbeddedState.reset(file: file)
            try HostilePlans.execute("PRAGMA user_version = \(format)", on: file)
            let before = try Data(contentsOf: URL(filePath: file))
            let expected = EmbeddedServerError.unsupportedFormat(path: file, format: format)
            await #expect(throws: expected) {
                try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { _ in }
            }
            #expect(throws: expected) { try EmbeddedState.emails(file: file) }
            #expect(try Data(contentsOf: URL(filePath: file)) == before)
            try await EmbeddedState.reset(file: file)
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { server in
                #expect(await server.containers().count == 4)
            }
        }
    }

    /// A value that cannot be read is an error, and no number may trap in later requests.
    @Test(arguments: [
        ("UPDATE seat SET status = 'sold'", false), ("UPDATE seat SET createdAt = 'yesterday'", false),
        ("UPDATE seat SET createdAt = 9223372036854775807", false), ("UPDATE seat SET containerKind = 'house'", false),
        ("UPDATE seat SET customer = 'x'", false), ("UPDATE email SET sentAt = 'noon'", false),
        ("UPDATE subscription SET pending = '{'", false), ("UPDATE product SET tiers = '[1]'", false),
        ("UPDATE accessToken SET scopes = 'all'", false), ("UPDATE organization SET rateGroup = 'fast'", false),
        ("DROP TABLE member; CREATE TABLE member(name TEXT); INSERT INTO member VALUES('x')", false),
        ("UPDATE subscription SET seats = 9223372036854775807", true),
        ("UPDATE subscription SET seats = -9223372036854775808", true),
        ("UPDATE counters SET openings = 9223372036854775807, generated = -9223372036854775808", true),
        ("UPDATE product SET tiers = replace(tiers, '800', '9223372036854775807')", true),
        ("UPDATE subscription SET startedAt = -62167219200000000", true), ("DELETE FROM customer", true),
        ("DELETE FROM product", true), ("DELETE FROM seat", true),
    ])
    func damagedRecordsNeverTrap(sql: String, isReadable: Bool) async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await EmbeddedState.reset(file: file)
            try HostilePlans.execute(sql, on: file)
            let configuration = EmbeddedServerConfiguration(stateFile: file)
            guard isReadable else {
                let error = await #expect(throws: EmbeddedServerError.self) {
                    try await withEmbeddedServer(configuration) { _ in }
                }
                guard case .unusableState(file, _)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                return
            }
            try await withEmbeddedServer(configuration) { server in
                let probe = HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                for path in [
                    "/v1/subscriptions/", "/v1/orders/", "/v1/products/", "/v1/customers/", "/v1/members/",
                    "/v1/customer-seats?subscription_id=\(Self.acme)",
                ] {
                    #expect(await probe.send("GET", path)?.status == 200, "\(path)")
                }
                #expect(await assign(server.port, "new@acme-co.dev") != nil)
            }
        }
    }

    @Test func canBeReplacedByASeed() async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await EmbeddedState.seed(file: file, json: EmbeddedSeed.standardJSON)
            let other = DefaultDataTests.json.replacing(#""seats": 25"#, with: #""seats": 77"#)
            try await EmbeddedState.seed(file: file, json: Data(other.utf8))
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { server in
                #expect(await server.containers().first { $0.id == Self.acme }?.total == 77)
            }
        }
    }

    /// More live seats than bought: it happens on the real server, and so it must be possible in a rehearsal.
    @Test func anOverFullSubscriptionCanBeLoaded() async throws {
        let json = DefaultDataTests.json.replacing(#""seats": 3,"#, with: #""seats": 2,"#)
        var configuration = EmbeddedServerConfiguration()
        configuration.data = try EmbeddedSeed(json: Data(json.utf8))
        try await withEmbeddedServer(configuration) { server in
            let globex = await server.containers().first { $0.id.hasPrefix("22222222") }
            #expect(globex?.total == 2)
            #expect(globex?.live == 3)
        }
    }

    @Test func seedDefectsNameTheirPlace() {
        let json = DefaultDataTests.json
        let cases = [
            (
                "{",
                SeedDefect(
                    place: "",
                    problem: .notJSON(
                        line: 1, column: 2, reason: "Expecting property name enclosed in double quotes"))
            ),
            ("[]", SeedDefect(place: "", problem: .wrongType(expected: .object))),
            (
                #"{"organizations": 1}"#,
                SeedDefect(place: "organizations", problem: .wrongType(expected: .array))
            ),
            (
                #"{"organizations": [{"slug": 1}]}"#,
                SeedDefect(place: "organizations[0].slug", problem: .wrongType(expected: .string))
            ),
            (
                #"{"organizations": [{"slug": "x", "member_model": "no"}]}"#,
                SeedDefect(place: "organizations[0].member_model", problem: .wrongType(expected: .boolean))
            ),
            ("{}", SeedDefect(place: "organizations", problem: .missing)),
            (#"{"organizations": null}"#, SeedDefect(place: "organizations", problem: .null)),
            (#"{"organizations": [{}]}"#, SeedDefect(place: "organizations[0].slug", problem: .missing)),
            (
                #"{"organizations": [{"slug": "x", "id": "nope"}]}"#,
                SeedDefect(
                    place: "organizations[0].id", problem: .notAUUID("invalid character: found `n` at 1"))
            ),
            (
                #"{"organizations": [{"slug": "x", "rate_group": "fast"}]}"#,
                SeedDefect(
                    place: "organizations[0].rate_group",
                    problem: .notOneOf(["default", "restricted", "elevated"], value: "fast"))
            ),
            (
                json.replacing(#""email": "dora@globex.dev","#, with: ""),
                SeedDefect(place: "organizations[0].subscriptions[1].given[1].email", problem: .missing)
            ),
            (
                json.replacing("2026-01-06T09:00:00Z", with: "yesterday"),
                SeedDefect(
                    place: "organizations[0].subscriptions[1].started_at", problem: .notATime("yesterday"))
            ),
        ]
        for (json, defect) in cases {
            let error = #expect(throws: EmbeddedServerError.self) { try EmbeddedSeed(json: Data(json.utf8)) }
            #expect(error == .invalidSeed(defect))
        }
    }

    @Test func aPortInUseIsAnError() async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let error = await #expect(throws: EmbeddedServerError.self) {
                try await withEmbeddedServer(EmbeddedServerConfiguration(port: server.port)) { _ in }
            }
            guard case .cannotListen(server.port, _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
