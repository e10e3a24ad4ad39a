import Foundation
import RosterFormats
import Rosters
import SeatPlanning
import Synchronization
import TestSupport
import Testing

@testable import PolarSeatsCommands

/// Answers as bytes, made by hand.
enum DNSAnswer {
    static func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// The name of the question, which stands at offset 12.
    static let pointer: [UInt8] = [0xC0, 12]

    static func record(_ type: Int, _ data: [UInt8], name: [UInt8] = pointer) -> [UInt8] {
        name + number(type) + number(1) + [0, 0, 1, 44] + number(data.count) + data
    }

    static func mx(_ preference: Int, _ exchange: [UInt8]) -> [UInt8] { record(15, number(preference) + exchange) }
    static let a = record(1, [192, 0, 2, 1])
    static let aaaa = record(28, [UInt8](repeating: 1, count: 16))
    static let nullMX = mx(0, [0])

    /// The question's own header and name, and these records.
    static func to(_ question: [UInt8], _ records: [UInt8]..., code: Int = 0, flags: Int = 0x8180) -> [UInt8] {
        let end = (question.dropFirst(12).firstIndex(of: 0) ?? 12) + 5
        return Array(question[..<2]) + number(flags | code) + number(1) + number(records.count) + number(0) + number(0)
            + question[12..<end] + records.joined()
    }

    /// The type that a question asks for.
    static func kind(_ question: [UInt8]) -> Int {
        let end = question.dropFirst(12).firstIndex(of: 0) ?? 12
        return end + 2 < question.count ? Int(question[end + 1]) << 8 | Int(question[end + 2]) : 0
    }
}

@Suite struct DNSMessageTests {
    private static func read(_ bytes: [UInt8], _ kind: DNSMessage.Kind = .mx) -> DNSReply? {
        try? DNSMessage.reply(bytes, to: 7, "acme-co.dev", kind)
    }

    private static func question(_ kind: DNSMessage.Kind = .mx) -> [UInt8] {
        DNSMessage.question(7, "acme-co.dev", kind) ?? []
    }

    @Test func aQuestionHasTheNameInLabels() {
        let bytes = DNSMessage.question(0x1234, "Acme-Co.dev", .mx)
        let name = [7] + Array("acme-co".utf8) + [3] + Array("dev".utf8) + [0]
        #expect(
            bytes == [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1] + name + [0, 15, 0, 1]
                + [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [
        "", ".", "a..b", "acme.dev.", String(repeating: "a", count: 64) + ".dev", "a b.dev", "münchen.de",
    ])
    func whatIsNoNameIsNotAsked(name: String) {
        #expect(DNSMessage.question(1, name, .mx) == nil)
    }

    @Test func recordsAreRead() {
        let question = Self.question()
        let compressed = [4] + Array("mail".utf8) + DNSAnswer.pointer
        #expect(
            Self.read(DNSAnswer.to(question, DNSAnswer.mx(10, compressed), DNSAnswer.nullMX))
                == .records([.mx(preference: 10, exchange: "mail.acme-co.dev"), .mx(preference: 0, exchange: "")]))
        #expect(Self.read(DNSAnswer.to(question)) == .records([]))
        #expect(Self.read(DNSAnswer.to(question, DNSAnswer.a)) == .records([.other]))
        #expect(Self.read(DNSAnswer.to(Self.question(.a), DNSAnswer.a), .a) == .records([.address]))
        #expect(Self.read(DNSAnswer.to(Self.question(.aaaa), DNSAnswer.aaaa), .aaaa) == .records([.address]))
        #expect(Self.read(DNSAnswer.to(question, code: 3)) == .noSuchName)
        #expect(Self.read(DNSAnswer.to(question, code: 2)) == .failed(2))
        #expect(Self.read(DNSAnswer.to(question, flags: 0x8380)) == .truncated)
    }

    @Test func whatIsNoAnswerToTheQuestionIsRefused() {
        let answer = DNSAnswer.to(Self.question(), DNSAnswer.nullMX)
        #expect(throws: DNSMessage.Malformed.self) { try DNSMessage.reply(answer, to: 8, "acme-co.dev", .mx) }
        #expect(throws: DNSMessage.Malformed.self) { try DNSMessage.reply(answer, to: 7, "globex.dev", .mx) }
        #expect(throws: DNSMessage.Malformed.self) { try DNSMessage.reply(answer, to: 7, "acme-co.dev", .a) }
        #expect(Self.read(Self.question()) == nil, "a question is no answer")
    }

    /// Pointers to themselves, to one another and forwards; labels and lengths beyond the end.
    @Test(arguments: [
        DNSAnswer.record(15, [0, 1], name: [0xC0, 29]), DNSAnswer.record(15, [0, 1], name: [0xC0, 31, 0xC0, 29]),
        DNSAnswer.record(15, [0, 1], name: [0xFF, 0xFF]), DNSAnswer.record(15, [0, 1], name: [63, 1, 1]),
        DNSAnswer.record(15, [0, 1], name: [0x80, 1]), DNSAnswer.mx(1, [0xC0]), DNSAnswer.mx(1, [0xC0, 46]),
        DNSAnswer.mx(1, [1, 0x61, 0xC0, 46]), DNSAnswer.mx(1, [0, 0]), DNSAnswer.record(15, []),
        DNSAnswer.pointer + [0, 15, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0, 1],
    ])
    func namesThatLeadInCirclesOrBeyondAreRefused(record: [UInt8]) {
        #expect(Self.read(DNSAnswer.to(Self.question(), record)) == nil)
    }

