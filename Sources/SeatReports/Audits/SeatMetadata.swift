internal import Foundation
public import SeatPlanning

/// Seats' metadata, which the snapshot keeps as JSON text, as columns.
public enum SeatMetadata {
    /// The keys of all seats' metadata, sorted, each once.
    public static func keys(of containers: some Sequence<ContainerSnapshot>) -> [String] {
        keys(of: containers.lazy.flatMap(\.seats)).sorted()
    }

    /// The keys of these seats' metadata.
    public static func keys(of seats: some Sequence<SeatRecord>) -> Set<String> {
        var keys = Set<String>()
        for seat in seats where seat.metadata != nil { keys.formUnion(object(of: seat).keys) }
        return keys
    }

    /// The seat's values for the keys: text as it is, anything else as JSON.
    static func values(of seat: SeatRecord, for keys: [String]) -> [PairValue?] {
        guard !keys.isEmpty else { return [] }
        let object = object(of: seat)
        return keys.map { key in
            switch object[key] {
            case nil: nil
            case let text as String: PairValue(text)
            case let other?: json(other)
            }
        }
    }

    private static func object(of seat: SeatRecord) -> [String: Any] {
        guard let metadata = seat.metadata, metadata.utf8.count > 2,
            let value = try? JSONSerialization.jsonObject(with: Data(metadata.utf8))
        else { return [:] }
        return value as? [String: Any] ?? [:]
    }

    private static func json(_ value: Any) -> PairValue? {
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: value, options: options) else { return nil }
        return PairValue(String(decoding: data, as: UTF8.self), isJSON: true)
    }
}
