import Foundation
import TestSupport
import Testing

@testable import RosterFormats

/// Random strict files, read whatever way they are written and cut.
@Suite struct RandomRosterTests {
    struct Table: Equatable {
        var rows: [[String]]

        init(_ random: inout SplitMix64) {
            let pieces = [
                "a", "bc", "Zoë", "😀", " ", "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", "'", "=1", "",
                "sep", "0123456789abcdef", "<&>",
            ]
            let width = Int.random(in: 2...7, using: &random)
            let height = Int.random(in: 1...40, using: &random)
            rows = (0...height).map { row in
                (0..<width).map { column in
                    if row == 0 { return "c\(column)" }
                    let count = Int.random(in: 0...5, using: &random)
                    return (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
                }
            }
        }

        func text(_ delimiter: String, _ lineBreak: String, _ random: inout SplitMix64) -> String {
            var text = ""
            for (i, row) in rows.enumerated() {
                let cells = row.map { cell -> String in
                    let scalars = cell.unicodeScalars
                    let must = scalars.contains { "\"\r\n".unicodeScalars.contains($0) } || cell.contains(delimiter)
                    let may = Int.random(in: 0..<4, using: &random) == 0
                    return must || may
                        ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
                }
                text += cells.joined(separator: delimiter)
                if i + 1 < rows.count || Bool.random(using: &random) { text += lineBreak }
                if Int.random(in: 0..<9, using: &random) == 0, text.hasSuffix(lineBreak) { text += lineBreak }
            }
            return text
        }
    }

    @Test(arguments: 0..<120 as Range<UInt64>)
    func everyCutAndDialectReadsAsTheSource(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let table = Table(&random)
        for (delimiter, byte) in [(",", 0x2C as UInt8), (";", 0x3B), ("\t", 0x09), ("|", 0x7C)] {
            let lineBreak = ["\n", "\r\n", "\r"][Int.random(in: 0..<3, using: &random)]
            let text = table.text(delimiter, lineBreak, &random)
            var options = ReadingOptions()
            options.format = .csv
            options.delimiter = byte
            let whole = Collected.read(text, options)
            #expect(whole.failure == nil)
            #expect([whole.columns] + whole.texts == table.rows)
            #expect(whole.defects == [])
            for limit in [1, 5, 64, 200] {
                let cut = Collected.read(
                    Array(text.utf8), options, sample: Int.random(in: 1...80, using: &random),
                    chunks: { Int.random(in: 1...limit, using: &random) })
                #expect(cut.rows == whole.rows)
                #expect(cut.columns == whole.columns)
                #expect(cut.failure == nil)
            }
        }
    }

    /// Broken files too: whatever is made of them does not depend on how they were cut.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func whatIsMadeOfABrokenFileDoesNotDependOnTheCut(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let pool = Array("ab\"\",,;\n\n\r x".utf8) + [0, 0xC3, 0xA9]
        let length = Int.random(in: 1...400, using: &random)
        var bytes = Array("a,b,c\n".utf8)
        for _ in 0..<length { bytes.append(pool[Int.random(in: 0..<pool.count, using: &random)]) }
        if seed % 2 == 0 { bytes.removeAll { $0 >= 0x80 } }
        var options = ReadingOptions()
        options.format = .csv
        options.delimiter = 0x2C
        let whole = Collected.read(bytes, options)
        for limit in [1, 3, 17, 90] {
            var cut = Collected.read(
                bytes, options, sample: Int.random(in: 1...40, using: &random),
                chunks: { Int.random(in: 1...limit, using: &random) })
            // The sample may be too short to judge the line ends by.
            cut.dialect?.lineEnding = whole.dialect?.lineEnding
            #expect(cut == whole)
        }
    }

    /// Python's csv in strict mode reads each file as ours does.
    @Test(.enabled(if: Python.isThere, "python3 is not on PATH"))
    func pythonReadsTheSame() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rosters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var expected: [[[String]]] = []
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix64(state: 10_000 + seed)
            let table = Table(&random)
            let lineBreak = ["\n", "\r\n", "\r"][Int(seed % 3)]
            let text = table.text(",", lineBreak, &random)
            try Data(text.utf8).write(to: folder.appendingPathComponent("\(seed).csv"))
            var options = ReadingOptions()
            options.delimiter = 0x2C
            let read = Collected.read(text, options)
            expected.append([read.columns] + read.texts)
        }
        let program = """
            import csv, json, sys
            tables = []
            for i in range(200):
                with open(f"{sys.argv[1]}/{i}.csv", encoding="utf-8", newline="") as f:
                    tables.append([row for row in csv.reader(f, strict=True) if row])
            json.dump(tables, sys.stdout)
            """
        let output = try Python.run(program, [folder.path])
        let theirs = try JSONDecoder().decode([[[String]]].self, from: output)
        #expect(theirs == expected)
    }
}

enum Python {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { $0 + "/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    static var isThere: Bool { path != nil }

    static func run(_ program: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["-c", program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return output
    }
}
