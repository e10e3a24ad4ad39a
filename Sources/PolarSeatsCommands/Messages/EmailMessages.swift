internal import Rosters

/// Why Polar would refuse an address, in words.
extension EmailRejection {
    var message: String {
        switch self {
        case .empty: "the address is empty"
        case .emptyLocalPart: "nothing stands before the @"
        case .emptyDomain: "nothing stands after the @"
        case .noAt: "the address has no @"
        case .wideAt: "the @ of the address is a look-alike of another width"
        case .lineBreak: "the address has a line break in it"
        case .openBracket: "the address opens a bracket < that no > at its end closes"
        case .quotedLocalPart: "the part before the @ is in quotes, which Polar does not accept"
        case .bracketedDomain: "an IP address in brackets stands after the @, which Polar does not accept"
        case .leadingFullStop: "the address begins with a full stop"
        case .fullStopBeforeAt: "a full stop stands right before the @"
        case .fullStopAfterAt: "a full stop stands right after the @"
        case .trailingFullStop: "the address ends with a full stop"
        case .doubledFullStops: "two full stops follow each other"
        case .charactersBeforeAt(let characters): "\(characters.listed) cannot stand before the @"
        case .charactersAfterAt(let characters): "\(characters.listed) cannot stand after the @"
        case .charactersInDomain(let characters): "\(characters.listed) cannot stand in a domain name"
        case .unseen(let characters): "the address has \(characters.listed) in it, which cannot be seen"
        case .longAddress(let bytes): "the address takes \(bytes) bytes; 254 is the limit"
        case .longDomain: "the part after the @ is longer than 253 characters"
        case .longLabel(let count): "a part of the domain is \(count) characters long; 63 is the limit"
        case .notInternational: "the part after the @ is not a valid international domain name"
        case .hyphenAtEdge: "a part of the domain begins or ends with a hyphen"
        case .hyphensInThirdPlace: "a part of the domain has two hyphens in third place"
        case .noFullStop: "the domain has no full stop"
        case .noTopLevelDomain: "the domain does not end in a top-level domain"
        case .reserved(let name): "`.\(name)` is reserved and accepts no email"
        }
    }

    var remedy: String {
        switch self {
        case .empty: "fill it in"
        case .noAt: "write it as name@domain, or remove the row"
        case .wideAt: "type a plain @"
        case .lineBreak: "remove the line break"
        case .openBracket: "keep only the address"
        case .trailingFullStop: "remove it"
        case .charactersBeforeAt(let characters) where characters.separatesAddresses: "write one address per row"
        case .charactersAfterAt(let characters) where characters.separatesAddresses: "write one address per row"
        case .unseen: "type the address again, or let `check --fixed` remove it"
        case .longAddress, .longDomain: "check that one cell has one address"
        case .noFullStop: "write the whole domain, as in name@acme-co.dev"
        case .reserved: "use the person's real address"
        default: "correct the address, or remove the row"
        }
    }
}

extension EmailRejection.Characters {
    /// Visible ones in quotes, the others by name or number.
    fileprivate var listed: String {
        first.map { scalar in
            if scalar == " " { return "a space" }
            if scalar == "\t" { return "a tab" }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
                .paragraphSeparator, .nonspacingMark, .spacingMark, .enclosingMark:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                let number = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
                return scalar.properties.name.map { "\(number) \($0.lowercased())" } ?? number
            default: return "`\(scalar)`"
            }
        }.joined(separator: ", ") + (more > 0 ? " and \(more) more characters" : "")
    }
}
