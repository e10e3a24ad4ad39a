import PolarSeatsCommands

await runPolarSeats()
