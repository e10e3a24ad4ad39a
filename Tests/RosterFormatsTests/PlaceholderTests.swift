import Testing

@Suite struct RosterFormatsPlaceholderTests {}
