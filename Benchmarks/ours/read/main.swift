// Reads every cell of a roster, CSV or XML, with RosterFormats: 64 KB reads, no Strings. Prints rows, cells, bytes and
// defects.
import RosterFormats

struct Count: RecordSink {
    var rows = 0
    var cells = 0
    var bytes = 0
    var defects = 0

    mutating func began(_ dialect: Dialect) {}
    mutating func columnAdded(_ name: String, at index: Int) {}
    mutating func record(_ record: RecordView) {
        rows += 1
        for i in 0..<record.count {
            cells += 1
            bytes += record.bytes(i).count
        }
    }
    mutating func defect(_ defect: FormatDefect) { defects += 1 }
}

var count = Count()
try read(argument(1), into: &count)
print(count.rows, count.cells, count.bytes, count.defects)
