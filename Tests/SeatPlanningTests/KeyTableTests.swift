import TestSupport
import Testing

@testable import Rosters
@testable import SeatPlanning

@Suite("People found by their bytes") struct KeyTableTests {
    @Test("a table finds just what dictionaries find, in every place", arguments: 1...20 as ClosedRange<UInt64>)
    func dictionaries(seed: UInt64) {
        var random = SplitMix64(seed)
        // Small at first, so that it grows; few names, so that they repeat.
        var table = KeyTable(minimumCapacity: 0)
        var emails: [String: Int] = [:]
        var externals: [String: Int] = [:]
        for number in 0..<600 {
            let place = Int.random(in: 0..<3, using: &random)
            let name = String(repeating: "x", count: .random(in: 0..<20, using: &random))
            let email = ["\(name)\(number % 97)@Acme-Co.dev", "Jürgen\(number % 31)@globex.dev"].randomElement(
                using: &random)
            let external = Bool.random(using: &random) ? "\(name)-\(number % 53)" : nil
            table.append(email: email, externalID: external, place: place)
            if let email { emails["\(place) \(EmailAddress.serverKey(of: email))", default: number] += 0 }
            if let external { externals["\(place) \(external)", default: number] += 0 }
        }
        table.index()
        for place in 0..<3 {
            for key in Set(emails.keys).union(externals.keys) {
                let text = String(key.dropFirst(2))
                withUTF8Bytes(text) { bytes in
                    #expect(table.find(emailKey: bytes, place: place) == emails["\(place) \(text)"])
                    #expect(table.find(externalID: bytes, place: place) == externals["\(place) \(text)"])
                }
            }
        }
    }

    @Test("bytes are the same only if every one is, at every length")
    func lengths() {
        for length in 0..<40 {
            let one = [UInt8](repeating: 7, count: length)
            one.withUnsafeBytes { bytes in
                #expect(sameBytes(bytes, bytes))
                for place in 0..<length {
                    var other = one
                    other[place] = 8
                    other.withUnsafeBytes { different in
                        #expect(!sameBytes(bytes, different))
                        #expect(hashBytes(bytes, 0) != hashBytes(different, 0))
                    }
                }
                (one + [7]).withUnsafeBytes { #expect(!sameBytes(bytes, $0)) }
            }
        }
    }

    @Test("members are found by address, external id and id")
    func members() {
        let people = (0..<300).map {
            KnownPerson(id: "m-\($0)", email: "Person.\($0)@acme-co.dev", externalID: $0 % 3 == 0 ? nil : "e-\($0)")
        }
        let members = IdentityDirectory.Members(people)
        for person in people {
            #expect(members.person(id: person.id) == person)
            #expect(members.person(emailKey: person.email.lowercased()) == person)
            if let external = person.externalID { #expect(members.person(externalID: external) == person) }
        }
        #expect(members.person(id: "m-300") == nil)
        #expect(members.person(emailKey: "Person.1@acme-co.dev") == nil)
        #expect(members.person(externalID: "e-0") == nil)
    }
}
