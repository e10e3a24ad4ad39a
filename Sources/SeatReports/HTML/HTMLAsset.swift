internal import Crypto
internal import Foundation

/// The style sheet or the script of a page, and its name in the page's content security policy.
struct HTMLAsset: Sendable {
    let text: String
    /// `sha256-` and the Base64 of the text's SHA-256, as the policy spells it (CSP Level 3, 2.3.1).
    let hash: String

    /// Search, filter and sort of the table. Without it the page still shows every row.
    static let script = HTMLAsset(PackageResources.script_js)

    /// In both color schemes text stands out from what is behind it by 4.5 to 1, and what a chart draws from its background
    /// and its neighbors by 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11); a test computes it.
    static let style = HTMLAsset(PackageResources.style_css)

    private init(_ resource: [UInt8]) {
        text = Self.text(of: resource)
        hash = "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }

    /// A resource as it goes into a page: its file ends with a line break, which a page does not need.
    static func text(of resource: [UInt8]) -> String {
        String(decoding: resource.last == UInt8(ascii: "\n") ? resource.dropLast() : resource[...], as: UTF8.self)
    }
}
