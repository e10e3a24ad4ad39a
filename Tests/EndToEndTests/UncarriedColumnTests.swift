import Foundation
import TestSupport
import Testing

/// Random rosters with columns that no one asked for: not one of their cells is in a file that a run writes.
@Suite("Nothing is carried that no one asked for")
struct UncarriedColumnTests {
    private static let formats = ["csv", "json", "xml", "html", "md"]

    @Test("no cell of an uncarried column is in any file of a run", arguments: UInt64(1)...6)
    func nowhere(_ seed: UInt64) async throws {
        var random = SplitMix64(seed)
        let delimiter = [",", ";", "\t"].randomElement(using: &random) ?? ","
        let isXML = seed % 3 == 0
        var columns = ["email", "name", "Desk"] + (1...4).map { "Private \($0)" }
        columns.shuffle(using: &random)
        var secrets: [String] = []
        var rows: [[String]] = []
        for number in 0..<20 {
            rows.append(
                columns.map { column in
                    switch column {
                    case "email":
                        // Some fail on the server, some are invalid, one is there twice.
                        return number == 3
                            ? "x\(number)@no-such-domain.dev"
                            : number == 5 ? "not an address" : "p\(number == 7 ? 1 : number)@acme-co.dev"
                    case "name": return "Name \(number)"
                    case "Desk": return "carried\(number)"
                    default:
                        let secret = "zq\(String(random.next(), radix: 36))zq"
                        secrets.append(secret)
                        return secret
                    }
                })
        }
        let file = isXML ? "people.xml" : "people.csv"
        var text = columns.joined(separator: delimiter) + "\n"
        for (number, row) in rows.enumerated() {
            let cells = row.map { random.next() % 4 == 0 ? "\"\($0)\"" : $0 }
            // A row that is too long, and one with a stray quote, in cells that are not carried.
            text +=
                cells.joined(separator: delimiter) + (number == 9 ? delimiter + "zqextrazq" : "")
                + (number == 11 ? "\"zqstrayzq" : "") + "\n"
        }
        secrets += ["zqextrazq", "zqstrayzq"]
        if isXML {
            text = "<roster>"
            for row in rows {
                text += "<member>"
                for (column, cell) in zip(columns, row) {
                    let name = column.replacing(" ", with: "")
                    text += "<\(name)>\(cell)</\(name)>"
                }
                text += "</member>"
            }
            text += "</roster>"
        }
        try await withTool { tool in
            try tool.write(text, file)
            let plan = try await tool.run(
                "plan", file, "--server", "embedded", "--subscription", World.acme, "--carry", "desk", "-o",
                "a.seatplan", "--skip-invalid")
            let apply = try await tool.run(
                ["apply", "a.seatplan", "--failed", "failed.csv"] + Self.formats.flatMap { ["--report", "r.\($0)"] })
            #expect(apply.status == 3, "\(plan)\n\(apply)")
            var files: Set<String> = ["a.seatplan", "a.seatplan-wal"]
            for format in Self.formats { files.insert("r.\(format)") }
            for name in files {
                guard let bytes = FileManager.default.contents(atPath: tool.path(name)) else { continue }
                for secret in secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name): \(secret)") }
                // Markdown shows few columns, and none that is carried.
                if name != "a.seatplan-wal", name != "r.md" {
                    #expect(bytes.range(of: Data("carried4".utf8)) != nil, "\(name)")
                }
            }
            for secret in secrets { #expect(!plan.everything.contains(secret) && !apply.everything.contains(secret)) }
            // The failed rows have the roster's own columns, and so all their cells.
            let failed = try tool.read("failed.csv")
            for (column, cell) in zip(columns, rows[3]) where column != "email" {
                #expect(failed.contains(cell), "\(column)")
            }
        }
    }

    @Test("a roster that changed since gives the failed rows the plan's columns alone, with a warning")
    func changed() async throws {
        try await withTool { tool in
            let place = ["--server", "embedded", "--subscription", World.acme]
            try tool.write("email,desk,floor\nx@no-such-domain.dev,d1,f1\n", "people.csv")
            let plan = try await tool.run(["plan", "people.csv", "--carry", "floor", "-o", "a.seatplan"] + place)
            #expect(plan.status == 0, "\(plan)")
            try tool.write("email,desk,floor\nsomebody@acme-co.dev,d2,f2\n", "people.csv")
            let apply = try await tool.run(
                "apply", "a.seatplan", "--ignore-roster-change", "--failed", "f.csv")
            #expect(apply.status == 3, "\(apply)")
            #expect(apply.talk.contains("people.csv is no longer the file that the plan was made from"), "\(apply)")
            #expect(try tool.read("f.csv").hasPrefix("email,floor,error,message\nx@no-such-domain.dev,f1,"))
        }
    }
}
