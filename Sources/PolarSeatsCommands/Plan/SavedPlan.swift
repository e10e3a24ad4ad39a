internal import Foundation
internal import SeatRuns

/// Saves a plan and opens its file: what is shown is what would be applied. Without a path the file is deleted afterwards.
func withSavedPlan<Value>(
    _ contents: PlanContents, at output: String?, _ console: Console, _ body: (PlanFile) throws -> Value
) throws -> Value {
    let path =
        output
        ?? FileManager.default.temporaryDirectory.appendingPathComponent("polar-seats-\(UUID().uuidString).seatplan")
        .path
    console.note(setAside: try PlanFile.create(path, contents, replacing: .unappliedPlan))
    defer { if output == nil { try? FileManager.default.removeItem(atPath: path) } }
    let file = try PlanFile.open(path, .reading)
    defer { try? file.close() }
    return try body(file)
}