    @Test func cutAndDamagedAnswersNeverTrap() {
        let whole = DNSAnswer.to(
            Self.question(), DNSAnswer.mx(10, [4] + Array("mail".utf8) + DNSAnswer.pointer), DNSAnswer.nullMX)
        for count in 0..<whole.count { #expect(Self.read(Array(whole[..<count])) == nil) }
        var chance = SplitMix64(20_261_121)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...chance.below(4) { bytes[chance.below(bytes.count)] = UInt8(chance.below(256)) }
            _ = Self.read(bytes)
        }
    }
}

/// The resolver against a server on a loopback port.
@Suite struct DNSResolverTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var verdict: EmailDomainVerdict
        var answers: @Sendable ([UInt8]) -> [[UInt8]]

        init(_ name: String, _ verdict: EmailDomainVerdict, _ answers: @escaping @Sendable ([UInt8]) -> [[UInt8]]) {
            testDescription = name
            self.verdict = verdict
            self.answers = answers
        }
    }

    static let cases = [
        Case("an MX", .takesEmail) { [DNSAnswer.to($0, DNSAnswer.mx(10, DNSAnswer.pointer))] },
        Case("a null MX", .takesNoEmail) { [DNSAnswer.to($0, DNSAnswer.nullMX)] },
        Case("a null MX beside another", .takesEmail) {
            [DNSAnswer.to($0, DNSAnswer.nullMX, DNSAnswer.mx(1, DNSAnswer.pointer))]
        },
        Case("NXDOMAIN", .doesNotExist) { [DNSAnswer.to($0, code: 3)] },
        Case("an address only", .takesEmail) {
            [DNSAnswer.kind($0) == 1 ? DNSAnswer.to($0, DNSAnswer.a) : DNSAnswer.to($0)]
        },
        Case("an IPv6 address only", .takesEmail) {
            [DNSAnswer.kind($0) == 28 ? DNSAnswer.to($0, DNSAnswer.aaaa) : DNSAnswer.to($0)]
        },
        Case("nothing of it", .takesNoEmail) { [DNSAnswer.to($0)] },
        Case("SERVFAIL", .unknown) { [DNSAnswer.to($0, code: 2)] },
        Case("REFUSED", .unknown) { [DNSAnswer.to($0, code: 5)] },
        Case("SERVFAIL for the address", .unknown) { [DNSAnswer.to($0, code: DNSAnswer.kind($0) == 15 ? 0 : 2)] },
        Case("no answer", .unknown) { _ in [] },
        Case("garbage, another's answer, then its own", .takesEmail) { question in
            var other = DNSAnswer.to(question, code: 3)
            other[0] ^= 0xFF
            return [[1, 2, 3], other, DNSAnswer.to(question, DNSAnswer.mx(10, DNSAnswer.pointer))]
        },
        Case("an answer that is cut, with no one at the TCP port", .unknown) { [DNSAnswer.to($0, flags: 0x8380)] },
    ]

    @Test(arguments: cases)
    func judgesAsTheRealServerDoes(of given: Case) async throws {
        let server = try #require(LoopbackNameServer(given.answers))
        defer { server.stop() }
        // Only where no answer comes does the time-out matter.
        let timeout: Duration = given.verdict == .unknown ? .milliseconds(100) : .seconds(30)
        let resolver = DNSResolver(
            servers: [.init(address: "127.0.0.1", port: server.port)], timeout: timeout, attempts: 1)
        #expect(await resolver.verdict(of: "acme-co.dev") == given.verdict)
    }

    @Test func aServerThatIsAwayIsPassedOver() async throws {
        let gone = try #require(LoopbackNameServer { _ in [] })
        gone.stop()
        let server = try #require(LoopbackNameServer { [DNSAnswer.to($0, code: 3)] })
        defer { server.stop() }
        let resolver = DNSResolver(
            servers: [
                .init(address: "no address"), .init(address: "127.0.0.1", port: gone.port),
                .init(address: "127.0.0.1", port: server.port),
            ], timeout: .seconds(30), attempts: 1)
        #expect(await resolver.verdict(of: "acme-co.dev") == .doesNotExist)
    }

    @Test func anInternationalDomainIsAskedInPunycode() async throws {
        let asked = Mutex<[UInt8]>([])
        let server = try #require(
            LoopbackNameServer { question in
                asked.withLock { $0 = question }
                return [DNSAnswer.to(question, code: 3)]
            })
        defer { server.stop() }
        let resolver = DNSResolver(servers: [.init(address: "127.0.0.1", port: server.port)], timeout: .seconds(30))
        #expect(await resolver.verdict(of: "münchen.de") == .doesNotExist)
        let text = asked.withLock { String(decoding: $0, as: UTF8.self) }
        #expect(text.contains("xn--mnchen-3ya"))
    }

    @Test func theSystemsServersAreThoseOfItsFile() throws {
        try withScratchFolder { folder in
            let file = folder.appending(path: "resolv.conf")
            try Data(
                "# comment\nsearch acme-co.dev\nnameserver 192.0.2.1\n nameserver\t::1 # home\noptions rotate\n".utf8
            ).write(to: file)
            #expect(DNSResolver.system(file.path).servers.map(\.address) == ["192.0.2.1", "::1"])
            #expect(DNSResolver.system(folder.appending(path: "gone").path).servers.map(\.address) == ["127.0.0.1"])
        }
    }
}

