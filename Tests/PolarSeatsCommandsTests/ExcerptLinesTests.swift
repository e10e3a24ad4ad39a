import Rosters
import SeatPlanning
import Testing

@testable import PolarSeatsCommands

@Suite struct ExcerptLinesTests {
    @Test(
        arguments: [
            ("a,nadia,b", 2, 5, 40, "a,nadia,b", "  ^~~~~"),
            // A row as a whole has no mark.
            ("a,b", 0, 0, 40, "a,b", nil),
            // An empty cell is pointed at, also at the line's end.
            ("a,", 2, 1, 40, "a,", "  ^"),
            // Tabs and what cannot be seen take one column.
            ("\ta\u{200B}b\u{0}", 1, 4, 40, " a·b·", " ^~~~"),
            // Wide characters take two, marks none.
            ("田中,x", 3, 1, 40, "田中,x", "     ^"), ("e\u{301},x", 3, 1, 40, "e\u{301},x", "  ^"),
            // A line that is too long is cut on both sides.
            ("aaaaaaaaaaaaXXbbbbbbbbbbbb", 12, 2, 10, "…aaaXXbbb…", "    ^~"),
            ("XXbbbbbbbbbbbb", 0, 2, 8, "XXbbbb…", "^~"), ("aaaaaaaaaaaaXX", 12, 2, 8, "…aaaaXX", "     ^~"),
            ("XXXXXXXXXXXXXXXX", 0, 16, 8, "XXXXXX…", "^~~~~~"),
        ] as [(String, Int, Int, Int, String, String?)])
    func `a mark stands beneath what is wrong`(
        _ text: String, _ start: Int, _ length: Int, _ width: Int, _ shown: String, _ mark: String?
    ) {
        let lines = ExcerptLines(Defect.Excerpt(text: text, start: start, length: length), width: width)
        #expect(lines.text == shown)
        #expect(lines.mark == mark)
    }
}
