internal import Mustache

/// The templates of the HTML form, in code so that one binary is enough.
enum HTMLTemplates {
    /// Parsed once. A template that does not parse is a mistake in this file, and every use of HTML says so.
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
        for (name, text) in texts {
            try library.register("{{% CONTENT_TYPE: \(EscapedHTML.name)}}" + text, named: name)
        }
        return library
    }

    private static let texts: KeyValuePairs<String, String> = [
        "top": top, "bottom": bottom, "figures": figures, "facts": facts, "table": table, "bars": bars,
        "timeline": timeline, "header-cells": headerCells,
    ]

    /// The three braces hold only what this module made itself: style, script and their hashes.
    private static let top = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{{styleHash}}}'; script-src '{{{scriptHash}}}'; img-src data:; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <meta name="robots" content="noindex">
        <link rel="icon" href="data:,">
        <title>{{title}}</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        <a class="skip" href="#rows-title">to the {{rowsTitle}}</a>
        <main>
        <h1>{{title}}</h1>
        {{#hasHeadline}}
        <p class="headline{{#isAlarming}} alarm{{/isAlarming}}">{{headline}}</p>
        {{/hasHeadline}}
        {{> figures}}
        {{> facts}}
        {{#tables}}
        {{> table}}
        {{/tables}}
        <section aria-labelledby="rows-title">
        <h2 id="rows-title" tabindex="-1">{{rowsTitle}}</h2>
        {{#rowsNote}}
        <p class="note">{{.}}</p>
        {{/rowsNote}}
        {{#hasRows}}
        <div class="controls" id="controls" hidden>
        <label>search <input type="search" id="search" autocomplete="off" spellcheck="false" aria-controls="rows"></label>
        <label>show <select id="filter" aria-controls="rows"><option value="">all</option></select></label>
        <p id="count" role="status"></p>
        </div>
        <div class="scroll" role="group" aria-labelledby="rows-title" tabindex="0">
        <table id="rows" class="rows">
        <caption class="unseen">{{rowsTitle}}</caption>
        <thead><tr>{{> header-cells}}</tr></thead>
        <tbody>

        {{/hasRows}}
        """

    private static let bottom = """
        {{#hasRows}}
        </tbody>
        </table>
        </div>
        <p><button type="button" id="more" hidden>show more rows</button></p>
        <p class="note" id="hidden-columns" hidden></p>
        {{#unprinted}}
        <p class="note paper">for want of room not on paper: {{.}}; choose others with --columns</p>
        {{/unprinted}}
        {{/hasRows}}
        </section>
        </main>
        <script>{{{script}}}</script>
        </body>
        </html>

        """

    private static let headerCells = """
        {{#columns}}<th scope="col" class="{{class}}">{{title}}</th>{{/columns}}
        """

    private static let figures = """
        <dl class="figures">
        {{#figures}}
        <div><dt>{{label}}</dt><dd>{{value}}</dd></div>
        {{/figures}}
        </dl>
        """

    private static let facts = """
        {{#hasFacts}}
        <dl class="facts">
        {{#facts}}
        <div><dt>{{label}}</dt><dd>{{value}}</dd></div>
        {{/facts}}
        </dl>
        {{/hasFacts}}
        """

    private static let table = """
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{title}}</h2>
        {{#bars}}
        {{> bars}}
        {{/bars}}
        {{#timeline}}
        {{> timeline}}
        {{/timeline}}
        {{#hasChart}}
        <details>
        <summary>{{title}} as a table</summary>
        {{/hasChart}}
        <div class="scroll" role="group" aria-labelledby="{{id}}" tabindex="0">
        <table>
        <caption class="unseen">{{title}}</caption>
        <thead><tr>{{> header-cells}}</tr></thead>
        <tbody>
        {{#rows}}
        <tr>{{#cells}}<td class="{{class}}">{{text}}</td>{{/cells}}</tr>
        {{/rows}}
        </tbody>
        {{#hasTotals}}
        <tfoot>
        {{#totals}}
        <tr>{{#cells}}<td class="{{class}}">{{text}}</td>{{/cells}}</tr>
        {{/totals}}
        </tfoot>
        {{/hasTotals}}
        </table>
        </div>
        {{#hasChart}}
        </details>
        {{/hasChart}}
        {{#note}}
        <p class="note">{{.}}</p>
        {{/note}}
        </section>
        """

    private static let bars = """
        <figure>
        <figcaption>{{title}}</figcaption>
        {{#legend}}
        <ul class="legend" aria-hidden="true">
        {{#items}}
        <li><span class="swatch {{tone}}"></span>{{name}}</li>
        {{/items}}
        {{#hasLimit}}
        <li><span class="swatch limit"></span>{{limitName}}</li>
        {{/hasLimit}}
        </ul>
        {{/legend}}
        <div class="bars">
        {{#bars}}
        <div class="bar">
        <span class="label" aria-hidden="true">{{label}}</span>
        <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{{label}}: {{text}}"><title>{{label}}: {{text}}</title>{{#parts}}<rect class="{{tone}}" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}"><title>{{name}}: {{value}}</title></rect>{{/parts}}{{#limit}}<rect class="limit" x="{{x}}" y="0" width="3" height="20"/>{{/limit}}</svg>
        <span class="text" aria-hidden="true">{{text}}</span>
        </div>
        {{/bars}}
        </div>
        </figure>
        """

    private static let timeline = """
        <figure{{#isShort}} class="few"{{/isShort}}>
        <figcaption>{{title}}</figcaption>
        <p class="axis"><span>{{most}} a minute at most</span></p>
        <svg class="timeline" viewBox="0 0 {{width}} 112" preserveAspectRatio="none" role="img" aria-label="{{title}}"><title>{{title}}</title>{{#bars}}{{#pause}}<rect class="pause" x="{{x}}" y="104" width="{{width}}" height="8"><title>{{label}}: paused {{seconds}} s</title></rect>{{/pause}}<rect class="main" x="{{x}}" y="{{y}}" width="8" height="{{height}}"><title>{{label}}: {{value}}</title></rect>{{/bars}}</svg>
        <p class="axis"><span>{{first}}</span>{{#hasManyBars}}<span>{{last}}</span>{{/hasManyBars}}</p>
        </figure>
        """
}
