/// Sums, differences and products of figures from outside: what an integer cannot hold stays at its end and does not trap.
extension Int {
    package func plus(_ other: Int) -> Int {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? (other < 0 ? .min : .max) : sum
    }

    package func minus(_ other: Int) -> Int {
        let (difference, isTooMuch) = subtractingReportingOverflow(other)
        return isTooMuch ? (other < 0 ? .max : .min) : difference
    }

    package func times(_ other: Int) -> Int {
        let (product, isTooMuch) = multipliedReportingOverflow(by: other)
        return isTooMuch ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// Half up; `whole` and `scale` are above zero, `self` is at least zero.
    package func share(of whole: Int, scale: Int) -> Int {
        Int(clamping: (Int128(self) * 2 * Int128(scale) + Int128(whole)) / (2 * Int128(whole)))
    }

    /// The whole part; 0 of what is no number.
    package init(saturating value: Double) {
        self = value.isNaN ? 0 : value <= -0x1p63 ? .min : value >= 0x1p63 ? .max : Int(value)
    }
}
