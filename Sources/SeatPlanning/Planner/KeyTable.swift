internal import Rosters

/// People as the server has them, by compared address and by external id, in numbered places: the containers of a plan.
/// Their text is bytes in one arena, so that a million seats are found without a String.
struct KeyTable: Sendable {
    private struct Person: BitwiseCopyable {
        /// Where the compared address begins; the external id follows it.
        var start: Int
        var emailLength: UInt32
        var externalLength: UInt32
        var place: Int32
    }

    /// Whose keys they are: what the indices' numbers mean.
    private struct People: Sendable {
        private(set) var people = BulkArray<Person>()
        private(set) var arena = BulkArray<UInt8>()

        init(capacity: Int) {
            people.reserveCapacity(capacity)
            // An address and an id of the usual lengths.
            arena.reserveCapacity(capacity * 40)
        }

        mutating func append(email: String?, externalID: String?, place: Int) {
            let start = arena.count
            if let email { EmailAddress.appendServerKey(of: email, to: &arena) }
            let middle = arena.count
            if let externalID { withUTF8Bytes(externalID) { arena.append(contentsOf: $0) } }
            people.append(
                Person(
                    start: start, emailLength: UInt32(middle - start), externalLength: UInt32(arena.count - middle),
                    place: Int32(place)))
        }

        @inline(__always)
        func withEmail<R>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            let person = people[number]
            return arena.withBytes(person.start, Int(person.emailLength), body)
        }

        @inline(__always)
        func withExternal<R>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            let person = people[number]
            return arena.withBytes(person.start + Int(person.emailLength), Int(person.externalLength), body)
        }

        @inline(__always)
        func isEmail(_ number: Int32, _ key: UnsafeRawBufferPointer, _ place: Int) -> Bool {
            Int(people[Int(number)].place) == place && withEmail(Int(number)) { sameBytes($0, key) }
        }

        @inline(__always)
        func isExternal(_ number: Int32, _ key: UnsafeRawBufferPointer, _ place: Int) -> Bool {
            Int(people[Int(number)].place) == place && withExternal(Int(number)) { sameBytes($0, key) }
        }
    }

    private var people: People
    private var emailHashes = BulkArray<KeyHash>()
    private var externalHashes = BulkArray<KeyHash>()
    private var byEmail = ByteIndex(minimumCapacity: 0)
    private var byExternal = ByteIndex(minimumCapacity: 0)
    /// What kind of id the people's ids are.
    private let idKind: ExternalIDKind
    /// People whose address or id someone before them has in the same place, by that one's number.
    private(set) var others: [Int: [Int]] = [:]

    init(minimumCapacity: Int, idKind: ExternalIDKind = .externalMember) {
        self.idKind = idKind
        people = People(capacity: minimumCapacity)
        emailHashes.reserveCapacity(minimumCapacity)
        externalHashes.reserveCapacity(minimumCapacity)
    }

    /// Adds a person under the next number, from 0; to be found after ``index()``.
    mutating func append(email: String?, externalID: String?, place: Int) {
        let number = people.people.count
        people.append(email: email, externalID: externalID, place: place)
        emailHashes.append(people.withEmail(number) { KeyHash($0, place) })
        externalHashes.append(people.withExternal(number) { KeyHash(id: $0, idKind, place) })
    }

    /// Makes all people to be found. Of two with one key in one place it is the first.
    mutating func index() {
        let people = people
        let count = people.people.count
        byEmail = ByteIndex(minimumCapacity: count)
        byExternal = ByteIndex(minimumCapacity: count)
        // One index after the other, each in a short loop over numbers, in which memory is read ahead.
        for number in 0..<count where emailHashes[number] != .none {
            let first = byEmail.insert(Int32(number), emailHashes[number]) { other in
                let place = Int(people.people[number].place)
                return people.withEmail(number) { people.isEmail(other, $0, place) }
            }
            if let first { others[Int(first), default: []].append(number) }
        }
        for number in 0..<count where externalHashes[number] != .none {
            let first = byExternal.insert(Int32(number), externalHashes[number]) { other in
                let place = Int(people.people[number].place)
                return people.withExternal(number) { people.isExternal(other, $0, place) }
            }
            if let first { others[Int(first), default: []].append(number) }
        }
    }

    /// The number of the person with this compared address.
    func find(emailKey key: UnsafeRawBufferPointer, place: Int) -> Int? {
        find(emailKey: key, KeyHash(key, place), place: place)
    }

    func find(externalID key: UnsafeRawBufferPointer, place: Int) -> Int? {
        find(externalID: key, KeyHash(id: key, idKind, place), place: place)
    }

    /// - Parameter hash: the key's in its place.
    func find(emailKey key: UnsafeRawBufferPointer, _ hash: KeyHash, place: Int) -> Int? {
        hash == .none ? nil : byEmail.find(hash) { people.isEmail($0, key, place) }.map { Int($0) }
    }

    func find(externalID key: UnsafeRawBufferPointer, _ hash: KeyHash, place: Int) -> Int? {
        hash == .none ? nil : byExternal.find(hash) { people.isExternal($0, key, place) }.map { Int($0) }
    }

    /// Whether someone may have a key with this address's hash: false is certain.
    @inline(__always)
    func mayHold(email hash: KeyHash) -> Bool { hash != .none && byEmail.candidate(hash) != nil }
    @inline(__always)
    func mayHold(external hash: KeyHash) -> Bool { hash != .none && byExternal.candidate(hash) != nil }

    func withEmailKey<R>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R { people.withEmail(number, body) }
}
