internal import RosterFormats

/// What is wrong with a file as a whole, in words.
extension RosterFormatError {
    var message: String { problem.message }
    var remedy: String? { problem.remedy }
}

extension RosterFormatError.Problem {
    var message: String {
        switch self {
        case .json(let fault): fault.message
        case .foreignFile(let kind): "this is \(kind.name), not a CSV, XML or JSON roster"
        case .markContradicts(let mark, let given):
            "the file begins with the byte order mark of \(mark.rawValue), not \(given.rawValue)"
        case .unknownEncoding(let name): "the XML declaration names the encoding \"\(name)\", which is not known"
        case .utf16WithoutMark: "every other byte is zero: the file is UTF-16 without a byte order mark"
        case .invalidBytes(let bytes, let offset, let encoding):
            "\(bytes ?? "half a character")\(offset.map { " at byte \($0)" } ?? "") does not exist in \(encoding.rawValue)"
        case .invalidXMLBytes: "the bytes here are not utf-8"
        case .emptyFile: "the file has no line with text"
        case .openQuote: "the quote that opens here is never closed"
        case .longCell(let limit): "the quoted cell that begins here is not closed within \(limit) bytes"
        case .longRow(let limit): "the row is longer than \(limit) bytes"
        case .longRecord(let limit): "a record or a piece of markup is longer than \(limit) bytes"
        case .malformedHeader(let problem): "the header cannot be read: \(problem.message)"
        case .deepNesting(let limit): "elements are nested more than \(limit) deep"
        case .longID(let name, let bytes, let limit):
            "the value of \"\(name)\" is \(bytes) bytes long; the limit is \(limit)"
        case .manyFields(let limit): "the records have more than \(limit) different fields and metadata keys"
        case .malformedXML(let why): "the document is not well-formed" + (why.map { ": \($0)" } ?? "")
        case .emptyDocument: "the document is empty"
        case .doctype: "the document has a DOCTYPE, which is not allowed"
        case .unknownRoot(let root, _): "the root element is \"\(root)\", not \"roster\""
        case .unusableSchema(let why): "the schema cannot be used" + (why.map { ": \($0)" } ?? "")
        case .outOfMemory: "out of memory"
        case .misuse: "the reader has failed or finished before"
        }
    }

    var remedy: String? {
        switch self {
        case .json(let fault): fault.remedy
        case .foreignFile(let kind): kind.remedy
        case .markContradicts: "leave out --encoding"
        case .unknownEncoding:
            "convert the file to UTF-8; known encodings are "
                + TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
        case .utf16WithoutMark(let guess): "name it with --encoding \(guess.rawValue)"
        case .invalidBytes(_, _, let encoding):
            encoding == .utf8
                ? "name the file's encoding, often --encoding windows-1252 for files from Excel"
                : "name another encoding, or convert the file to UTF-8"
        case .invalidXMLBytes: "name the file's encoding in its XML declaration"
        case .emptyFile: "give a file with a header and rows"
        case .openQuote, .longCell: "close the quote, or double it if it is part of the text"
        case .longRow: "check that this is a text file"
        case .longRecord, .deepNesting: "check that this is a roster"
        case .malformedHeader(let problem): problem.remedy
        case .longID: "write one id there"
        case .manyFields: "remove fields, or name only the columns that count"
        case .malformedXML: "fix the document; none of its rows can be used"
        case .doctype: "remove the DOCTYPE; a roster needs none"
        case .unknownRoot(_, let likely):
            "name the element that is a record: " + (likely.isEmpty ? "--xml-record NAME" : records(likely))
        case .unusableSchema: "give an XML schema that is one file: nothing is included or imported"
        case .emptyDocument, .outOfMemory, .misuse: nil
        }
    }
}

/// Options that name one of several elements.
private func records(_ names: [String]) -> String {
    names.map { "--xml-record \(shellQuoted($0))" }.joined(separator: " or ")
}

extension RosterFormatError.ForeignFile {
    var name: String {
        switch self {
        case .spreadsheet: "a spreadsheet (.xlsx or .ods)"
        case .oldOfficeDocument: "an old Office document (.xls)"
        case .zipArchive: "a zip archive"
        case .gzip: "gzip-compressed"
        case .zstd: "zstd-compressed"
        case .pdf: "a PDF document"
        case .sqliteDatabase: "an SQLite database"
        case .webPage: "a web page"
        }
    }

    var remedy: String {
        switch self {
        case .spreadsheet, .oldOfficeDocument: "open it in the program that made it and save the sheet as CSV UTF-8"
        case .zipArchive: "unpack it and give the file inside"
        case .gzip: "unpack it first: gunzip -c FILE | polar-seats ... -"
        case .zstd: "unpack it first: zstd -dc FILE | polar-seats ... -"
        case .pdf: "ask for the list as CSV: a PDF holds the look of a table, not its cells"
        case .sqliteDatabase: "if it is a plan, use apply or show with it; a roster is CSV, XML or JSON"
        case .webPage:
            "download the list itself: what was saved is the page that shows it, or a page that asks to log in"
        }
    }
}

/// What is wrong with a record, in words.
extension FormatDefect.Problem {
    var message: String {
        switch self {
        case .raggedRow(let cells, let columns): "the row has \(cells) cells, the header \(columns)"
        case .quoteInsideCell: "a quote stands inside a cell that does not begin with one"
        case .quoteNotClosed: "the quote that opens here is not closed on its line"
        case .textAfterQuote: "text stands after a closing quote"
        case .nulByte: "a value has a NUL character in it"
        case .duplicateColumn(let first, let second): "columns \(first) and \(second) have the same name"
        case .repeatedField(let name, let isOwnForm):
            isOwnForm ? "\"\(name)\" is given twice" : "\"\(name)\" occurs again in this record; the first is used"
        case .unknownElement: "the element is not a member and has none in it: nothing was read from it"
        case .nestedRecord: "a member stands inside another member"
        case .noRecords(let names, _):
            "no element has the name of the record; the elements are \(names.joined(separator: ", "))"
        case .partialList(let count, let total):
            "the file is one page of a longer list: "
                + (total.map { "it has \(count) of \($0) people" } ?? "the others are not in it")
        case .schemaViolation(let why): why.isEmpty ? "the document is not valid by the schema" : why
        }
    }

    var remedy: String? {
        switch self {
        case .raggedRow(let cells, let columns):
            cells > columns
                ? "quote a cell that holds the delimiter, or remove what is too much"
                : "add the missing cells, or quote a cell that holds a line break"
        case .quoteInsideCell: "put the whole cell in quotes and double the quotes inside it"
        case .quoteNotClosed: "close the quote, or double it if it is part of the text"
        case .textAfterQuote: "double the quotes that are part of the text"
        case .nulByte: "remove it, or name the encoding if the file is UTF-16"
        case .duplicateColumn: "rename one of them"
        case .repeatedField(_, let isOwnForm): isOwnForm ? "keep one of them" : nil
        case .unknownElement: "use \"member\" for people; --xml-record names another element"
        case .nestedRecord: "close the first member before the second begins"
        case .noRecords(_, let likely):
            likely.isEmpty ? "name one of these as the record" : "name the right one: \(records(likely))"
        case .partialList: "give all pages together, as several rosters"
        case .schemaViolation: nil
        }
    }
}
