/// What a document says to people beside its rows: the facts, and figures as tables, some of them drawn as well.
/// HTML and Markdown are two renderings of this value.
struct Overview: Sendable, Equatable {
    /// A label and its value, such as `server` and its address.
    struct Fact: Sendable, Equatable {
        var label: String
        var value: String
        init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    struct Table: Sendable, Equatable {
        var title: String
        var columns: [Column]
        var rows: [[String]]
        /// Sums, below the rows: shown however many rows are left out.
        var totals: [[String]] = []
        var chart: Chart?
        /// Said below: what is left out, what a word means.
        var note: String?
        /// What the color of its heading means: a revocation is bad news, an assignment good.
        var tone: Chart.Tone = .quiet
        /// Shown only on demand.
        var isCollapsed = false
        /// How many rows there are, where ``rows`` holds only the first of them.
        var total: Int?
    }

    /// What the color of the headline means.
    enum Tone: String, Sendable {
        case good, warning, bad, neutral
    }

    var title: String
    /// The first thing that a reader must know, such as that rows failed; empty: nothing.
    var headline: String = ""
    var tone = Tone.neutral
    /// Which kind of server it is about: `PRODUCTION`, `SANDBOX`, `EMBEDDED`.
    var tag: String?
    /// Below the headline: server, organization, rosters.
    var place = ""
    /// Two or three figures, shown large.
    var lead: [Fact] = []
    /// The other figures.
    var figures: [Fact] = []
    /// What an auditor copies.
    var facts: [Fact] = []
    /// Guards, warnings and what is not covered, one sentence each.
    var notices: [Fact] = []
    var tables: [Table] = []
    /// What the rows are, for the table's heading.
    var rowsTitle: String
    /// Where the rows are that a long table leaves out.
    var whereTheRestIs: String
}

/// A bar chart's values.
struct Chart: Sendable, Equatable {
    struct Bar: Sendable, Equatable {
        var label: String
        /// One a series; stacked, or side by side.
        var values: [Double]
        /// A mark across the bar, such as the seats bought.
        var limit: Double?
        /// What is said after the bar.
        var text: String
        /// In place of the series' own.
        var tone: Tone?
    }
    struct Series: Sendable, Equatable {
        var name: String
        var tone: Tone
    }
    /// Colors by meaning; the style sheet has them for light and dark.
    enum Tone: String, Sendable {
        case main, quiet, good, bad
    }

    enum Form: Sendable, Equatable {
        /// Lying bars, one below the other, each series a bar of its own.
        case grouped
        /// Lying bars, the series one after the other in one bar.
        case stacked
        /// Standing bars along time; the second series is drawn as a line below, where it is not nothing.
        case timeline
    }

    var form: Form
    var series: [Series]
    var bars: [Bar]
    /// What the picture shows, for those who do not see it.
    var title: String
    /// What the bars' mark stands for.
    var limitName = "bought"
}
