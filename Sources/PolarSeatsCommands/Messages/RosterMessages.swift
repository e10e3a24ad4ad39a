internal import RosterFormats
internal import Rosters

extension Roster {
    /// Writes the sentence of every defect.
    mutating func writeSentences() {
        for index in defects.indices { defects[index].writeSentence() }
    }
}

extension Defect {
    /// What is wrong, and what to do, in words.
    mutating func writeSentence() {
        guard let problem else { return }
        message = problem.message
        remedy = problem.remedy
    }

    /// The defect with its sentence.
    var withSentence: Defect {
        var defect = self
        defect.writeSentence()
        return defect
    }
}

/// What is wrong with a row or a roster, in words.
extension Defect.Problem {
    var message: String {
        switch self {
        case .record(let problem): problem.message
        case .file(let problem): problem.message
        case .roster(let problem, let columns): problem.message(columns)
        case .emailSyntax(let rejection): rejection.message
        case .displayName: "the name beside the address is not sent"
        case .blanks: "white space around the value is ignored"
        case .invisible: "characters that cannot be seen stand around the value and are ignored"
        case .roundedID, .roundedPolarID: "the id was turned into a rounded number by a spreadsheet"
        case .notPolarID: "this is not one of Polar's ids: those look like 11111111-1111-4111-8111-111111111111"
        case .otherUUIDVersion: "this is a UUID, but not of version 4: Polar does not accept it"
        case .twoContainers(let columns): "the row names two subscriptions or orders, in \(quotedList(columns, "and"))"
        case .containerTypeAlone: "container_type has no container_id beside it"
        case .containerIDAlone: "container_id needs a container_type beside it"
        case .actionWord: "this is not an action"
        case .claimWord: "this means neither yes nor no"
        case .manyMetadataKeys(let count): "the seat's metadata has \(count) keys; Polar accepts 10"
        case .longMetadata(let size):
            "the seat's metadata is \(size) characters long as JSON; Polar accepts 1024"
        case .noIdentity: "the row does not say who it is"
        case .fieldTwice: "the field is there twice, with different values"
        case .statusWord(let preset):
            "unknown status: the \(preset.rawValue) preset does not have this word; the row stays in"
        case .revokedSeat: "the seat is revoked: the row is left out"
        case .columnDisplaced(let column, let other, let field):
            "`\(column)` is not used: `\(other)` is the \(field.spelling)"
        case .mapUnused(let field, let column): "--map \(field.spelling): no record has `\(column)`"
        case .carryUnused(let column): "no record has a `\(column)` to carry"
        case .leadingZeros(let width, let shorter):
            "leading zeros may be lost: most ids have \(width) digits, \(shorter) \(shorter == 1 ? "has" : "have") fewer"
        case .plusAddress(let address, let line, let source):
            "`\(address)` is on line \(line)\(source.map { " of \($0)" } ?? ""): both would get a seat"
        case .duplicate(let note): note
        case .conflict(let why): why
        case .fixed(let fix): fix.message
        }
    }

    var remedy: String? {
        switch self {
        case .record(let problem): problem.remedy
        case .file(let problem): problem.remedy
        case .roster(let problem, let columns): problem.remedy(columns)
        case .emailSyntax(let rejection): rejection.remedy
        case .displayName: "keep names in a column of their own"
        case .blanks: "`check --fixed` removes it"
        case .invisible: "`check --fixed` removes them"
        case .roundedID: "format the column as text there, and export it again"
        case .roundedPolarID, .notPolarID, .otherUUIDVersion: "copy the id from Polar, or leave the cell empty"
        case .twoContainers: "keep one of them"
        case .containerTypeAlone: "fill in both, or neither"
        case .containerIDAlone: "write subscription or order there"
        case .actionWord: "write assign (or add), revoke (or remove), or keep"
        case .claimWord: "write true or false (or yes, no, 1, 0), or leave it empty"
        case .manyMetadataKeys: "remove metadata columns"
        case .longMetadata: "shorten the metadata columns"
        case .noIdentity(let columns):
            "fill in \(columns.count > 1 ? "one of " : "")\(quotedList(columns, "or")), or remove the row"
        case .fieldTwice: "keep one of the two"
        case .statusWord: "to leave such rows out, use --exclude with this column"
        case .revokedSeat: "to have a seat revoked, add a column action with the word revoke"
        case .columnDisplaced(let column, _, let field):
            "to use it: --map \(field.spelling)=\(shellQuoted(column))"
        case .mapUnused: "check the spelling of the path"
        case .carryUnused: "check the spelling"
        case .leadingZeros: "if so, format the column as text in the spreadsheet, and export it again"
        case .plusAddress: "if they are one person, remove one of the rows"
        case .duplicate: "if they are two people, correct one of them; otherwise remove one of the rows"
        case .conflict: "keep the row that is right, and remove or correct the others"
        case .fixed: nil
        }
    }
}

