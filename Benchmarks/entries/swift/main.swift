// Reads a roster in one of four ways: entries fields|entries|cells|check FILE
//   fields   every cell is looked at, nothing is kept
//   entries  entries for planning, the rows' own cells not kept
//   cells    entries for planning, the rows' own cells kept for reports, as `plan` does
//   check    identities alone, and the same person looked for twice, as `check` does
// Prints a count that must be the same each time, and the processor time that reading took, in seconds: without the
// start of the process, with letting go of what was made.
import Glibc
import RosterFormats
import Rosters

struct Fields: RecordSink {
    var rows = 0
    var bytes = 0

    mutating func began(_ dialect: Dialect) {}
    mutating func columnAdded(_ name: String, at index: Int) {}
    mutating func record(_ record: RecordView) {
        rows += 1
        for i in 0..<record.count { bytes += record.bytes(i).count }
    }
    mutating func defect(_ defect: FormatDefect) {}
}

func read(_ path: String, into sink: inout some RecordSink) throws {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { fail("cannot open \(path)", 66) }
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

func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

func fail(_ message: String, _ code: Int32) -> Never {
    print(message)
    exit(code)
}

func entries(_ path: String, keepingCells: Bool) throws -> Int {
    var options = RosterOptions()
    options.keepsCells = keepingCells
    var builder = RosterBuilder(options)
    builder.beginSource(named: path, byteCount: size(path))
    try read(path, into: &builder)
    return try builder.finish().entries.count
}

func check(_ path: String) throws -> Int {
    var options = RosterOptions()
    options.keepsCells = false
    options.keepsIdentitiesAlone = true
    options.keepsExcerpts = true
    options.defectLimit = 5
    var builder = RosterBuilder(options)
    builder.beginSource(named: path, byteCount: size(path))
    try read(path, into: &builder)
    var roster = try builder.finish()
    roster.findTwins()
    return roster.entries.count
}

func fields(_ path: String) throws -> Int {
    var fields = Fields()
    try read(path, into: &fields)
    return fields.bytes > 0 ? fields.rows : 0
}

func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

guard CommandLine.arguments.count == 3 else { fail("usage: entries fields|entries|cells|check FILE", 64) }
let path = CommandLine.arguments[2]
let before = processorSeconds()
let count =
    switch CommandLine.arguments[1] {
    case "fields": try fields(path)
    case "entries": try entries(path, keepingCells: false)
    case "cells": try entries(path, keepingCells: true)
    case "check": try check(path)
    case let other: fail("no such way of reading: \(other)", 64)
    }
print(count, processorSeconds() - before)
