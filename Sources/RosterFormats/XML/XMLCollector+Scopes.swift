import CLibXML2

/// The elements around records, and what members inherit from them.
extension XMLCollector {
    @inline(never)
    mutating func takeRoot(_ name: Name) -> Bool {
        let root = String(cString: name)
        self.root = root
        guard isOwnForm && root != "roster" else { return true }
        unknownRoot = tagPosition()
        recordName = nil
        return true
    }

    /// Our own form has another root.
    var rootError: RosterFormatError? {
        guard let unknownRoot, let root else { return nil }
        return RosterFormatError(
            .unknownRoot(root, likely: Array(survey.likelyRecords.prefix(3))), position: unknownRoot)
    }

    @inline(never)
    mutating func enterScope(
        _ name: Name, _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        if number == 0, !isOwnForm || unknownRoot != nil {
            survey.see(name, depth)
            if let rootError, survey.isFull { return stop(rootError) }
        }
        if unknownRoot != nil { return }
        var scope = Scope(position: tagPosition(), recordsBefore: number, name: name)
        if isOwnForm, let attributes {
            for i in 0..<count {
                let attribute = attributes + i * 5
                guard let key = attribute[0], let from = attribute[3], let to = attribute[4] else { continue }
                let name = String(cString: key)
                guard XMLFieldTree.isContainerName(name) else { continue }
                if to - from > XMLCollector.maximumIDBytes { return refuseID(name, to - from) }
                if scope.group < 0 {
                    scope.group = Int32(truncatingIfNeeded: groups.count)
                    groups.append(Group(start: groupBytes.count, firstCell: groupEnds.count))
                }
                inherit(tree.intern(name), UnsafeRawBufferPointer(start: from, count: to - from), Int(scope.group))
            }
        }
        scopes.append(scope)
        // The innermost scope that names a container names it alone: a member has one.
        if scope.group >= 0 { inherited = scope.group }
    }

    @inline(never)
    mutating func leaveScope() {
        guard let scope = scopes.popLast() else { return }
        if scope.group >= 0 { inherited = scopes.last { $0.group >= 0 }?.group ?? -1 }
        guard isOwnForm, !scopes.isEmpty, scope.group < 0, scope.recordsBefore == number else { return }
        report(
            FormatDefect(
                .unknownElement, isError: true, position: scope.position,
                value: String(cString: scope.name)))
    }

    /// Adds a cell to the last group. Of two attributes whose names differ in their prefix alone the first counts.
    private mutating func inherit(_ column: Int32, _ value: UnsafeRawBufferPointer, _ group: Int) {
        let cell = UInt32(truncatingIfNeeded: column)
        guard column >= 0,
            !(groups[group].firstCell..<groupEnds.count).contains(where: { groupColumns[$0] == cell })
        else { return }
        groupBytes.append(value)
        groupEnds.append(UInt32(truncatingIfNeeded: groupBytes.count - groups[group].start))
        groupColumns.append(cell)
        groups[group].cellCount += 1
    }

    /// Forgets what no open element names: called when no record is waiting to be handed over.
    mutating func keepOpenGroups() {
        var bytes = RawStore(capacity: 256)
        var ends = RawList<UInt32>(capacity: 16)
        var columns = RawList<UInt32>(capacity: 16)
        var kept = RawList<Group>(capacity: 4)
        inherited = -1
        for index in scopes.indices where scopes[index].group >= 0 {
            let group = groups[Int(scopes[index].group)]
            let last = group.firstCell + group.cellCount
            let length = group.cellCount == 0 ? 0 : Int(groupEnds[last - 1])
            inherited = Int32(truncatingIfNeeded: kept.count)
            scopes[index].group = inherited
            kept.append(Group(start: bytes.count, firstCell: ends.count, cellCount: group.cellCount))
            bytes.append(UnsafeRawBufferPointer(start: groupBytes.base + group.start, count: length))
            for cell in group.firstCell..<last {
                ends.append(groupEnds[cell])
                columns.append(groupColumns[cell])
            }
        }
        groups = kept
        groupBytes = bytes
        groupEnds = ends
        groupColumns = columns
    }

    /// The cells that a record inherits.
    func shared(_ record: Record) -> RecordView.SharedCells {
        guard record.group >= 0 else { return .none }
        let group = groups[Int(record.group)]
        var cells = RecordView.SharedCells.none
        cells.count = group.cellCount
        cells.base = UnsafeRawPointer(groupBytes.base + group.start)
        cells.ends = UnsafePointer(groupEnds.base + group.firstCell)
        cells.columns = UnsafePointer(groupColumns.base + group.firstCell)
        return cells
    }
}
