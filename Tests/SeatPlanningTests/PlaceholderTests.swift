import Testing

@Suite struct SeatPlanningPlaceholderTests {}
