import Testing

@Suite struct SeatReportsPlaceholderTests {}
