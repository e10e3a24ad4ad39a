import Testing

@Suite struct PolarSeatsCommandsPlaceholderTests {}
