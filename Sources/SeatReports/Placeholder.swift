enum SeatReportsPlaceholder {}
