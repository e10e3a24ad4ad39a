import RosterFormats

/// The first byte chooses how much white space stands before the document, so that chunks reach the reader as they were cut, and
/// how long a record may be; the rest is the document.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let choice = start[0]
    var options = ReadingOptions()
    options.format = .json
    if choice & 1 != 0 { options.maximumRecordBytes = 64 }
    let file = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    FuzzSink.compare(file, options, after: choice & 2 == 0 ? [] : space)
    return 0
}

private let space = [UInt8](repeating: 0x20, count: 1 << 14)
