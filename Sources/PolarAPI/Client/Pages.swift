/// One page of a collection.
public struct Page<Element: Decodable & Sendable>: Decodable, Sendable {
    /// The page's elements, in the collection's order.
    public var items: [Element]
    /// How many elements or pages there are.
    public var pagination: Pagination

    enum CodingKeys: String, CodingKey { case items, pagination }
}

extension Page: Equatable where Element: Equatable {}

/// How much there is; collections by cursor say only whether there is more.
public struct Pagination: Sendable, Hashable, Codable {
    /// The number of elements in the whole collection; nil for a collection by cursor.
    public var totalCount: Int?
    /// The number of the last page, counted from 1; nil for a collection by cursor.
    public var maxPage: Int?
    /// Whether another page follows; nil for a collection that counts its pages.
    public var hasNextPage: Bool?

    /// Reads the counts. Counts out of bounds are an error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        totalCount = try container.countIfPresent(.totalCount)
        maxPage = try container.countIfPresent(.maxPage)
        hasNextPage = try container.decodeIfPresent(Bool.self, forKey: .hasNextPage)
    }

    enum CodingKeys: String, CodingKey {
        case totalCount = "total_count"
        case maxPage = "max_page"
        case hasNextPage = "has_next_page"
    }
}

/// A collection, read page by page while it is iterated; ends after the last page.
///
/// Pages are counted from the collection's start: what is added or removed meanwhile can show twice or not at all.
public struct Pages<Element: Decodable & Sendable>: AsyncSequence, Sendable {
    /// What iteration throws: a `PolarError` for each failure of a request.
    public typealias Failure = any Error

    let client: PolarClient
    let collection: PolarRequest.Segment
    let query: [PolarRequest.QueryItem]
    /// Elements a request; the server gives no more than 100.
    public var limit = 100
    /// The page to begin with, from 1.
    public var firstPage = 1

    init(client: PolarClient, collection: PolarRequest.Segment, query: [PolarRequest.QueryItem]) {
        self.client = client
        self.collection = collection
        self.query = query
    }

    /// One page, counted from 1.
    public func page(_ number: Int) async throws -> Page<Element> {
        let paging = [PolarRequest.QueryItem("limit", String(limit)), .init("page", String(number))]
        return try await client.get(
            "v1", collection, endsInSlash: true, query: query + paging, limit: PolarRequest.listLimit)
    }

    /// Everything, as a list.
    public func all() async throws -> [Element] {
        var elements: [Element] = []
        for try await element in self { elements.append(element) }
        return elements
    }

    /// Returns an iterator that begins with `firstPage`; each one requests the pages again.
    public func makeAsyncIterator() -> Iterator { Iterator(pages: self, next: firstPage) }

    /// The elements one by one, with a request for a page whenever the page before is used up.
    public struct Iterator: AsyncIteratorProtocol {
        private let pages: Pages
        private var nextPage: Int?
        private var elements: ArraySlice<Element> = []

        init(pages: Pages, next: Int) {
            self.pages = pages
            nextPage = next
        }

        /// Returns the next element, or nil after the last one.
        public mutating func next() async throws -> Element? {
            try await next(isolation: nil)
        }

        /// Returns the next element, or nil after the last one, without leaving the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            while elements.isEmpty {
                guard let number = nextPage else { return nil }
                let page = try await pages.page(number)
                elements = page.items[...]
                let hasMore = page.pagination.hasNextPage ?? (number < page.pagination.maxPage ?? 0)
                // An empty page is the end whatever the count says: the collection shrank meanwhile.
                nextPage = hasMore && !page.items.isEmpty ? number + 1 : nil
            }
            return elements.popFirst()
        }
    }
}