@Suite struct EmailDomainsTests {
    /// Answers from a table, and counts.
    private final class Table: EmailDomainResolver {
        private let verdicts: [String: EmailDomainVerdict]
        private let state = Mutex((asked: [String](), running: 0, most: 0))

        init(_ verdicts: [String: EmailDomainVerdict]) { self.verdicts = verdicts }

        var asked: [String] { state.withLock(\.asked) }
        var most: Int { state.withLock(\.most) }

        func verdict(of domain: String) async -> EmailDomainVerdict {
            state.withLock { state in
                state.asked.append(domain)
                state.running += 1
                state.most = max(state.most, state.running)
            }
            await Task.yield()
            state.withLock { $0.running -= 1 }
            return verdicts[domain] ?? .takesEmail
        }
    }

    private func roster(_ csv: String) throws -> Roster {
        var options = RosterOptions()
        options.defectLimit = 5
        var builder = RosterBuilder(options)
        builder.beginSource(named: "people.csv", byteCount: csv.utf8.count)
        var reader = RosterReader(ReadingOptions())
        try Array(csv.utf8).withUnsafeBytes { try reader.feed($0, into: &builder) }
        try reader.finish(into: &builder)
        try builder.endSource()
        return try builder.finish()
    }

    @Test func checkWarnsOfEachDomainOnceWithPlaceAndCount() async throws {
        let table = Table(["gone.dev": .doesNotExist, "nomx.dev": .takesNoEmail, "slow.dev": .unknown])
        let csv = """
            email,action
            ada@acme-co.dev,
            bob@gone.dev,
            cyd@GONE.dev,
            dan@nomx.dev,
            eve@slow.dev,
            fay@left.dev,revoke
            not an address,

            """
        var roster = try roster(csv)
        let still = ContinuousClock.now
        let unknown = await roster.warnOfEmailDomains(EmailDomains(resolver: table, now: { still }))
        let found = roster.defects.filter { $0.code == "email_domain" }
        #expect(found.map(\.line) == [3, 5])
        #expect(found.map(\.severity) == [.warning, .warning])
        #expect(
            found.map(\.message) == [
                "gone.dev does not exist: the server will refuse 2 rows",
                "nomx.dev does not accept email: the server will refuse 1 row",
            ])
        #expect(roster.sources.first?.defectCount(.warning) == 2)
        #expect(unknown == 1)
        // Whoever loses a seat gets no email.
        #expect(table.asked.sorted() == ["acme-co.dev", "gone.dev", "nomx.dev", "slow.dev"])
    }

    @Test func lookUpsAreBoundedInNumberAndTime() async {
        let uses = (0..<200).map { EmailDomainUse(domain: "d\($0).dev", source: 0, line: 2, entry: $0, rows: 1) }
        let table = Table([:])
        let still = ContinuousClock.now
        let all = await EmailDomains(resolver: table, width: 4, now: { still }).look(uses + uses)
        #expect(all.unknown == 0)
        #expect(table.asked.count == 200)
        #expect(table.most <= 4)

        // A clock that leaps a second with each look.
        let start = ContinuousClock.now
        let ticks = Mutex(0)
        let hurried = Table([:])
        let late = await EmailDomains(
            resolver: hurried, width: 1, limit: .seconds(10),
            now: {
                start.advanced(
                    by: .seconds(
                        ticks.withLock { ticks in
                            ticks += 1
                            return ticks
                        }))
            }
        ).look(uses)
        #expect(hurried.asked.count == 9)
        #expect(late.unknown == 191)
    }
}

/// A name server of a test's own.
private final class LoopbackNameServer: Sendable {
    let port: Int
    private let descriptor: Int32

    /// - Parameter answers: the packets that a question is answered with.
    init?(_ answers: @escaping @Sendable ([UInt8]) -> [[UInt8]]) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            return nil
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.descriptor = descriptor
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 2048)
            while true {
                var sender = sockaddr_storage()
                var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let ended = withUnsafeMutablePointer(to: &sender) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { from in
                        let count = recvfrom(descriptor, &buffer, buffer.count, 0, from, &size)
                        // An empty packet is how the test ends it.
                        guard count > 0 else { return true }
                        for answer in answers(Array(buffer[..<count])) {
                            _ = sendto(descriptor, answer, answer.count, 0, from, size)
                        }
                        return false
                    }
                }
                if ended { break }
            }
            close(descriptor)
        }
    }

    func stop() {
        let nothing: [UInt8] = []
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, nothing, 0, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
