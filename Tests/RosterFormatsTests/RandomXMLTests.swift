import CLibXML2
import Foundation
import TestSupport
import Testing

@testable import RosterFormats

/// Random documents, read as libxml2's own tree has them.
@Suite struct RandomXMLTests {
    /// Records with attributes, leaves, nested elements, entities, CDATA and comments.
    private static func document(_ random: inout SplitMix64) -> String {
        func pick(_ items: [String]) -> String { items[Int.random(in: 0..<items.count, using: &random)] }
        func text(inAttribute: Bool) -> String {
            let pieces = ["a", "Zoë", "😀", " ", "&amp;", "&lt;", "&#65;", "&#x1F600;", "\n", "]]", "&quot;", "\t"]
            let more = inAttribute ? [] : ["<![CDATA[<&>]]>", "<!-- no -->", "<?no?>", "\"", "'"]
            return (0..<Int.random(in: 0...4, using: &random)).map { _ in pick(pieces + more) }.joined()
        }
        func element(_ depth: Int, _ name: String) -> String {
            var out = "<\(name)"
            for key in ["p", "q", "r"] where Bool.random(using: &random) {
                out += pick([" ", "\n"]) + "\(key)=\"\(text(inAttribute: true))\""
            }
            if Int.random(in: 0..<4, using: &random) == 0 { return out + "/>" }
            out += ">"
            if depth < 3, Bool.random(using: &random) {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    out += pick(["", "\n  ", "text"]) + element(depth + 1, pick(["x", "y", "z"]))
                }
            } else {
                out += text(inAttribute: false)
            }
            return out + "</\(name)>"
        }
        var out = pick(["", "<?xml version=\"1.0\"?>\n", "<!-- a -->"]) + "<d>"
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            out += pick(["", "\n", "<g>\n</g>", "<!-- <u/> -->"]) + element(0, "u")
        }
        return out + "</d>"
    }

    /// What the tree holds, by the rules of the reader: the first of each path, in the document's order.
    private static func records(_ text: String) throws -> [[String]] {
        let document = xmlReadMemory(text, Int32(text.utf8.count), nil, nil, Int32(XML_PARSE_NOENT.rawValue))
        let parsed = try #require(document)
        defer { xmlFreeDoc(parsed) }
        var records: [[String]] = []
        func walk(_ node: xmlNodePtr?) {
            var next = node
            while let node = next {
                next = node.pointee.next
                guard node.pointee.type == XML_ELEMENT_NODE else { continue }
                guard String(cString: node.pointee.name) == "u" else {
                    walk(node.pointee.children)
                    continue
                }
                var cells: [(String, String)] = []
                gather(node, "", &cells)
                var seen: Set<String> = []
                records.append(cells.filter { seen.insert($0.0).inserted }.map { "\($0.0)=\($0.1)" })
            }
        }
        func gather(_ node: xmlNodePtr, _ path: String, _ cells: inout [(String, String)]) {
            var attribute = node.pointee.properties
            let hasAttributes = attribute != nil
            while let each = attribute {
                let name = String(cString: each.pointee.name)
                cells.append((path.isEmpty ? name : "\(path)/@\(name)", content(each.pointee.children)))
                attribute = each.pointee.next
            }
            var child = node.pointee.children
            var isLeaf = true
            while let each = child {
                if each.pointee.type == XML_ELEMENT_NODE {
                    isLeaf = false
                    let name = String(cString: each.pointee.name)
                    gather(each, path.isEmpty ? name : "\(path)/\(name)", &cells)
                }
                child = each.pointee.next
            }
            guard isLeaf else { return }
            let text = content(node.pointee.children)
            let isBlank = text.utf8.allSatisfy { $0 <= 0x20 }
            if isBlank && (hasAttributes || path.isEmpty) { return }
            cells.append((path.isEmpty ? "." : path, text))
        }
        func content(_ first: xmlNodePtr?) -> String {
            var text = ""
            var next = first
            while let node = next {
                let type = node.pointee.type
                if type == XML_TEXT_NODE || type == XML_CDATA_SECTION_NODE, let content = node.pointee.content {
                    text += String(cString: content)
                }
                next = node.pointee.next
            }
            return text
        }
        walk(xmlDocGetRootElement(parsed))
        return records
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func theStreamHoldsWhatTheTreeHolds(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let text = Self.document(&random)
        let expected = try Self.records(text)
        var options = ReadingOptions()
        options.xmlRecord = "u"
        for limit in [1, 3, 20, 1 << 16] {
            let read = Collected.read(
                Array(text.utf8), options, sample: 4, chunks: { Int.random(in: 1...limit, using: &random) })
            #expect(read.failure == nil)
            #expect(read.named == expected)
        }
    }

    /// The file exists and can be read; an entity that names it must not bring its text in.
    @Test func noFileIsReadThroughAnEntity() throws {
        let canary = FileManager.default.temporaryDirectory.appendingPathComponent("canary-\(UUID().uuidString)")
        try Data("sings".utf8).write(to: canary)
        defer { try? FileManager.default.removeItem(at: canary) }
        let texts = [
            "<!DOCTYPE roster [<!ENTITY c SYSTEM \"\(canary.path)\">]><roster><member name='a'>&c;</member></roster>",
            "<!DOCTYPE roster [<!ENTITY % c SYSTEM \"file://\(canary.path)\"> %c;]><roster><member name='a'/></roster>",
            "<!DOCTYPE roster SYSTEM \"\(canary.path)\"><roster><member name='a'/></roster>",
        ]
        for text in texts {
            for chunk in [1, 10, 1 << 16] {
                let read = Collected.read(text, sample: 4, chunk: chunk)
                #expect(read.failure?.code == .forbiddenDoctype)
                #expect(read.rows == [])
            }
        }
        // The same file is not read for a schema either.
        var options = ReadingOptions()
        options.schema = Array(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='\(canary.path)'/></xs:schema>"
                .utf8)
        #expect(Collected.read("<roster/>", options).failure?.code == .unusableSchema)
    }
}
