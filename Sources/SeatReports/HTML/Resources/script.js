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

function textOf(row) {
  if (row.text === null) {
    row.text = Array.from(row.element.cells, function (cell) { return cell.textContent; }).join("\n").toLowerCase();
  }
  return row.text;
}

function label(row) {
  if (row.labelled) { return; }
  row.labelled = true;
  row.element.setAttribute("role", "row");
  Array.from(row.element.cells).forEach(function (cell, column) {
    cell.setAttribute("data-label", titles[column]);
    cell.setAttribute("role", "cell");
  });
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

function compare(a, b) {
  var left = a.element.cells[sortColumn].textContent;
  var right = b.element.cells[sortColumn].textContent;
  if (left === "" || right === "") {
    return left === right ? a.index - b.index : left === "" ? 1 : -1;
  }
  var order = headers[sortColumn].classList.contains("n") ? parseFloat(left) - parseFloat(right) : collator.compare(left, right);
  if (sortDown) { order = -order; }
  return order || a.index - b.index;
}

function update() {
  var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  matching = rows.filter(function (row) {
    if (filter.value && row.mark !== filter.value) { return false; }
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

var empty = titles.map(function () { return true; });
rows.forEach(function (row) {
  Array.from(row.element.cells).forEach(function (cell, column) {
    if (empty[column] && cell.firstChild) { empty[column] = false; }
  });
});
var hidden = titles.filter(function (title, column) { return empty[column]; });
if (rows.length && hidden.length) {
  headers.forEach(function (header, column) { header.hidden = empty[column]; });
  rows.forEach(function (row) {
    Array.from(row.element.cells).forEach(function (cell, column) { if (empty[column]) { cell.hidden = true; } });
  });
  var note = document.getElementById("hidden-columns");
  note.textContent = "empty in every row, and so not shown: " + hidden.join(", ");
  note.hidden = false;
}

var counts = new Map();
rows.forEach(function (row) { counts.set(row.mark, (counts.get(row.mark) || 0) + 1); });
Array.from(counts.keys()).sort().forEach(function (mark) {
  var option = document.createElement("option");
  option.value = mark;
  option.textContent = mark + " (" + number.format(counts.get(mark)) + ")";
  filter.append(option);
});

search.addEventListener("input", update);
filter.addEventListener("change", update);
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
show();
})();
