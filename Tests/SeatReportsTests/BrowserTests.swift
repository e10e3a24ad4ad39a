import Foundation
import RosterFormats
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
