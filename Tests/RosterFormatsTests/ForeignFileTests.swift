import Testing

@testable import RosterFormats

@Suite("A file of another kind is called by its name") struct ForeignFileTests {
    private static let office: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    static let files: [(bytes: [UInt8], kind: RosterFormatError.ForeignFile)] = [
        (Array("PK\u{3}\u{4}....[Content_Types].xml".utf8), .spreadsheet),
        (
            Array("PK\u{3}\u{4}..mimetypeapplication/vnd.oasis.opendocument.spreadsheet".utf8),
            .spreadsheet
        ),
        (Array("PK\u{3}\u{4}....people.csv".utf8), .zipArchive),
        (office + [UInt8](repeating: 0, count: 600), .oldOfficeDocument),
        ([0x1F, 0x8B, 0x08, 0x00, 0x61], .gzip),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x24], .zstd),
        (Array("%PDF-1.7\n%\u{E2}\n1 0 obj\n".utf8), .pdf),
        (Array("SQLite format 3\0....".utf8), .sqliteDatabase),
        (Array("\n<!DOCTYPE html><html><body>".utf8), .webPage),
        (Array("<HTML><head>".utf8), .webPage),
    ]

    @Test(arguments: files)
    func named(_ file: (bytes: [UInt8], kind: RosterFormatError.ForeignFile)) {
        let failure = Collected.read(file.bytes).failure
        #expect(failure?.code == .foreignFile)
        #expect(failure?.problem == .foreignFile(file.kind))
    }

    @Test(
        "rosters that look a little like one are rosters",
        arguments: [
            "PK,email\n1,a@acme-co.dev\n", "[id],email\n1,a@acme-co.dev\n", "{id},email\n1,a@acme-co.dev\n",
            "%PDF,email\n1,a@acme-co.dev\n", "SQLite,email\n1,a@acme-co.dev\n",
        ])
    func rosters(_ text: String) {
        let read = Collected.read(text)
        #expect(read.failure == nil)
        #expect(read.texts.map { $0[1] } == ["a@acme-co.dev"])
    }

    @Test("whoever names the form is believed")
    func named() {
        var options = ReadingOptions()
        options.format = .xml
        options.xmlRecord = "li"
        #expect(
            Collected.read("<html><li><email>a@acme-co.dev</email></li></html>", options).texts == [["a@acme-co.dev"]])
    }
}
