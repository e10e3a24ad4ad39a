enum SeatRunsPlaceholder {}
