extension RandomAccessCollection where Self: Sendable, Index == Int, Element: Sendable {
    /// The body's values in the order of the elements, with so many bodies under way at once.
    ///
    /// How fast requests leave is the transport's affair; this bounds how many wait for their answers.
    ///
    /// - Throws: the first error of a body; the bodies under way are cancelled.
    func concurrentMap<Value: Sendable>(
        atOnce width: Int, _ body: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (place: Int, value: Value).self) { group in
            var values = [Value?](repeating: nil, count: count)
            var started = 0
            func start() {
                guard started < count else { return }
                let (place, element) = (started, self[startIndex + started])
                group.addTask { (place, try await body(element)) }
                started += 1
            }
            for _ in 0..<Swift.max(1, width) { start() }
            while let (place, value) = try await group.next() {
                values[place] = value
                start()
            }
            return values.compactMap(\.self)
        }
    }
}
