/* The head with its tools, and the foot with details: only a page with scripts has them. */

function element(tag, attributes, parent, namespace = SVG) {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (parent) parent.append(made);
  return made;
}

/** An element of a page; `text` is what it says. */
function html(tag, attributes, parent, text) {
  const made = element(tag, attributes, parent, XHTML);
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(attributes, parent, text, act) {
  const made = html("button", { type: "button", ...attributes }, parent, text);
  made.addEventListener("click", act);
  return made;
}

const head = element("g", { id: "head" });
element("rect", { class: "veil" }, head);
const headings = [svg.querySelector("#title"), ...svg.querySelectorAll("#subtitle")];
const toolbar = element("foreignObject", { id: "toolbar" }, head);
const tools = html("div", { class: "bar", role: "toolbar", "aria-label": "View" }, toolbar);
const resetButton = button({ id: "reset" }, tools, "Reset Zoom", () => zoom(0));
html("span", { class: "space" }, tools);
const sidesBox = html("div", { class: "sides", role: "group", "aria-label": "Widths" }, tools);
const sideButtons = ["Before", "After"].map((name, side) =>
  button({ title: `Widths of ${name.toLowerCase()} (b)` }, sidesBox, name, () => showSide(side)),
);
const field = html("div", { class: "field", role: "search" }, tools);
const input = html("input", { id: "search", type: "text", placeholder: "Search…", spellcheck: "false" }, field);
input.setAttribute("aria-label", "Search frames by regular expression (Ctrl+F)");
input.autocomplete = "off";
const place_ = html("span", { id: "place" }, field);
const previousButton = button(
  { title: "Previous match (Shift+Enter)", "aria-label": "Previous match" },
  field,
  "↑",
  () => step(-1),
);
const nextButton = button({ title: "Next match (Enter)", "aria-label": "Next match" }, field, "↓", () => step(1));
const caseless = button(
  { id: "case", title: "Ignore case (Ctrl+I)", "aria-label": "Ignore case", "aria-pressed": "false" },
  field,
  "Aa",
  () => toggleCase(),
);
const menuButton = button({ id: "menu", "aria-haspopup": "menu", "aria-expanded": "false" }, tools, "View", () =>
  openViewMenu(),
);
const helpButton = button({ id: "help", title: "Keys (?)", "aria-label": "Keys" }, tools, "?", () => openHelp());

const foot = element("g", { id: "foot" });
const footVeil = element("rect", { class: "veil" }, foot);
const crumbsLine = element("foreignObject", { id: "crumbs" }, foot);
const crumbsBar = html("div", { class: "bar" }, crumbsLine);
const chips = html("div", { class: "chips" }, crumbsBar);
const crumbs = html("nav", { class: "path", "aria-label": "Callers of the frame in view" }, crumbsBar);
const detailsLine = element("foreignObject", {}, foot);
const detailsBar = html("div", { class: "bar" }, detailsLine);
const told = html("div", { id: "details" }, detailsBar);
const nameLine = html("span", { class: "hint" }, told);
const numbersLine = html("span", { class: "numbers" }, told);
const matched = html("span", { id: "matched" }, detailsBar);
const spoken = html("div", { id: "spoken", class: "unseen", role: "status", "aria-live": "polite" }, detailsBar);
const legend = svg.querySelector("#legend");

/** Put all of it into the picture. */
function showControls() {
  head.querySelector(".veil").after(...headings);
  if (legend) foot.append(legend);
  svg.append(head, foot);
}

/** Tell those who cannot see what changed. */
function say(text) {
  spoken.textContent = text;
}

const HINT = "Click a frame to zoom, Shift+click for more, / to search, ? for all keys";

function details(i) {
  nameLine.className = "name";
  nameLine.textContent = `${view.nametype} ${nameOf(i)}`.trim();
  numbersLine.textContent = figures(i);
}

function hint(text = "") {
  if (!text && state.zoomed) {
    details(state.zoomed);
    return;
  }
  nameLine.className = "hint";
  nameLine.textContent = text || HINT;
  numbersLine.textContent = "";
}

/** What is different from the profile as it came, each with a button that takes it back; then the way to the root. */
function drawCrumbs() {
  chips.replaceChildren();
  const name = (at) => state.base.names[at];
  if (state.kind === "callers") chip("Callers", { kind: "stacks" });
  if (state.kind === "sandwich") chip(`Sandwich: ${name(state.subject)}`, { kind: "stacks" });
  if (state.only !== null) chip(`Only: ${name(state.only)}`, { only: null });
  if (state.merged) chip("Recursion merged", { merged: false });
  for (const each of state.hidden) {
    chip(`Hidden: ${name(each)}`, () => ({ hidden: new Set([...state.hidden].filter((other) => other !== each)) }));
  }
  crumbs.replaceChildren();
  const path = [];
  for (let i = state.zoomed; i; i = state.tree.parent[i]) path.unshift(i);
  if (path.length) {
    for (const i of [0, ...path]) crumb(i);
    frameButton(state.zoomed);
    requestAnimationFrame(() => crumbs.scrollTo({ left: crumbs.scrollWidth })); // the nearest stays in sight
  }
  const shown = Boolean(path.length || chips.children.length || legend);
  const change = svg.classList.contains("crumbed") !== shown;
  svg.classList.toggle("crumbed", shown);
  return change;
}

function chip(text, changes) {
  const made = button({ class: "chip", title: "Take it back" }, chips, text, () => {
    change(typeof changes === "function" ? changes() : changes);
  });
  html("span", { class: "cross", "aria-hidden": "true" }, made, "×");
}

function crumb(i) {
  if (i) html("span", { class: "step", "aria-hidden": "true" }, crumbs, "›");
  const made = button({ class: "crumb", title: nameOf(i) }, crumbs, nameOf(i), () => zoom(i));
  if (i === state.zoomed) made.setAttribute("aria-current", "true");
}

/** What can be done with the frame in view, for those with a mouse or a finger. */
function frameButton(i) {
  const words = `What can be done with ${nameOf(i)}`;
  const made = button(
    { class: "more", title: "What can be done with it (m)", "aria-label": words },
    crumbs,
    "⋯",
    () => {
      const [at, base] = [made.getBoundingClientRect(), svg.getBoundingClientRect()];
      openFrameMenu(i, at.left - base.left, at.bottom - base.top + 4);
    },
  );
  made.setAttribute("aria-haspopup", "menu");
}
