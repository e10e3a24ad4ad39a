import RosterFormats

/// The first byte chooses the options; the rest is the file, after so many lines that the sample at its beginning is over
/// and chunks reach the reader as they were cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCSV(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let choice = start[0]
    var options = ReadingOptions()
    options.format = .csv
    options.hasHeader = choice & 1 == 0
    options.delimiter = choice & 2 == 0 ? 0x2C : nil
    options.encoding = choice & 4 == 0 ? nil : TextEncoding.allCases[Int(choice >> 4) % TextEncoding.allCases.count]
    let file = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    FuzzSink.compare(file, options, after: choice & 8 == 0 ? [] : sampleLines)
    return 0
}

private let sampleLines = Array(String(repeating: "a,b,c\n", count: 2731).utf8)
