(function () {
"use strict";
var table = document.getElementById("rows");
if (!table) { return; }
var page = 500;
var body = table.tBodies[0];
var headers = Array.from(table.tHead.rows[0].cells);
var titles = headers.map(function (cell) { return cell.textContent; });
var rows = Array.from(body.rows).map(function (row, index) {
  return { element: row, index: index, mark: row.getAttribute("data-mark"), text: null, labelled: false };
});
var search = document.getElementById("search");
var filter = document.getElementById("filter");
var count = document.getElementById("count");
var more = document.getElementById("more");
var limit = page, sortColumn = -1, sortDown = false;
var matching = rows;
var number = new Intl.NumberFormat("en");
var collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

// Values as the document has them: ids and times are shortened only where they are shown.
function valuesOf(row) {
  if (!row.values) { row.values = Array.from(row.element.cells, function (cell) { return cell.textContent; }); }
  return row.values;
}

function textOf(row) {
  if (row.text === null) {
    row.text = valuesOf(row).join("\n").toLowerCase();
  }
  return row.text;
}

function label(row) {
  if (row.labelled) { return; }
  row.labelled = true;
  valuesOf(row);
  row.element.setAttribute("role", "row");
  Array.from(row.element.cells).forEach(function (cell, column) {
    cell.setAttribute("data-label", titles[column]);
    cell.setAttribute("role", "cell");
    soften(cell);
  });
}

var months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
function soften(cell) {
  var text = cell.textContent;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}$/.test(text)) {
    cell.title = text + " (click to copy)";
    cell.textContent = text.slice(0, 8) + "\u2026";
    cell.classList.add("id");
    cell.addEventListener("click", function () {
      if (navigator.clipboard) { navigator.clipboard.writeText(text); }
    });
    return;
  }
  var time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)[\d:.]*Z$/.exec(text);
  if (time && months[time[2] - 1]) {
    cell.title = text;
    cell.textContent = Number(time[3]) + " " + months[time[2] - 1] + " " + time[1] + " " + time[4] + " UTC";
  }
}

function show() {
  var shown = matching.slice(0, limit);
  shown.forEach(label);
  body.replaceChildren.apply(body, shown.map(function (row) { return row.element; }));
  var text = number.format(matching.length) + " of " + number.format(rows.length) + (rows.length === 1 ? " row" : " rows");
  if (shown.length < matching.length) { text += ", the first " + number.format(shown.length) + " shown"; }
  count.textContent = text;
  more.hidden = shown.length === matching.length;
}

// "3,600.00 USD" is 3600.
function figure(text) { return parseFloat(text.replace(/,/g, "")); }

function compare(a, b) {
  var left = valuesOf(a)[sortColumn];
  var right = valuesOf(b)[sortColumn];
  if (left === "" || right === "") {
    return left === right ? a.index - b.index : left === "" ? 1 : -1;
  }
  var order = headers[sortColumn].classList.contains("n") ? figure(left) - figure(right) : collator.compare(left, right);
  if (sortDown) { order = -order; }
  return order || a.index - b.index;
}

function update() {
  var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  matching = rows.filter(function (row) {
    if (filter.value && row.mark !== filter.value) { return false; }
    if (further.some(function (one) { return one.select.value && valuesOf(row)[one.column] !== one.select.value; })) { return false; }
    return words.every(function (word) { return textOf(row).indexOf(word) >= 0; });
  });
  if (sortColumn >= 0) { matching.sort(compare); }
  limit = page;
  show();
}

function sortBy(column) {
  if (sortColumn !== column) {
    sortColumn = column;
    sortDown = false;
  } else if (!sortDown) {
    sortDown = true;
  } else {
    sortColumn = -1;
  }
  headers.forEach(function (header, index) {
    if (index === sortColumn) {
      header.setAttribute("aria-sort", sortDown ? "descending" : "ascending");
    } else {
      header.removeAttribute("aria-sort");
    }
  });
  update();
}

// On a phone rows are laid out as cards, and the roles keep them a table for screen readers.
table.setAttribute("role", "table");
table.tHead.setAttribute("role", "rowgroup");
table.tHead.rows[0].setAttribute("role", "row");
body.setAttribute("role", "rowgroup");
headers.forEach(function (header, column) {
  header.setAttribute("role", "columnheader");
  var button = document.createElement("button");
  button.type = "button";
  button.title = "sort by " + titles[column];
  button.textContent = titles[column];
  button.addEventListener("click", function () { sortBy(column); });
  header.replaceChildren(button);
});

