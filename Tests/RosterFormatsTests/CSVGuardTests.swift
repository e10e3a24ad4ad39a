import RosterFormats
import TestSupport
import Testing

/// Whatever a reader takes for the separator, and whether it knows quotes or not: no piece of a cell is a formula.
@Suite struct CSVGuardTests {
    @Test(arguments: [
        ("a;=cmd()", "a;'=cmd()"), ("a,+1", "a,'+1"), ("a\t-1", "a\t'-1"), ("a|@x", "a|'@x"), ("a\n=1", "a\n'=1"),
        ("a\r\n=1", "a\r\n'=1"), ("a;＝1", "a;'＝1"), ("a;'=1", "a;''=1"), ("a;b=c", "a;b=c"), ("a;'b'", "a;'b'"),
        ("a; -", "a; -"), ("a;;=1;+2", "a;;'=1;'+2"), ("=1;=2", "'=1;'=2"), ("a\n\nb", "a\n\nb"),
        ("a;\"=1", "a;'\"=1"), ("a;", "a;"), ("Ada Lovelace, +49", "Ada Lovelace, +49"),
    ])
    func signsAfterSeparatorsWithinACellAreGuarded(cell: String, guarded: String) throws {
        #expect(try written(["x", cell]).dropFirst(2) == quoted(guarded) + "\n")
        #expect(CSVGuard.unguarded(guarded) == cell)
    }

    @Test func rawCellsAreNotGuarded() throws {
        #expect(try written(["x", "a;=1"], CSVOptions(guardsFormulas: false)) == "x,\"a;=1\"\n")
    }

    @Test(arguments: 0..<300)
    func noPieceOfAnyCellIsAFormula(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let rows = (0..<30).map { _ in (0..<Int.random(in: 1...5, using: &random)).map { _ in random.cell() } }
        var writer = CSVWriter(CSVOptions(crlf: Bool.random(using: &random)), into: MemorySink())
        for row in rows { try writer.write(row: row) }
        let text = try writer.finish().text
        for separator in [",", ";", "\t", "|"] as [Character] {
            for piece in naivePieces(text, separator) + spreadsheetCells(text, separator) {
                let start = piece.drop { $0 == "\"" }.unicodeScalars.first
                #expect(start.map { !"=+-@＝＋－＠".unicodeScalars.contains($0) } ?? true, "\(separator): \(piece)")
            }
        }
        for cell in rows.joined() {
            var copy = cell
            let guarded = copy.withUTF8 { CSVGuard.guarded(UnsafeRawBufferPointer($0)) }
            #expect(CSVGuard.unguarded(guarded.map { String(decoding: $0, as: UTF8.self) } ?? cell) == cell)
        }
    }

    /// As a reader that does not know quotes.
    private func naivePieces(_ text: String, _ separator: Character) -> [String] {
        text.split { $0 == separator || $0.isNewline }.map(String.init)
    }

    /// As a spreadsheet does: quotes count only where a cell begins, and what follows the closing one belongs to the cell.
    private func spreadsheetCells(_ text: String, _ separator: Character) -> [String] {
        var cells: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        let separator = separator.unicodeScalars.first
        while !rest.isEmpty {
            var cell = String.UnicodeScalarView()
            var isQuoted = rest.first == "\""
            if isQuoted { rest = rest.dropFirst() }
            while let scalar = rest.first {
                if isQuoted {
                    rest = rest.dropFirst()
                    if scalar != "\"" {
                        cell.append(scalar)
                    } else if rest.first == "\"" {
                        cell.append(scalar)
                        rest = rest.dropFirst()
                    } else {
                        isQuoted = false
                    }
                } else {
                    if scalar == separator || scalar == "\n" || scalar == "\r" { break }
                    cell.append(scalar)
                    rest = rest.dropFirst()
                }
            }
            cells.append(String(cell))
            rest = rest.dropFirst()
        }
        return cells
    }

    private func quoted(_ cell: String) -> String {
        let needsQuotes = cell.unicodeScalars.contains { ",;|\"\t\n\r".unicodeScalars.contains($0) }
        return needsQuotes ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
    }

    private func written(_ cells: [String], _ options: CSVOptions = CSVOptions()) throws -> String {
        var writer = CSVWriter(options, into: MemorySink())
        try writer.write(row: cells)
        return try writer.finish().text
    }
}
