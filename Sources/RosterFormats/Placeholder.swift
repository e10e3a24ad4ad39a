enum RosterFormatsPlaceholder {}