extension Defect.Fix {
    var message: String {
        switch self {
        case .format: "the copy is CSV, one column for each field"
        case .encoding(let encoding): "the encoding was \(encoding.rawValue) and is UTF-8 in the copy"
        case .byteOrderMark: "the byte order mark at the beginning is removed"
        case .separatorLine: "the line `sep=` is removed"
        case .delimiter(let byte):
            "the delimiter was \(byte == 0x09 ? "a tab" : "`\(Unicode.Scalar(byte))`") and is `,` in the copy"
        case .lineEnds(let ending): "lines ended with \(ending.rawValue) and end with LF in the copy"
        case .blanks: "white space around the value is removed"
        case .invisibleAround: "invisible characters around the value are removed"
        case .invisibleInside: "invisible characters in the address are removed"
        }
    }
}

/// What is wrong with a roster as a whole, in words.
extension RosterError {
    var message: String { problem.message(columns) }
    var remedy: String { problem.remedy(columns) }
}

extension RosterError.Problem {
    func message(_ columns: [String]) -> String {
        switch self {
        case .map(let fault): "--map: \(fault.message)"
        case .missingColumn(let column): "there is no column `\(column)`"
        case .columnTwice(let field, let one, let other): "columns `\(one)` and `\(other)` both mean \(field.spelling)"
        case .noEmailColumn(let preset, _):
            "no email column: the \(preset.rawValue) preset looks for \(quotedList(preset.emailColumns)); the columns are "
                + columnList(columns)
        case .noIdentityColumn:
            columns.isEmpty
                ? "the roster is empty: no column was read"
                : "no column says who the people are; the columns are \(columnList(columns))"
        case .noRecords(let format): "the roster has no \(format == .xml ? "member" : "people")"
        case .noNamedRecords(let names, let likely):
            FormatDefect.Problem.noRecords(names: names, likely: likely).message
        }
    }

    func remedy(_ columns: [String]) -> String {
        switch self {
        case .map(let fault): fault.remedy
        case .missingColumn: "the columns are \(columnList(columns))"
        case .columnTwice(let field, _, let other): "say which one counts: \(mapping(field, other))"
        case .noEmailColumn(_, let proposals):
            proposals.isEmpty
                ? "check that the preset is the right one, or name the column of the addresses"
                : proposal(proposals)
        case .noIdentityColumn(let proposals, let delimiter):
            if columns.isEmpty {
                "write a header and one row for each person"
            } else if let delimiter {
                "the only column is full of \(delimiter == 0x09 ? "tabs" : "`\(Unicode.Scalar(delimiter))`"): read it with "
                    + "--delimiter \(delimiter == 0x09 ? "tab" : shellQuoted(String(Unicode.Scalar(delimiter))))"
            } else {
                proposals.isEmpty
                    ? "no column looks like addresses; name the right one: --map email=COLUMN" : proposal(proposals)
            }
        case .noRecords(let format): "write one \(format == .xml ? "member element" : "object") for each person"
        case .noNamedRecords(let names, let likely):
            FormatDefect.Problem.noRecords(names: names, likely: likely).remedy ?? ""
        }
    }

    private func proposal(_ columns: [String]) -> String {
        let options = columns.prefix(3).map { mapping(.email, $0) }
        return columns.count == 1
            ? "column `\(columns[0])` looks like addresses: \(options[0])"
            : "these columns look like addresses: \(options.joined(separator: " or "))"
    }

    private func mapping(_ field: RosterField, _ column: String) -> String {
        "--map \(shellQuoted("\(field.spelling)=\(column)"))"
    }
}

extension RosterError.MapFault {
    var message: String {
        switch self {
        case .noEqualsSign(let argument): "`\(argument)` has no `=`"
        case .unknownField(let name): "`\(name)` is not a field"
        case .noColumn(let field): "no column is named for \(field.spelling)"
        case .twoColumns(let field, let one, let other):
            "\(field.spelling) is given two columns, `\(one)` and `\(other)`"
        case .twoFields(let column, let one, let other):
            "column `\(column)` is given to two fields, \(one.spelling) and \(other.spelling)"
        }
    }

    var remedy: String {
        switch self {
        case .noEqualsSign: "write FIELD=COLUMN, as in email=\"Work mail\""
        case .unknownField:
            "the fields are \((RosterField.named.map(\.spelling) + ["metadata.KEY"]).joined(separator: ", "))"
        case .noColumn(let field): "write \(field.spelling)=COLUMN"
        case .twoColumns, .twoFields: "choose one"
        }
    }
}

/// Columns as a person reads them: all of a few, the first of many.
private func columnList(_ names: [String]) -> String {
    let shown = names.prefix(40).map { "`\($0.count > 80 ? $0.prefix(79) + "…" : $0)`" }.joined(separator: ", ")
    return names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
}

private func quotedList(_ names: [String], _ last: String? = nil) -> String {
    let quoted = names.map { "`\($0)`" }
    guard let last, quoted.count > 1 else { return quoted.joined(separator: ", ") }
    return quoted.dropLast().joined(separator: ", ") + " \(last) " + (quoted.last ?? "")
}
