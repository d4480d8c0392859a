/* Self and total of each function in view, beside the graph. */

const ROWS = 400; // more are a search away

const panel = element("foreignObject", { id: "panel", visibility: "hidden" }, head);
const panelBox = html("section", { class: "panel", "aria-label": "Functions" }, panel);
const tableBox = html("div", { class: "rows", tabindex: "0", role: "group", "aria-label": "Functions" }, panelBox);

let tableShown = false;
let order = { key: "self", down: true };

function panelWidth() {
  return tableShown && width >= 900 ? 430 : 0;
}

function toggleTable() {
  tableShown = !tableShown;
  panel.setAttribute("visibility", tableShown ? "visible" : "hidden");
  draw();
  fit();
  drawTable();
  say(tableShown ? "Table of functions" : "Table closed");
  keepLink();
}

function placePanel(height) {
  if (!tableShown) return;
  const wide = panelWidth() || width;
  panel.setAttribute("x", width - wide);
  size(panel, top(), wide, Math.max(height, 0));
}

function columnsOf() {
  const [side, different] = [state.side, state.base.sides.length > 1];
  return [
    { key: "name", words: "Function", value: (row) => state.base.names[row.name] },
    { key: "self", words: "Self", value: (row) => row.self[side], share: true },
    { key: "total", words: "Total", value: (row) => row.total[side], share: true },
    ...(different ? [{ key: "grown", words: `Δ ${view.delta}`, value: grownBy }] : []),
  ];
}

function grownBy(row) {
  const [before, after] = row[view.delta];
  return after - before;
}

/** Of the frames in view, also where callers are drawn: those of the profile then. */
function drawTable() {
  if (!tableShown || state.base.partial) return;
  const root = state.kind === "stacks" ? state.zoomed : 0;
  const whole = state.plain.frame[0];
  let rows = functionsOf(state.plain, root).filter((row) => row.name !== whole && (row.total[0] || row.total[1]));
  if (hits) rows = rows.filter((row) => hits[row.name]);
  const columns = columnsOf();
  const by = columns.find((column) => column.key === order.key) ?? columns[1];
  const { side } = state;
  rows.sort(
    (one, other) =>
      compare(by.value(one), by.value(other)) || other.total[side] - one.total[side] || one.name - other.name,
  );
  const table = html("table", {});
  header(columns, html("tr", {}, html("thead", {}, table)));
  const body = html("tbody", {}, table);
  for (const row of rows.slice(0, ROWS)) line(row, columns, html("tr", {}, body));
  tableBox.replaceChildren(table);
  if (rows.length > ROWS)
    html("p", {}, tableBox, `and ${counted(rows.length - ROWS, "function")} more: search to find them`);
  if (!rows.length) html("p", {}, tableBox, "No function matches.");
}

function compare(one, other) {
  const sign = order.down ? -1 : 1;
  return one === other ? 0 : one < other ? -sign : sign;
}

function header(columns, row) {
  for (const column of columns) {
    const chosen = column.key === order.key;
    const cell = html("th", { scope: "col", class: column.key }, row);
    if (chosen) cell.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    button({}, cell, `${column.words}${chosen ? (order.down ? " ↓" : " ↑") : ""}`, () => {
      order = { key: column.key, down: chosen ? !order.down : column.key !== "name" };
      drawTable();
      tableBox.querySelector(`th.${column.key} button`).focus();
    });
  }
}

function line(row, columns, into) {
  const whole = state.base.whole[state.side];
  for (const column of columns) {
    const value = column.value(row);
    const cell = html("td", { class: column.key }, into);
    if (column.key === "name") {
      button({ title: `${value}\nShow its callers and callees` }, cell, value, () => sandwich(row.name));
    } else if (column.share) {
      cell.textContent = percent(value, whole);
      cell.title = `${amount(value)} ${view.unit}`;
      cell.style.setProperty("--share", `${whole ? (100 * value) / whole : 0}%`);
    } else {
      cell.textContent = value ? signed(brief(value), value) : "0";
    }
  }
}

function sandwich(name) {
  change({ kind: "sandwich", subject: name });
}
