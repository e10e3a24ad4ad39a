/// The style sheet of the HTML form.
///
/// In both schemes text stands out from what is behind it by 4.5 to 1, and what a chart draws from its background and from
/// its neighbours by 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11); a test computes it. Where such shades would be too many, a
/// chart's part is an outline: `quiet` is what was or is free.
enum HTMLStyle {
    /// SHA-256 of ``text``, for the content security policy; a test computes it anew.
    static let hash = "sha256-ScxnircPiJnoSfvnUj5ypvX30hhVT7NMpJ0g2pIJY9Y="

    static let text = """
        :root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--panel:#f6f8fa;--focus:#0550ae;\
        --alarm:#a40e26;--alarm-panel:#ffebe9;--good:#116329;--warn:#7d4e00;\
        --main:#3a8bf5;--yes:#0b4a2c;--no:#7a1710;--edge:#6e7781;--pause:#8a5a00}
        @media screen and (prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9da7b1;--line:#3d444d;--panel:#161b22;--focus:#79c0ff;\
        --alarm:#ff9b94;--alarm-panel:#3a1418;--good:#6fdd8b;--warn:#f0b72f;\
        --main:#2a66c4;--yes:#8ae8b2;--no:#ffb8ab;--edge:#848d97;--pause:#d29922}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        main{max-width:80rem;margin:0 auto;padding:1rem}
        h1,h2,figcaption,dt,th{text-transform:none}
        h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0}
        h1::first-letter,h2::first-letter,.headline::first-letter,figcaption::first-letter,.note::first-letter{text-transform:uppercase}
        h2{font-size:1.25rem;margin:2rem 0 .5rem}
        a{color:var(--focus)}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .skip{position:absolute;left:-100rem}
        .skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.5rem}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px}
        .headline{font-size:1.1rem;margin:.5rem 0 1rem;padding:.6rem .9rem;border-left:.3rem solid var(--main);background:var(--panel);overflow-wrap:anywhere}
        .headline.alarm{border-color:var(--alarm);background:var(--alarm-panel);color:var(--alarm)}
        .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.5rem,1fr));gap:.75rem;margin:1rem 0}
        .figures div{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
        .figures dt{color:var(--soft);font-size:.875rem}
        .figures dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums;line-height:1.3;overflow-wrap:anywhere}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:.1rem 2rem;margin:1rem 0}
        .facts div{display:flex;gap:.75rem;justify-content:space-between;border-bottom:1px solid var(--line);padding:.25rem 0}
        .facts dt{color:var(--soft)}
        .facts dd{margin:0;text-align:right;overflow-wrap:anywhere;min-width:0}
        figure{margin:.5rem 0 1rem}
        figcaption{color:var(--soft);font-size:.9rem;margin-bottom:.5rem}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:0 0 .5rem;font-size:.9rem}
        .swatch{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.1em;border:1px solid var(--soft)}
        .swatch.limit{width:.2em;background:var(--ink);border:0}
        .bar{display:grid;grid-template-columns:minmax(5rem,14rem) 1fr minmax(7rem,auto);gap:.75rem;align-items:center;padding:.2rem 0}
        .bar .label{overflow-wrap:anywhere;line-height:1.25}
        .bar .text{font-size:.9rem;font-variant-numeric:tabular-nums}
        .bar svg{width:100%;height:1.5rem;background:var(--panel);display:block;overflow:visible}
        .bar svg rect{stroke:var(--page);stroke-width:1;vector-effect:non-scaling-stroke}
        .bar svg .quiet{stroke:var(--edge)}
        .bar svg .limit{stroke-width:3;paint-order:stroke}
        .few{max-width:26rem}
        .timeline{width:100%;height:10rem;background:var(--panel);display:block}
        .axis{display:flex;justify-content:space-between;gap:1rem;margin:.25rem 0;color:var(--soft);font-size:.875rem}
        svg,.swatch{print-color-adjust:exact;-webkit-print-color-adjust:exact;forced-color-adjust:none}
        .main{fill:var(--main);background:var(--main)}
        .quiet{fill:var(--page);background:var(--page)}
        .good{fill:var(--yes);background:var(--yes)}
        .bad{fill:var(--no);background:var(--no)}
        .limit{fill:var(--ink)}.pause{fill:var(--pause)}
        details{margin:.5rem 0}
        summary{cursor:pointer;color:var(--focus)}
        .scroll{overflow-x:auto;margin:.5rem 0}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;unicode-bidi:plaintext}
        td{white-space:pre-wrap;overflow-wrap:break-word;max-width:28rem}
        th{white-space:nowrap;background:var(--panel);font-weight:600}
        th.n,td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;width:100%;text-align:inherit;white-space:nowrap}
        th button::after{content:"\\2195";content:"\\2195" / "";color:var(--soft);margin-left:.35em}
        th[aria-sort=ascending] button::after{content:"\\2191";content:"\\2191" / "";color:var(--ink)}
        th[aria-sort=descending] button::after{content:"\\2193";content:"\\2193" / "";color:var(--ink)}
        tfoot td{font-weight:600}
        td.c{white-space:nowrap;font-variant-numeric:tabular-nums}
        .rows{width:max-content;min-width:100%}
        .rows td.w{overflow-wrap:anywhere}
        .mark{font-weight:600;white-space:nowrap}
        [data-mark=failed] .mark,[data-mark=unknown] .mark,[data-mark=expired] .mark,[data-mark=removed] .mark,[data-mark=unpaid] .mark{color:var(--alarm)}
        [data-mark=skipped] .mark,[data-mark=pending] .mark,[data-mark=planned] .mark,[data-mark=moved] .mark,[data-mark=past_due] .mark{color:var(--warn)}
        [data-mark=assigned] .mark,[data-mark=claimed] .mark,[data-mark=added] .mark,[data-mark=active] .mark,[data-mark=grown] .mark,[data-mark=reissued] .mark{color:var(--good)}
        .note{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
        .paper{display:none}
        .controls{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center;margin:.5rem 0}
        .controls[hidden]{display:none}
        .controls p{margin:0;color:var(--soft);font-size:.9rem}
        input,select,button{font:inherit;color:var(--ink);background:var(--page);border:1px solid var(--soft);border-radius:.35rem;padding:.35rem .6rem;min-height:2.5rem}
        th button{min-height:0;border-radius:0}
        @media screen and (max-width:40rem){
        .bar{grid-template-columns:1fr auto;gap:.15rem .75rem}
        .bar svg{grid-column:1/-1;grid-row:2}
        .controls label{flex:1 1 10rem;display:grid}
        .js .rows{width:100%}
        .js .rows thead tr{display:flex;flex-wrap:wrap;gap:.25rem}
        .js .rows,.js .rows thead,.js .rows tbody,.js .rows tbody tr,.js .rows td{display:block}
        .js .rows th{display:inline-block;border:1px solid var(--line);border-radius:.35rem}
        .js .rows th[hidden],.js .rows td[hidden]{display:none}
        .js .rows tbody tr{border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0;padding:.35rem .75rem}
        .js .rows td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.15rem 0;max-width:none;white-space:pre-wrap;text-align:right;overflow-wrap:anywhere;min-width:0}
        .js .rows td:empty{position:absolute;width:1px;height:1px;padding:0;overflow:hidden;clip-path:inset(50%)}
        .js .rows tbody tr{position:relative}
        .js .rows td::before{content:attr(data-label);content:attr(data-label) / "";color:var(--soft);text-align:left;font-weight:400;white-space:nowrap}
        }
        @media print{
        :root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#999;--panel:#f6f8fa}
        body{font-size:10pt}
        main{max-width:none;padding:0}
        .controls,.skip,#more,summary,th button::after{display:none}
        .scroll{overflow:visible}
        @page{size:A4 landscape;margin:10mm}
        table{font-size:7.5pt}
        .rows{width:100%;font-size:6.5pt}
        .rows th,.rows td.n,.rows td.c,.rows th button{white-space:normal}
        .rows td{overflow-wrap:anywhere;min-width:5.6em}
        .rows .mark{overflow-wrap:normal}
        .rows td.n{min-width:3.8em}
        .rows td.c{min-width:7.5em}
        .rows td.w{min-width:11em}
        .rows .screen{display:none}
        .paper{display:block}
        .rows th,.rows td{padding:.15rem .2rem}
        th button{display:contents}
        h1,h2,figcaption,.legend,thead{break-after:avoid}
        tr,figure,.bar,.timeline,.figures,.facts div{break-inside:avoid}
        thead{display:table-header-group}
        tfoot{display:table-row-group}
        }
        """
}
