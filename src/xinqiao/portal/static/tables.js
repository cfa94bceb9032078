// Makes tables that name a file (`data-sheet`) sortable by their headings and gives them as CSV, as they stand.
// Without this file they are plain tables.
"use strict";

(() => {
  const words = JSON.parse(document.getElementById("table-words").textContent);
  const marks = { ascending: "▲", descending: "▼" };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const told = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const whole = (row) => [...row.cells].every((cell) => cell.colSpan === 1);

  /** What a cell is sorted by: a number, a text, or null for what is unknown. */
  function key(cell) {
    if (!cell || cell.querySelector(".unknown") || !told(cell)) return null;
    const data = cell.querySelector("data[value]");
    if (data) return Number(data.getAttribute("value"));
    return cell.querySelector("time")?.dateTime || told(cell);
  }

  function compare(one, other) {
    return typeof one === "number" && typeof other === "number" ? one - other : collator.compare(String(one), String(other));
  }

  /** One body, in which every row has its own name of a group. */
  function flatten(table) {
    const [first, ...others] = table.tBodies;
    for (const body of [first, ...others]) {
      const group = body.rows[0]?.cells[0];
      if (group?.rowSpan > 1) {
        Object.assign(group, { rowSpan: 1, scope: "row" });
        [...body.rows].slice(1).forEach((row) => row.prepend(group.cloneNode(true)));
      }
      if (body !== first) { first.append(...body.rows); body.remove(); }
    }
    return first;
  }

  function sort(table, heading) {
    const column = heading.cellIndex, body = flatten(table);
    const usual = heading.classList.contains("figure") ? "descending" : "ascending";
    const order = heading.ariaSort ? { ascending: "descending", descending: "ascending" }[heading.ariaSort] : usual;
    for (const each of heading.parentElement.cells) {
      each.removeAttribute("aria-sort");
      const arrow = each.querySelector(".arrow");
      if (arrow) arrow.textContent = "↕";
    }
    heading.setAttribute("aria-sort", order);
    heading.querySelector(".arrow").textContent = marks[order];
    const sign = order === "ascending" ? 1 : -1;
    // What is unknown, and rows that sum up others, stay last whichever way.
    const keyed = [...body.rows].map((row) => [row, whole(row) ? key(row.cells[column]) : null, whole(row) ? 0 : 1]);
    keyed.sort(([, one, sum], [, other, more]) => sum - more || (one === null) - (other === null) || (one === null ? 0 : sign * compare(one, other)));
    body.append(...keyed.map(([row]) => row));
  }

  /** A cell's text for a file; one that a spreadsheet would take for a formula is led by an apostrophe. */
  function written(cell) {
    if (cell.querySelector(".unknown")) return "";
    const copy = cell.cloneNode(true);
    copy.querySelectorAll(".arrow").forEach((arrow) => arrow.remove());
    let text = told(copy);
    if (cell.querySelector("data[value]")) text = text.replace("−", "-").replaceAll(",", "");
    const number = /^[-+]?\d+(\.\d+)?%?$/.test(text);
    if (!number && /^[\s\u200b\ufeff]*[=+\-@＝＋－＠]/.test(text)) text = `'${text}`;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function save(table) {
    let group = null;
    const lines = [...table.rows].map((row) => {
      const cells = [...row.cells];
      if (row.parentElement.tagName === "TBODY") {
        if (cells[0]?.rowSpan > 1) group = cells[0];
        else if (group && cells.length < table.tHead.rows[0].cells.length && whole(row)) cells.unshift(group);
      }
      return cells.flatMap((cell) => [written(cell), ...Array(cell.colSpan - 1).fill("")]).join(",");
    });
    // Excel reads Chinese only after this mark.
    const address = URL.createObjectURL(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    Object.assign(document.createElement("a"), { href: address, download: `${table.dataset.sheet}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  function button(label, className, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className });
    made.append(...label);
    made.addEventListener("click", act);
    return made;
  }

  for (const table of document.querySelectorAll("table[data-sheet]")) {
    const rows = [...table.tBodies].reduce((sum, body) => sum + body.rows.length, 0);
    if (rows < 3) continue;
    for (const heading of table.tHead.rows[0].cells) {
      if (heading.dataset.plain !== undefined) continue;
      const arrow = Object.assign(document.createElement("span"), { className: "arrow", textContent: "↕", ariaHidden: "true" });
      const label = told(heading);
      const made = button([label, arrow], "sort", () => sort(table, heading));
      made.title = words.sort.replace("{column}", label);
      heading.replaceChildren(made);
    }
    const tools = Object.assign(document.createElement("p"), { className: "tools" });
    tools.append(button([words.export], "plain", () => save(table)));
    (table.closest(".scroll") ?? table).after(tools);
  }
})();
