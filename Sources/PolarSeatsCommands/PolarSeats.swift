internal import ArgumentParser

struct PolarSeats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "polar-seats")
}

/// Runs the tool with the process's arguments, and exits with the manual's codes.
public func runPolarSeats() async {
    await PolarSeats.main()
}
