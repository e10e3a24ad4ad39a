import Testing

@Suite struct SeatRunsPlaceholderTests {}
