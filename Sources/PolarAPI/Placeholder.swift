enum PolarAPIPlaceholder {}
