import CLibXML2

/// The elements around records, and what members inherit from them.
extension XMLCollector {
    @inline(never)
    mutating func takeRoot(_ name: Name) -> Bool {
        let root = String(cString: name)
        self.root = root
        guard isOwnForm && root != "roster" else { return true }
        stop(
            RosterFormatError(
                .unknownDocument, "the root element is \"\(root)\", not \"roster\"",
                remedy: "name the element that is a record, for example --xml-record user",
                position: tagPosition()))
        return false
    }

    @inline(never)
    mutating func enterScope(
        _ name: Name, _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        var scope = Scope(position: tagPosition(), recordsBefore: number, name: name)
        if isOwnForm, let attributes {
            for i in 0..<count {
                let attribute = attributes + i * 5
                guard let key = attribute[0], let from = attribute[3], let to = attribute[4] else { continue }
                let name = String(cString: key)
                guard XMLFieldTree.isContainerName(name) else { continue }
                if to - from > maximumRecordBytes { return refuseLength() }
                scope.container.append(
                    (tree.intern(name), Array(UnsafeBufferPointer(start: from, count: to - from))))
            }
        }
        if !isOwnForm, seenNames.count < 12, !seenNames.contains(name) { seenNames.append(name) }
        let namesContainer = !scope.container.isEmpty
        scopes.append(scope)
        if namesContainer { inherit() }
    }

    @inline(never)
    mutating func leaveScope() {
        guard let scope = scopes.popLast() else { return }
        if !scope.container.isEmpty { inherit() }
        guard isOwnForm, !scopes.isEmpty, scope.container.isEmpty, scope.recordsBefore == number else { return }
        report(
            FormatDefect(
                .unknownElement, isError: true, position: scope.position,
                value: String(cString: scope.name),
                message: "the element is no member and holds none: nothing was read from it",
                remedy: "use \"member\" for people; --xml-record names another element"))
    }

    /// The innermost scope that names a container names it alone: a member has one.
    mutating func inherit() {
        inherited.keepFirst(0)
        inheritedBytes.count = 0
        guard let scope = scopes.last(where: { !$0.container.isEmpty }) else { return }
        for (column, value) in scope.container {
            inherited.append(Inherited(column: column, from: inheritedBytes.count, count: value.count))
            value.withUnsafeBytes { inheritedBytes.append($0) }
        }
    }
}
