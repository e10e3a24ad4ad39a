internal import Mustache

/// The templates of the HTML form: `Resources/*.mustache`, embedded so that one binary is enough.
enum HTMLTemplates {
    /// Parsed once. A template that does not parse is a defect of this package, and every use of HTML reports it.
    private static let library = Result { try parsed() }

    static func render(_ name: String, _ values: [String: Any]) throws -> String {
        guard let text = try library.get().render(values, withTemplate: name) else {
            throw ReportError(
                code: .noTemplate, message: "there is no template \(name)", remedy: "report this as a bug")
        }
        return text
    }

    private static func parsed() throws -> MustacheLibrary {
        MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
        var library = MustacheLibrary()
        for (name, bytes) in templates {
            try library.register(
                "{{% CONTENT_TYPE: \(EscapedHTML.name)}}" + HTMLAsset.text(of: bytes), named: name)
        }
        return library
    }

    private static let templates: KeyValuePairs<String, [UInt8]> = [
        "top": PackageResources.top_mustache, "bottom": PackageResources.bottom_mustache,
        "figures": PackageResources.figures_mustache, "facts": PackageResources.facts_mustache,
        "table": PackageResources.table_mustache, "bars": PackageResources.bars_mustache,
        "timeline": PackageResources.timeline_mustache, "header-cells": PackageResources.header_cells_mustache,
    ]
}
