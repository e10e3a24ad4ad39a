/// People as the server has them, by compared address and by external id, in numbered places: the containers of a plan.
/// Their text is bytes in one arena, so that a million seats are found without a String.
struct KeyTable: Sendable {
    private struct Person {
        /// Where the compared address begins; the external id follows it.
        var start: Int
        var emailLength: UInt32
        var externalLength: UInt32
        var place: Int32
    }

    private var people: [Person] = []
    private var arena: [UInt8] = []
    private var byEmail: ByteIndex
    private var byExternal: ByteIndex

    init(minimumCapacity: Int) {
        byEmail = ByteIndex(minimumCapacity: minimumCapacity)
        byExternal = ByteIndex(minimumCapacity: minimumCapacity)
        people.reserveCapacity(minimumCapacity)
        // An address and an id of the usual lengths.
        arena.reserveCapacity(minimumCapacity * 40)
    }

    /// Adds a person under the next number, from 0. Of two with one key in one place the first is found.
    mutating func append(email: String?, externalID: String?, place: Int) {
        let start = arena.count
        if let email { EmailAddress.appendServerKey(of: email, to: &arena) }
        let middle = arena.count
        if let externalID { arena.append(contentsOf: externalID.utf8) }
        let person = Person(
            start: start, emailLength: UInt32(middle - start), externalLength: UInt32(arena.count - middle),
            place: Int32(place))
        let number = Int32(people.count)
        people.append(person)
        arena.withUnsafeBytes { arena in
            let people = people
            if person.emailLength > 0 {
                let key = Self.email(person, arena)
                _ = byEmail.insert(number, hashBytes(key, place)) {
                    let other = people[Int($0)]
                    return other.place == person.place && sameBytes(Self.email(other, arena), key)
                }
            }
            if person.externalLength > 0 {
                let key = Self.external(person, arena)
                _ = byExternal.insert(number, hashBytes(key, place)) {
                    let other = people[Int($0)]
                    return other.place == person.place && sameBytes(Self.external(other, arena), key)
                }
            }
        }
    }

    /// The number of the person with this compared address.
    func find(emailKey key: UnsafeRawBufferPointer, place: Int) -> Int? {
        guard !key.isEmpty else { return nil }
        return arena.withUnsafeBytes { arena in
            byEmail.find(hashBytes(key, place)) {
                let person = people[Int($0)]
                return Int(person.place) == place && sameBytes(Self.email(person, arena), key)
            }.map { Int($0) }
        }
    }

    func find(externalID key: UnsafeRawBufferPointer, place: Int) -> Int? {
        guard !key.isEmpty else { return nil }
        return arena.withUnsafeBytes { arena in
            byExternal.find(hashBytes(key, place)) {
                let person = people[Int($0)]
                return Int(person.place) == place && sameBytes(Self.external(person, arena), key)
            }.map { Int($0) }
        }
    }

    func withEmailKey<R>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        arena.withUnsafeBytes { body(Self.email(people[number], $0)) }
    }

    private static func email(_ person: Person, _ arena: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: arena[person.start..<person.start + Int(person.emailLength)])
    }

    private static func external(_ person: Person, _ arena: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = person.start + Int(person.emailLength)
        return UnsafeRawBufferPointer(rebasing: arena[start..<start + Int(person.externalLength)])
    }
}

/// Whether two stretches of memory hold the same bytes, eight at a time.
@inline(__always)
func sameBytes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard one.count == other.count else { return false }
    guard one.count >= 8 else { return one.elementsEqual(other) }
    var offset = 0
    while offset + 8 <= one.count {
        if word(one, offset) != word(other, offset) { return false }
        offset += 8
    }
    // The last word again rather than byte by byte: it may repeat some that were compared.
    return word(one, one.count - 8) == word(other, one.count - 8)
}

private func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
}
