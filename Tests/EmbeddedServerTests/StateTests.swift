import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct StateTests {
    static let acme = DefaultWorldTests.acme

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

    @Test func isThereAgainAfterwards() async throws {
        try await withFolder { folder in
            let configuration = EmbeddedServerConfiguration(stateFile: folder + "/embedded.sqlite", seed: 3)
            let (world, mails) = try await withEmbeddedServer(configuration) { server in
                let probe = HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                #expect(await assign(server.port, "one@acme-co.dev")?.status == 200)
                #expect(await assign(server.port, "two@acme-co.dev")?.status == 200)
                let seat = "ffffffff-0000-4000-8000-000000000001"
                #expect(await probe.send("DELETE", "/v1/customer-seats/\(seat)")?.status == 200)
                let grown = await probe.send("PATCH", "/v1/subscriptions/\(Self.acme)", json: #"{"seats": 30}"#)
                #expect(grown?.status == 200)
                let mails = await server.mails()
                let stored = try EmbeddedState.mails(file: folder + "/embedded.sqlite")
                #expect(stored == mails)
                return (await server.world(), mails)
            }
            try await withEmbeddedServer(configuration) { server in
                #expect(await server.world() == world)
                #expect(await server.mails() == mails)
                let events = await HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                    .send("GET", "/v1/events/?name=subscription.seats_updated")
                #expect(try JSON(try #require(events).body)["items"]?.array.count == 1)
                // The revoked row is taken over by the next person, and what is made up now is new.
                let reply = try JSON(try #require(await assign(server.port, "three@acme-co.dev")).body)
                #expect(reply["id"]?.string == "ffffffff-0000-4000-8000-000000000001")
                #expect(Set(await server.mails().map(\.claimToken)).count == mails.count + 1)
            }
            #expect(try EmbeddedState.mails(file: folder + "/embedded.sqlite").count == mails.count + 1)
        }
    }

    /// What a process that is killed leaves behind: the file and its log as they are when an answer has just left.
    @Test func holdsEveryAnswerThatHasLeft() async throws {
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
                        #expect(await other.world() == server.world())
                        #expect(await other.mails().count == 1 + number)
                    }
                }
            }
        }
    }

    @Test func belongsToOneProcessAtATime() async throws {
        try await withFolder { folder in
            var configuration = EmbeddedServerConfiguration(stateFile: folder + "/embedded.sqlite")
            configuration.patience = .milliseconds(100)
            configuration.sleep = { _ in }
            try await withEmbeddedServer(configuration) { server in
                let error = await #expect(throws: EmbeddedServerError.self) {
                    try await withEmbeddedServer(configuration) { _ in }
                }
                #expect(error?.code == .stateInUse)
                #expect(error?.port == server.port)
            }
            try await withEmbeddedServer(configuration) { _ in }
        }
    }

    @Test func canBeReadByItsOwnerAlone() async throws {
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

    @Test func isRefusedWhenDamaged() async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await EmbeddedState.reset(file: file)
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes.replaceSubrange(100..<bytes.count, with: Data(repeating: 0x55, count: bytes.count - 100))
            try bytes.write(to: URL(filePath: file))
            let error = await #expect(throws: EmbeddedServerError.self) {
                try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { _ in }
            }
            #expect(error?.code == .badState)
            #expect(error?.path == file)
            try await EmbeddedState.reset(file: file)
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { server in
                #expect(await server.world().count == 4)
            }
        }
    }

    @Test func canBeMadeNewFromASeed() async throws {
        try await withFolder { folder in
            let file = folder + "/embedded.sqlite"
            try await EmbeddedState.seed(file: file, json: Data(EmbeddedSeed.defaultWorldJSON.utf8))
            let other = EmbeddedSeed.defaultWorldJSON.replacing(#""seats": 25"#, with: #""seats": 77"#)
            try await EmbeddedState.seed(file: file, json: Data(other.utf8))
            try await withEmbeddedServer(EmbeddedServerConfiguration(stateFile: file)) { server in
                #expect(await server.world().first { $0.id == Self.acme }?.total == 77)
            }
        }
    }

    /// More live seats than bought: it happens on the real server, so that it must be possible to rehearse.
    @Test func anOverFullContainerIsAWorldLikeAnyOther() async throws {
        let json = EmbeddedSeed.defaultWorldJSON.replacing(#""seats": 3,"#, with: #""seats": 2,"#)
        var configuration = EmbeddedServerConfiguration()
        configuration.world = try EmbeddedSeed(json: Data(json.utf8))
        try await withEmbeddedServer(configuration) { server in
            let globex = await server.world().first { $0.id.hasPrefix("22222222") }
            #expect(globex?.total == 2)
            #expect(globex?.live == 3)
        }
    }

    @Test func seedsSayWhereTheyAreWrong() {
        let cases = [
            ("{", "line 1, column 2"), (#"{"organizations": 1}"#, "organizations"), ("{}", "organizations is missing"),
            (#"{"organizations": [{}]}"#, "organizations[0].slug is missing"),
            (#"{"organizations": [{"slug": "x", "id": "nope"}]}"#, "organizations[0].id"),
            (#"{"organizations": [{"slug": "x", "rate_group": "fast"}]}"#, "organizations[0].rate_group"),
            (
                EmbeddedSeed.defaultWorldJSON.replacing(#""email": "dora@globex.dev","#, with: ""),
                "organizations[0].subscriptions[1].given[1].email"
            ),
            (
                EmbeddedSeed.defaultWorldJSON.replacing("2026-01-06T09:00:00Z", with: "yesterday"),
                "organizations[0].subscriptions[1].started_at"
            ),
        ]
        for (json, place) in cases {
            let error = #expect(throws: EmbeddedServerError.self) { try EmbeddedSeed(json: Data(json.utf8)) }
            #expect(error?.code == .badSeed)
            #expect(error?.message.contains(place) == true, "\(error?.message ?? "") does not name \(place)")
        }
    }

    @Test func aPortThatIsTakenIsAnError() async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let error = await #expect(throws: EmbeddedServerError.self) {
                try await withEmbeddedServer(EmbeddedServerConfiguration(port: server.port)) { _ in }
            }
            #expect(error?.code == .cannotListen)
        }
    }
}
