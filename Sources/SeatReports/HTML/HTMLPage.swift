internal import Mustache
internal import Rosters

/// What stands around the rows of an HTML document, rendered from the templates.
struct HTMLPage {
    var overview: Overview
    var columns: [Column]
    var rows: BoundedRows
    /// What the first filter chooses by.
    var filterTitle = "show"

    /// Everything up to the first row.
    func top() throws -> String { try HTMLTemplates.render("top", values) }

    /// Everything after the last row.
    func bottom() throws -> String { try HTMLTemplates.render("bottom", values) + "\n" }

    private var values: [String: Any] {
        var values: [String: Any] = [
            "title": overview.title, "headline": overview.headline, "tone": overview.tone.rawValue,
            "hasHeadline": !overview.headline.isEmpty, "style": HTMLAsset.style.text, "script": HTMLAsset.script.text,
            "styleHash": HTMLAsset.style.hash, "scriptHash": HTMLAsset.script.hash, "rowsTitle": overview.rowsTitle,
            "figures": overview.figures.map { ["label": $0.label, "value": $0.value] },
            "facts": overview.facts.map { ["label": $0.label, "value": $0.value] },
            "hasFacts": !overview.facts.isEmpty, "tag": overview.tag ?? "", "hasTag": overview.tag != nil,
            "place": overview.place,
            "hasPlace": !overview.place.isEmpty,
            "filterTitle": filterTitle,
            "lead": overview.lead.map { ["label": $0.label, "value": $0.value] }, "hasLead": !overview.lead.isEmpty,
            "notices": overview.notices.map { ["label": $0.label, "value": $0.value] },
            "hasNotices": !overview.notices.isEmpty,
            "tables": overview.tables.enumerated().map { HTMLPage.values(of: $1, number: $0) },
            "columns": columns.map { ["title": $0.title, "class": $0.htmlClass] },
            "hasRows": rows.shown > 0,
        ]
        let unprinted = columns.filter { !$0.isOnPaper }.map(\.title)
        if !unprinted.isEmpty { values["unprinted"] = unprinted.joined(separator: ", ") }
        if let note = rows.note(whereTheRestIs: overview.whereTheRestIs) { values["rowsNote"] = note }
        return values
    }

    private static func values(of table: Overview.Table, number: Int) -> [String: Any] {
        var values: [String: Any] = [
            "title": table.title, "id": "t\(number)", "hasBars": table.chart != nil,
            "isCollapsed": table.chart != nil || table.isCollapsed, "tone": table.tone.rawValue,
            "columns": table.columns.map { ["title": $0.title, "class": $0.htmlClass] },
            "rows": table.rows.map { cells(of: $0, table.columns) },
            "totals": table.totals.map { cells(of: $0, table.columns) },
            "hasTotals": !table.totals.isEmpty,
        ]
        if let note = table.note { values["note"] = note }
        if let chart = table.chart {
            switch chart.form {
            case .grouped, .stacked: values["bars"] = chart.barValues
            case .timeline: values["timeline"] = chart.timelineValues
            }
        }
        return values
    }
}

extension HTMLPage {
    private static func cells(of row: [String], _ columns: [Column]) -> [String: Any] {
        [
            "cells": row.enumerated().map { index, cell in
                ["text": cell, "class": columns[index].htmlClass, "label": columns[index].title]
            }
        ]
    }
}

extension Chart {
    /// Width of a bar's drawing in its own units; a page stretches it to what room there is.
    private static let width = 1000.0
    /// Height of a bar's drawing.
    private static let height = 20.0

    private var largest: Double {
        bars.reduce(0) { largest, bar in
            let end = form == .stacked ? bar.values.reduce(0, +) : (bar.values.max() ?? 0)
            return max(largest, end, bar.limit ?? 0)
        }
    }

    /// Lying bars: each is a drawing of its own beside its label, so that labels stay readable at any width.
    var barValues: [String: Any] {
        let common = largest > 0 ? Chart.width / largest : 0
        // A small team's bar is as long as a large one's: its own seats are the whole.
        func scale(_ bar: Bar) -> Double {
            guard form == .stacked else { return common }
            let whole = max(bar.values.reduce(0, +), bar.limit ?? 0)
            return whole > 0 ? Chart.width / whole : 0
        }
        return [
            "title": title,
            "legend": series.count > 1 || bars.contains { $0.limit != nil }
                ? [
                    "items": series.map { ["name": $0.name, "tone": $0.tone.rawValue] as [String: Any] },
                    "limitName": limitName, "hasLimit": bars.contains { $0.limit != nil },
                ] as [String: Any] : false,
            "bars": bars.map { bar in
                [
                    "label": bar.label, "text": bar.text,
                    "parts": form == .stacked ? stacked(bar, scale(bar)) : grouped(bar, scale(bar)),
                    "limit": bar.limit.map { ["x": Chart.units(min($0 * scale(bar), Chart.width - 3))] as Any }
                        ?? false,
                ] as [String: Any]
            },
        ]
    }

    private func grouped(_ bar: Bar, _ scale: Double) -> [[String: Any]] {
        let height = Chart.height / Double(max(1, bar.values.count))
        return bar.values.enumerated().map { index, value in
            part(
                bar, index, value, x: 0, y: Double(index) * height, width: value * scale,
                height: bar.values.count > 1 ? height - 1 : height)
        }
    }

    private func stacked(_ bar: Bar, _ scale: Double) -> [[String: Any]] {
        var x = 0.0
        return bar.values.enumerated().map { index, value in
            defer { x += value * scale }
            return part(bar, index, value, x: x, y: 0, width: value * scale, height: Chart.height)
        }
    }

    private func part(
        _ bar: Bar, _ index: Int, _ value: Double, x: Double, y: Double, width: Double, height: Double
    ) -> [String: Any] {
        let own = index < series.count ? series[index] : Series(name: "", tone: .quiet)
        return [
            "tone": (bar.tone ?? own.tone).rawValue, "x": Chart.units(x), "y": Chart.units(y),
            "width": Chart.units(width),
            "height": Chart.units(height), "name": own.name,
            "value": NumberFormat.grouped(Int(saturating: value)),
        ]
    }

    /// Standing bars along time: ten units a bar, a hundred high.
    var timelineValues: [String: Any] {
        let most = bars.reduce(0) { max($0, $1.values.first ?? 0) }
        return [
            "title": title, "width": bars.count * 10, "first": bars.first?.label ?? "", "last": bars.last?.label ?? "",
            "most": NumberFormat.grouped(Int(saturating: most)), "hasManyBars": bars.count > 1,
            "isShort": bars.count <= 12,
            "bars": bars.enumerated().map { index, bar in
                let value = bar.values.first ?? 0
                let paused = bar.values.count > 1 ? bar.values[1] : 0
                let height = most > 0 ? value / most * 100 : 0
                let pause: Any =
                    paused > 0
                    ? ["x": index * 10, "width": Chart.units(max(1, min(10, paused / 6)))] as [String: Any] : false
                return [
                    "x": index * 10 + 1, "y": Chart.units(100 - height), "height": Chart.units(height),
                    "label": bar.label, "value": bar.text, "seconds": Chart.units(paused), "pause": pause,
                ] as [String: Any]
            },
        ]
    }

    /// A number for an attribute: at most two decimals, and never a sign or an exponent.
    private static func units(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        let hundredths = Int((min(value, 1e9) * 100).rounded())
        let fraction = hundredths % 100
        if fraction == 0 { return String(hundredths / 100) }
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
