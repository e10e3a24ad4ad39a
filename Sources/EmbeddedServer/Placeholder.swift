enum EmbeddedServerPlaceholder {}
