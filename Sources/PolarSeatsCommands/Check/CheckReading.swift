internal import Foundation
internal import RosterFormats
internal import Rosters

/// Reads rosters to find everything that is wrong with them: one that cannot be read is told of, and the others are
/// read all the same.
struct CheckReading {
    var console: Console
    var arguments: ReadingArguments
    /// How many defects of one kind are kept of each roster; nil: all.
    var defectLimit: Int?
    /// Whether each row's record is known by its number, for copying it.
    var keepsRecordNumbers = false

    /// What the rosters are.
    struct Result {
        var roster: Roster
        /// nil for a roster that could not be read to its end.
        var facts: [RosterFile.Facts?]
        /// Rosters that are not there.
        var missing: [RosterFile.Failure] = []
    }

    func read(_ names: [String]) throws -> Result {
        try ReadingArguments.refuseSecondInput(names)
        let map = try ColumnMap.parse(arguments.maps)
        let reading = try arguments.readingOptions(map)
        var builder = RosterBuilder(options(map))
        var facts: [RosterFile.Facts?] = []
        var missing: [RosterFile.Failure] = []
        for name in names {
            builder.beginSource(named: name, byteCount: ReadingArguments.size(of: name))
            do {
                facts.append(try arguments.read(name, reading, into: &builder, console))
                try builder.endSource()
            } catch let error as RosterFormatError {
                abandon(Defect(error, source: name).withSentence, &builder, &facts)
            } catch let error as RosterError {
                abandon(Defect(error, source: name).withSentence, &builder, &facts)
            } catch let error as RosterFile.Failure where names.count > 1 {
                missing.append(error)
                let why = String(error.description.dropFirst(error.name.count + 2))
                let remedy = error.isMissing ? "check the path; `-` reads standard input" : nil
                abandon(
                    Defect(.error, "unreadable_file", source: name, message: why, remedy: remedy), &builder, &facts)
            }
        }
        var roster = try builder.finish()
        roster.findTwins()
        roster.writeSentences()
        return Result(roster: roster, facts: facts, missing: missing)
    }

    private func options(_ map: ColumnMap) -> RosterOptions {
        var options = arguments.rosterOptions(map)
        options.keepsCells = false
        options.keepsIdentitiesAlone = true
        options.keepsExcerpts = true
        options.keepsRecordNumbers = keepsRecordNumbers
        options.defectLimit = defectLimit
        return options
    }

    /// A failure at the end of a roster comes after its facts.
    private func abandon(_ why: Defect, _ builder: inout RosterBuilder, _ facts: inout [RosterFile.Facts?]) {
        builder.abandonSource(why)
        if facts.count < builder.sourceCount { facts.append(nil) }
    }
}
