// What the programs share: reading a file into a sink, and the processor time of one piece of work.
import Glibc
import RosterFormats

/// Reads a roster in pieces of 64 KB, as the commands do.
func read(_ path: String, into sink: inout some RecordSink) throws {
    let file = open(path, O_RDONLY)
    guard file >= 0 else {
        print("cannot open \(path)")
        exit(66)
    }
    defer { close(file) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
    defer { buffer.deallocate() }
    var reader = RosterReader(ReadingOptions())
    while true {
        let got = Glibc.read(file, buffer.baseAddress, buffer.count)
        if got <= 0 { break }
        try reader.feed(UnsafeRawBufferPointer(rebasing: buffer[..<got]), into: &sink)
    }
    try reader.finish(into: &sink)
}

/// The processor time of this process so far, in seconds.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// What the program was given, from 1.
func argument(_ index: Int) -> String {
    guard CommandLine.arguments.count > index else {
        print("give more arguments: see the head of the source")
        exit(64)
    }
    return CommandLine.arguments[index]
}
