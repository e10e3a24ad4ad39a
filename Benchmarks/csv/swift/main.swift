// Reads every cell of a roster, CSV or XML, with RosterFormats: 64 KB reads, no Strings.
import Glibc
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

guard CommandLine.arguments.count > 1 else {
    print("give a file")
    exit(64)
}
let file = open(CommandLine.arguments[1], O_RDONLY)
guard file >= 0 else {
    print("cannot open \(CommandLine.arguments[1])")
    exit(66)
}
let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
var reader = RosterReader(ReadingOptions())
var count = Count()
while true {
    let got = read(file, buffer.baseAddress, buffer.count)
    if got <= 0 { break }
    try reader.feed(UnsafeRawBufferPointer(rebasing: buffer[..<got]), into: &count)
}
try reader.finish(into: &count)
print(count.rows, count.cells, count.bytes, count.defects)
