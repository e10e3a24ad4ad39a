import Foundation
import PolarAPI

/// The first byte chooses what the rest is: an answer of one kind, or an error. Decoded or refused, it must not trap, and
/// what was decoded holds what the rest of the tool relies on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswers(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let body = Data(bytes: start + 1, count: count - 1)
    let decoder = JSONDecoder()
    switch start[0] % 8 {
    case 0:
        if let list = try? decoder.decode(SeatsList.self, from: body) {
            check(list.totalSeats, list.availableSeats)
            for seat in list.seats { check(seat.id.rawValue) }
        }
    case 1: check((try? decoder.decode(CustomerSeat.self, from: body))?.id.rawValue)
    case 2:
        if let subscription = try? decoder.decode(Subscription.self, from: body) {
            check(subscription.id.rawValue)
            check(subscription.seats, subscription.recurringIntervalCount, subscription.pendingUpdate?.seats)
            for tier in subscription.seatTiers?.tiers ?? [] { check(tier.minSeats, tier.maxSeats, tier.pricePerSeat) }
            _ = subscription.currentPeriodEnd?.microsecondsSince1970
        }
    case 3:
        if let order = try? decoder.decode(Order.self, from: body) { check(order.seats) }
    case 4:
        if let page = try? decoder.decode(Page<SubscriptionSeatsUpdatedEvent>.self, from: body) {
            check(page.pagination.maxPage, page.pagination.totalCount)
            for event in page.items { check(event.metadata.oldSeats, event.metadata.newSeats) }
        }
    case 5: _ = try? decoder.decode(Page<Organization>.self, from: body)
    case 6: _ = try? decoder.decode(Page<Member>.self, from: body)
    default: judgeError(body)
    }
    return 0
}

private func check(_ counts: Int?...) {
    for case let count? in counts { precondition((0...Int(Int32.max)).contains(count), "a count has no bounds") }
}

private func check(_ id: String?) {
    guard let id else { return }
    precondition(id.utf8.count == 36 && !id.contains("/") && !id.contains("."), "an id is none")
}

private func judgeError(_ body: Data) {
    let statuses = [400, 401, 403, 404, 422, 429, 500]
    let challenge = String(decoding: body.prefix(200), as: UTF8.self)
    let response = PolarResponse(
        status: statuses[body.count % statuses.count], headers: [("WWW-Authenticate", challenge)], body: body)
    let error = PolarError(response, to: PolarRequest(.get, ["v1", "orders"], to: .production))
    for words in [error.message, error.errorClass ?? "", error.neededScope ?? ""] {
        precondition(words.unicodeScalars.count < 5_000, "words have no bounds")
        precondition(
            words.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && !$0.properties.isBidiControl
            },
            "words do something on a terminal")
    }
}
