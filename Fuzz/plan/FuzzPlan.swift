import Foundation
import SeatPlanning
import SeatRuns

/// The file that every input is written to: in memory, where the system has such a folder.
private let place: String = {
    let shared = "/dev/shm"
    let folder = FileManager.default.isWritableFile(atPath: shared) ? shared : NSTemporaryDirectory()
    return "\(folder)/polar-seats-fuzz-\(getpid()).seatplan"
}()

/// Opens the input as a plan and reads everything in it: it is a plan, or an error says in one line what it is not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlan(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    do {
        try Data(bytes: start, count: count).write(to: URL(fileURLWithPath: place))
    } catch {
        fatalError("the input cannot be written: \(error)")
    }
    defer { unlink(place) }
    do {
        let file = try PlanFile.open(place, .reading)
        defer { try? file.close() }
        _ = try (file.header(), file.rosters(), file.containers(), file.defects(), file.entries())
        _ = try (file.summary(), file.extraColumns(), file.missedRows(), file.changedContainers())
        for filter in [ResultFilter.all, .needsAttention, .missedGoal] { try file.forEachResult(filter) { _ in } }
        try file.forEachAssignment { _ in }
    } catch let error as PlanFileError {
        precondition(
            !error.description.isEmpty && !error.description.contains("\n"), "an error of no line, or of several")
    } catch {
        fatalError("an error of another kind: \(error)")
    }
    return 0
}