// Columns that say nothing, or the same in every row, are behind a button.
var idle = titles.map(function (title, column) {
  if (!rows.length) { return false; }
  var first = valuesOf(rows[0])[column];
  return (first === "" || rows.length > 1) && rows.every(function (row) { return valuesOf(row)[column] === first; });
});
if (idle.every(Boolean)) { idle = idle.map(function () { return false; }); }
var columns = document.getElementById("columns");
function setHidden(isHidden) {
  headers.forEach(function (header, column) { if (idle[column]) { header.hidden = isHidden; } });
  rows.forEach(function (row) {
    Array.from(row.element.cells).forEach(function (cell, column) { if (idle[column]) { cell.hidden = isHidden; } });
  });
  columns.textContent = isHidden ? "more columns" : "fewer columns";
  columns.setAttribute("aria-expanded", String(!isHidden));
}
if (idle.some(Boolean)) {
  columns.hidden = false;
  setHidden(true);
  columns.addEventListener("click", function () { setHidden(columns.getAttribute("aria-expanded") === "true"); });
  var note = document.getElementById("hidden-columns");
  note.textContent = "behind \"more columns\", because all rows have the same there: " +
    titles.filter(function (title, column) { return idle[column]; }).join(", ");
  note.hidden = false;
}

// Filters of further columns with few different values.
var further = [];
titles.forEach(function (title, column) {
  if (["action", "outcome", "error", "source", "product", "team", "status"].indexOf(title) < 0 || idle[column]) { return; }
  if (title === document.getElementById("filter").parentElement.firstChild.textContent.trim()) { return; }
  var values = Array.from(new Set(rows.map(function (row) { return valuesOf(row)[column]; }))).filter(Boolean).sort();
  if (values.length < 2 || values.length > 50) { return; }
  var select = document.createElement("select");
  select.setAttribute("aria-controls", "rows");
  select.append(new Option("all", ""));
  values.forEach(function (value) { select.append(new Option(value, value)); });
  var label = document.createElement("label");
  label.append(title + " ", select);
  filter.parentElement.after(label);
  further.push({ title: title, column: column, select: select });
  select.addEventListener("change", changed);
});

function csvCell(text) {
  var safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? "\"" + safe.replace(/"/g, "\"\"") + "\"" : safe;
}
document.getElementById("download").addEventListener("click", function () {
  var lines = [titles].concat(matching.map(valuesOf)).map(function (cells) { return cells.map(csvCell).join(","); });
  var link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  link.download = "rows.csv";
  link.click();
  URL.revokeObjectURL(link.href);
});

// A link can hold what is shown: #q=ada&show=failed&action=revoke
function remember() {
  var parts = new URLSearchParams();
  if (search.value) { parts.set("q", search.value); }
  if (filter.value) { parts.set("show", filter.value); }
  further.forEach(function (one) { if (one.select.value) { parts.set(one.title, one.select.value); } });
  try { history.replaceState(null, "", parts.toString() ? "#" + parts : location.pathname + location.search); } catch (error) { return; }
}
function changed() { remember(); update(); }

var counts = new Map();
rows.forEach(function (row) { counts.set(row.mark, (counts.get(row.mark) || 0) + 1); });
Array.from(counts.keys()).sort().forEach(function (mark) {
  var option = document.createElement("option");
  option.value = mark;
  option.textContent = mark + " (" + number.format(counts.get(mark)) + ")";
  filter.append(option);
});

search.addEventListener("input", changed);
filter.addEventListener("change", changed);
more.addEventListener("click", function () { limit += page; show(); });
var closed = [];
window.addEventListener("beforeprint", function () {
  closed = Array.from(document.querySelectorAll("details:not([open])"));
  closed.forEach(function (element) { element.open = true; });
  limit = rows.length;
  show();
});
window.addEventListener("afterprint", function () {
  closed.forEach(function (element) { element.open = false; });
  limit = page;
  show();
});
document.documentElement.className = "js";
document.getElementById("controls").hidden = false;
var wanted = new URLSearchParams(location.hash.slice(1));
search.value = wanted.get("q") || "";
filter.value = wanted.get("show") || "";
further.forEach(function (one) { one.select.value = wanted.get(one.title) || ""; });
[filter].concat(further.map(function (one) { return one.select; })).forEach(function (select) {
  if (select.selectedIndex < 0) { select.value = ""; }
});
update();
})();
