// Plans a roster against live seats, and writes the plan file: plan-file ROWS.csv SEATS.csv FILE
// Prints the rows of its tables `row` and `seat`, and the processor time of the writing alone.
import Foundation
import Rosters
import SeatPlanning
import SeatRuns

try? FileManager.default.removeItem(atPath: argument(3))
let (entries, world) = try rosterAndWorld()
let options = PlanningOptions()
let plan = Planner(entries: entries, world: world, options: options).plan()
let header = PlanHeader(
    toolVersion: "bench", plannedAt: world.takenAt, server: "embedded", serverURL: "", organization: nil,
    model: world.model, options: options, standardContainer: nil, plan: plan, overrides: [], reads: 0)
let contents = PlanContents(
    header: header, rosters: [], entries: entries, defects: [], world: world, plan: plan)
let begun = processorTime()
try PlanFile.create(argument(3), contents)
let seconds = processorTime() - begun
print(plan.rows.count + plan.added.count + plan.growths.count + world.containers[0].seats.count, seconds)
