// Plans a roster against live seats with SeatPlanning: join ROWS.csv SEATS.csv
// Reading both files is not counted: what is, goes from entries and a snapshot to a plan. Prints the rows, how many are
// kept, assigned and duplicates, and processor time.
import Rosters
import SeatPlanning

let (entries, world) = try rosterAndWorld()
let begun = processorTime()
let plan = Planner(entries: entries, world: world, options: PlanningOptions()).plan()
let seconds = processorTime() - begun
print(plan.rows.count, plan.count(.keep), plan.count(.assign), plan.count(.duplicate), seconds)
