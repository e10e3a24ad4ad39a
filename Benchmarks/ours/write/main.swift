// Reads the fields of a CSV file into memory, then writes them to /dev/null, as often as is asked: write FILE TIMES.
// Cells are guarded against formulas and quoted as needed, as in every export and report. Prints rows, fields, bytes
// written and the processor time of the writing alone.
import Glibc
import RosterFormats

/// All records as Strings, the header too: what a report's rows are made of.
struct Rows: RecordSink {
    var rows: [[String]] = []

    mutating func began(_ dialect: Dialect) {}
    mutating func columnAdded(_ name: String, at index: Int) {
        if rows.isEmpty { rows.append([]) }
        rows[0].append(name)
    }
    mutating func record(_ record: RecordView) {
        rows.append((0..<record.count).map { String(decoding: record.bytes($0), as: UTF8.self) })
    }
    mutating func defect(_ defect: FormatDefect) {}
}

struct Null: ByteSink {
    let file = open("/dev/null", O_WRONLY)
    var bytes = 0

    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        self.bytes += Glibc.write(file, bytes.baseAddress, bytes.count)
    }
}

var rows = Rows()
try read(argument(1), into: &rows)
let times = Int(argument(2)) ?? 1
let begun = processorTime()
var counts = (rows: 0, fields: 0, bytes: 0)
for _ in 0..<times {
    var writer = CSVWriter(into: Null())
    for row in rows.rows {
        try writer.write(row: row)
        counts.rows += 1
        counts.fields += row.count
    }
    counts.bytes += try writer.finish().bytes
}
print(counts.rows, counts.fields, counts.bytes, processorTime() - begun)
