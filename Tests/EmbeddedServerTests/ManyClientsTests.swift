import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct ManyClientsTests {
    /// Data with `count` subscriptions with `seats` seats each.
    private func data(containers count: Int, seats: Int, isMemberModel: Bool) -> EmbeddedSeed {
        let product = "bbbbbbbb-0000-4000-8000-000000000001"
        func id(_ head: String, _ number: Int) -> String { "\(head)-0000-4000-8000-\(100_000_000_000 + number)" }
        return EmbeddedSeed(organizations: [
            SeedOrganization(
                slug: "crowd", memberModel: isMemberModel, tokens: [SeedToken(token: "crowd")],
                products: [SeedProduct(id: product, name: "Team", tiers: [.init(pricePerSeat: 100)])],
                customers: (0..<count).map {
                    SeedCustomer(id: id("cccccccc", $0), email: "billing\($0)@globex.dev", externalID: "team\($0)")
                },
                subscriptions: (0..<count).map {
                    SeedContainer(
                        id: id("eeeeeeee", $0), customerID: id("cccccccc", $0), productID: product, seats: seats)
                })
        ])
    }

    struct Crowd: Sendable {
        var containers: Int, seats: Int, people: Int, isMemberModel: Bool
    }

    @Test(arguments: [
        Crowd(containers: 1, seats: 100, people: 160, isMemberModel: true),
        Crowd(containers: 1, seats: 100, people: 160, isMemberModel: false),
        Crowd(containers: 40, seats: 5, people: 320, isMemberModel: true),
        Crowd(containers: 40, seats: 5, people: 320, isMemberModel: false),
    ])
    func neverGetMoreSeatsThanThereAreAndLoseNone(crowd: Crowd) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "crowd-\(UUID().uuidString)").path
        defer { for suffix in ["", ".lock"] { try? FileManager.default.removeItem(atPath: file + suffix) } }
        var configuration = EmbeddedServerConfiguration(stateFile: file, faults: [.rate(nil)])
        configuration.data = data(
            containers: crowd.containers, seats: crowd.seats, isMemberModel: crowd.isMemberModel)
        let before = try await withEmbeddedServer(configuration) { server in
            let containers = await server.containers()
            let answers = await withTaskGroup(of: [String: Int].self) { tasks in
                for client in 0..<64 {
                    tasks.addTask {
                        var seen: [String: Int] = [:]
                        // Two clients request a seat for each person: one of them must get an error.
                        for person in 0..<crowd.people where person % 32 == client / 2 {
                            let container = containers[person % crowd.containers].id
                            let reply = await HTTPProbe(port: server.port, token: "crowd").send(
                                "POST", "/v1/customer-seats",
                                json: #"{"subscription_id": "\#(container)", "email": "p\#(person)@acme-co.dev"}"#)
                            seen[reply.map { $0.error ?? "\($0.status)" } ?? "lost", default: 0] += 1
                        }
                        return seen
                    }
                }
                return await tasks.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            }
            let after = await server.containers()
            let taken = after.reduce(0) { $0 + $1.live }
            #expect(answers["200"] == taken)
            #expect(answers["lost"] == nil)
            #expect(answers.values.reduce(0, +) == crowd.people * 2)
            #expect(Set(answers.keys).isSubset(of: ["200", "SeatNotAvailable", "SeatAlreadyAssigned"]))
            #expect(taken == min(crowd.people, crowd.containers * crowd.seats))
            for container in after {
                #expect(container.live <= container.total)
                #expect(Set(container.seats.compactMap(\.email)).count == container.live)
            }
            #expect(await server.emails().count == taken)
            return after
        }
        try await withEmbeddedServer(configuration) { server in #expect(await server.containers() == before) }
    }
}
