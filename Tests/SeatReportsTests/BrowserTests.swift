import Foundation
import RosterFormats
import Rosters
import SeatPlanning
import SeatReports
import Testing

/// The page in a real browser: the script runs under its own policy, and search, filter and sort do what they say.
@Suite(.enabled(if: Shell.path("chromium") != nil, "needs chromium"), .serialized)
struct BrowserTests {
    @Test func searchFilterAndSortWorkAndNothingIsRefused() throws {
        let steps = """
            say("start");
            type("GLOBEX");
            say("search");
            type("");
            choose("failed");
            say("filter");
            type("people");
            say("both");
            type("");
            choose("");
            click("email");
            say("sorted");
            click("email");
            say("reversed");
            click("email");
            say("back");
            click("line");
            say("figures");
            """
        let log = try run(ReportSamples.report(.html), steps)
        #expect(
            log == [
                "start 6 of 6 rows: 2 3 4 5 7 -", "search 1 of 6 rows: 7", "filter 1 of 6 rows: 4",
                "both 1 of 6 rows: 4", "sorted 6 of 6 rows: 4 3 - 2 7 5", "reversed 6 of 6 rows: 5 7 2 - 3 4",
                "back 6 of 6 rows: 2 3 4 5 7 -", "figures 6 of 6 rows: 2 3 4 5 7 -",
            ])
    }

    @Test func aLongTableIsShownByPages() throws {
        var writer = try ResultReportWriter(
            format: .html, options: ReportOptions(columns: ["outcome", "line", "email"]),
            summary: ReportSamples.summary,
            into: MemorySink())
        for line in 1...1_200 {
            var row = ReportSamples.rows[0]
            row.line = line
            try writer.write(row)
        }
        let steps = """
            say("start", true);
            page.getElementById("more").click();
            say("more", true);
            page.getElementById("more").click();
            say("all", true);
            """
        let log = try run(writer.finish().text, steps)
        #expect(
            log == [
                "start 1,200 of 1,200 rows, the first 500 shown: 500",
                "more 1,200 of 1,200 rows, the first 1,000 shown: 1000", "all 1,200 of 1,200 rows: 1200",
            ])
    }

    /// Whatever the rows hold, the browser runs no script but the page's own and finds nothing to refuse.
    @Test func hostileRowsRunNothing() throws {
        var random = RandomRows(seed: 4)
        var writer = try ResultReportWriter(format: .html, summary: ReportSamples.summary, into: MemorySink())
        for line in 1...200 { try writer.write(random.row(line: line)) }
        let log = try run(writer.finish().text, "lines.push(String(page.querySelectorAll('script,td *').length));")
        #expect(log == ["1"])
    }

    /// What real keys and a screen reader find: see `keyboard.py`.
    private struct Found: Decodable {
        struct Stop: Decodable, Equatable {
            var name: String
            /// Pixels of the frame around what has the focus.
            var outline: Double
            var seen: Bool
        }
        struct Table: Decodable {
            var columns: [String]
            var rows: Int
            var cells: Int
        }
        struct Node: Decodable {
            var role: String
            var name: String
            var level: Int?
            var focusable: Bool
        }
        var stops: [Stop]
        var sorts: [String]
        var tree: [Node]
        /// The table of the rows, as a screen reader counts it.
        var table: Table
        /// Pixels by which the page is wider than the window.
        var overflow: Int

        func nodes(_ role: String) -> [Node] { tree.filter { $0.role == role } }
    }

    /// Without a mouse and without eyes: everything is reached by Tab in the order in which it stands, is seen when it has
    /// the focus, works by Enter and Space, and has a name.
    @Test(
        .enabled(if: Shell.path("python3") != nil, "needs python3"),
        arguments: ReportSamples.kinds.map { ($0, 1280) } + [("report", 360), ("seats", 360)])
    func keysAndScreenReadersFindEverything(kind: String, width: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "polar-seats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appending(path: "page.html")
        try Data(ReportSamples.document(kind, .html).utf8).write(to: page)
        let output = try Shell.output(
            "python3",
            [
                try Golden.url("keyboard.py").path(), page.path(), String(width),
                folder.appending(path: "profile").path(),
            ])
        let found = try JSONDecoder().decode(Found.self, from: output)

        for stop in found.stops { #expect(stop.seen && stop.outline >= 2, "\(stop)") }
        let names = found.stops.map(\.name)
        #expect(names.first?.hasPrefix("a to the ") == true)
        let headers = found.table.columns
        let search = try #require(names.firstIndex(of: "input search"))
        // The filters of the page, its buttons, then the table: its region, and a button on each heading.
        let table = try #require(names.firstIndex(of: "div by rows-title"))
        #expect(Array(names[(table + 1)...]) == headers.map { "button \($0)" })
        let controls = names[(search + 1)..<table]
        #expect(controls.first == "select filter" && controls.last == "button download")
        #expect(controls.dropFirst().allSatisfy { $0.hasPrefix("select ") || $0.hasPrefix("button ") })

        #expect(found.sorts == ["none", "\(headers[1]) ascending", "\(headers[1]) descending", "none"])

        let levels = found.nodes("heading").compactMap(\.level)
        #expect(levels.count { $0 == 1 } == 1 && levels.first == 1)
        for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1) }
        for node in found.tree where node.focusable || ["image", "table", "region"].contains(node.role) {
            #expect(!node.name.isEmpty, "\(node)")
        }
        #expect(Set(found.nodes("region").map(\.name)).count == found.nodes("region").count)
        #expect(found.table.rows > 2 && found.table.cells == (found.table.rows - 1) * headers.count)
        #expect(found.nodes("searchbox").map(\.name) == ["search"])
        let filters = found.nodes("combobox").map(\.name)
        #expect(filters.count == controls.count { $0.hasPrefix("select ") } && Set(filters).count == filters.count)
        #expect(found.overflow == 0)
    }

    /// On paper each sheet of a long table has its heading row, no heading stands alone at a sheet's end, and rows are
    /// not torn.
    @Test(.enabled(if: Shell.path("pdftotext") != nil, "needs pdftotext, from Debian's poppler-utils"))
    func aLongReportPrintsWell() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "polar-seats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for containers in [1, 9, 14, 16] {
            var summary = ReportSamples.summary
            summary.containers = (1...containers).map { number in
                var container = ReportSamples.summary.containers[0]
                container.team = "team \(number)"
                return container
            }
            var writer = try ResultReportWriter(format: .html, summary: summary, into: MemorySink())
            for line in 1...120 {
                var row = ReportSamples.rows[0]
                row.line = line + 1
                row.email = "p\(line)@acme-co.dev"
                // A column whose cells are all the same is not shown.
                if line % 2 == 0 { (row.action, row.outcome) = (.keep, .kept) }
                try writer.write(row)
            }
            let page = folder.appending(path: "page.html")
            try Data(writer.finish().text.utf8).write(to: page)
            let paper = folder.appending(path: "page.pdf")
            _ = try Shell.output(
                "chromium",
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                    "--user-data-dir=\(folder.appending(path: "profile").path())", "--print-to-pdf=\(paper.path())",
                    "file://\(page.path())",
                ])
            let text = try String(
                decoding: Shell.output("pdftotext", ["-layout", paper.path(), "-"]), as: UTF8.self)
            let sheets = text.split(separator: "\u{c}").map { sheet in
                sheet.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            }.filter { !$0.isEmpty }
            // The rows come last, behind lists of some of the same people.
            let rows = try #require(text.range(of: "All rows", options: .backwards)).upperBound
            let headings = ["All rows", "Assignments (60)", "Outcomes", "Seats before and after", "Changes over time"]
            for sheet in sheets {
                #expect(!headings.contains(sheet.last ?? ""), "\(containers): \(sheet.suffix(3))")
                guard let first = sheet.firstIndex(where: { $0.contains("@acme-co.dev") }) else { continue }
                let above = sheet[..<first].suffix(2).joined(separator: " ")
                let isHeading =
                    ["outcome", "email"].allSatisfy(above.contains) || ["person", "result"].allSatisfy(above.contains)
                #expect(isHeading, "\(containers): \(above)")
            }
            let people = text[rows...].matches(of: /p\d+@acme-co\.dev/).map { String($0.output) }
            #expect(people == (1...120).map { "p\($0)@acme-co.dev" })
        }
    }

    /// Opens the page in a frame of a driving page, takes the steps, and gives what they said. Fails on any message of
    /// the console.
    private func run(_ html: String, _ steps: String) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "polar-seats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(html.utf8).write(to: folder.appending(path: "page.html"))
        let driver = """
            <!DOCTYPE html><meta charset="utf-8"><pre id="log">not run</pre>
            <iframe id="frame" src="page.html" width="1000" height="800"></iframe>
            <script>
            document.getElementById("frame").onload = function () {
              var page = this.contentDocument, lines = [];
              function event(element, name) { element.dispatchEvent(new page.defaultView.Event(name, { bubbles: true })); }
              function type(text) { var box = page.getElementById("search"); box.value = text; event(box, "input"); }
              function choose(mark) { var box = page.getElementById("filter"); box.value = mark; event(box, "change"); }
              function click(title) {
                Array.from(page.querySelectorAll("#rows th button")).find(function (button) {
                  return button.textContent === title;
                }).click();
              }
              function say(step, countOnly) {
                var titles = Array.from(page.querySelectorAll("#rows th")).map(function (cell) { return cell.textContent; });
                var line = titles.indexOf("line");
                var rows = Array.from(page.querySelectorAll("#rows tbody tr"));
                var shown = countOnly ? rows.length : rows.map(function (row) { return row.cells[line].textContent || "-"; }).join(" ");
                lines.push(step + " " + page.getElementById("count").textContent + ": " + shown);
              }
              try { \(steps) } catch (error) { lines.push("error " + error); }
              document.getElementById("log").textContent = "BEGIN\\n" + lines.join("\\n") + "\\nEND";
            };
            </script>
            """
        try Data(driver.utf8).write(to: folder.appending(path: "driver.html"))
        let output = try Shell.output(
            "chromium",
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
                "--user-data-dir=\(folder.appending(path: "profile").path())", "--enable-logging=stderr",
                "--virtual-time-budget=10000", "--dump-dom", "file://\(folder.appending(path: "driver.html").path())",
            ])
        let text = String(decoding: output, as: UTF8.self)
        let messages = text.split(separator: "\n").filter { $0.contains("CONSOLE") || $0.contains("Refused") }
        #expect(messages.isEmpty, "\(messages)")
        let log = try #require(text.components(separatedBy: "BEGIN\n").last?.components(separatedBy: "\nEND").first)
        return log.split(separator: "\n").map { String($0).replacing("&lt;", with: "<").replacing("&amp;", with: "&") }
    }
}
