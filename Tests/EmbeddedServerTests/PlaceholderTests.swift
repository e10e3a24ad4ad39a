import Testing

@Suite struct EmbeddedServerPlaceholderTests {}
