import Testing

@Suite struct PolarAPIPlaceholderTests {}
