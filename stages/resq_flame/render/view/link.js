/* The link to what is seen: ?x=START&y=LEVEL zooms, &s=PATTERN searches, &i=1 without regard to case;
   v=callers or v=sandwich&f=NAME, only=NAME, hide=NAME (any number), r=1, o=flame or icicle, b=before or after, t=1.
   Each view is a step for the browser's Back; what is typed into the search is none. */

const SEARCH = ["s", "i"];
const PARTS = ["x", "y", ...SEARCH, "v", "f", "only", "hide", "r", "o", "b", "t"];

let followed = false; // before that, there is a link to follow and none to keep

let waiting = 0;

/** A moment later: browsers allow few changes of the address, and take long for each. */
function keepLink() {
  clearTimeout(waiting);
  if (followed) waiting = setTimeout(writeLink, 120);
}

function writeLink() {
  const said = new URLSearchParams(location.search);
  for (const key of PARTS) said.delete(key);
  const name = (at) => state.base.names[at];
  if (state.zoomed) {
    said.set("x", start(state.zoomed));
    said.set("y", state.tree.level[state.zoomed]);
  }
  if (input.value) said.set("s", input.value);
  if (input.value && caseless.getAttribute("aria-pressed") === "true") said.set("i", "1");
  if (state.kind !== "stacks") said.set("v", state.kind);
  if (state.kind === "sandwich") said.set("f", name(state.subject));
  if (state.only !== null) said.set("only", name(state.only));
  for (const each of state.hidden) said.append("hide", name(each));
  if (state.merged) said.set("r", "1");
  if (state.inverted !== view.inverted) said.set("o", state.inverted ? "icicle" : "flame");
  if (state.base.sides.length > 1 && Boolean(state.side) === view.before)
    said.set("b", state.side ? "after" : "before");
  if (tableShown) said.set("t", "1");
  address(said);
}

function address(said) {
  const before = new URLSearchParams(location.search);
  if (String(before) === String(said)) return;
  const way = viewIn(before) === viewIn(said) ? "replaceState" : "pushState";
  try {
    history[way](null, "", `${location.pathname}${said.size ? `?${said}` : ""}${location.hash}`);
  } catch (error) {
    // A sandboxed document has no address to change.
  }
}

function viewIn(said) {
  return String(new URLSearchParams([...said].filter(([key]) => !SEARCH.includes(key))));
}

/** To what the address says after Back or Forward. */
function goBack() {
  clearTimeout(waiting);
  followed = false;
  state.zoomed = 0;
  followLink();
  settle();
}

function followLink() {
  const said = new URLSearchParams(location.search);
  state.inverted = said.has("o") ? said.get("o") === "icicle" : view.inverted;
  if (state.base.sides.length > 1) state.side = (said.has("b") ? said.get("b") === "before" : view.before) ? 0 : 1;
  tableShown = said.get("t") === "1" && !state.base.partial;
  panel.setAttribute("visibility", tableShown ? "visible" : "hidden");
  followView(said);
  nameSide();
  freshRows();
  arrange();
  drawTable();
  hint();
  if (said.get("s") || input.value) {
    input.value = said.get("s") ?? "";
    caseless.setAttribute("aria-pressed", said.get("i") === "1");
    search();
  }
  if (said.has("x")) followZoom(Number(said.get("x")), Number(said.get("y")));
  followed = true;
}

function followView(said) {
  const number = (name) => (state.base.names.indexOf(name) + 1 || NaN) - 1;
  const named = (key) =>
    said
      .getAll(key)
      .map(number)
      .filter((at) => !Number.isNaN(at));
  const kind = said.get("v");
  const [subject] = named("f");
  const [only] = named("only");
  look({
    kind: kind === "callers" || (kind === "sandwich" && subject !== undefined) ? kind : "stacks",
    subject: subject ?? null,
    only: only ?? null,
    hidden: new Set(named("hide")),
    merged: said.get("r") === "1",
  });
}

function followZoom(from, level) {
  const { tree } = state;
  for (let i = 1; i < tree.count; i++) {
    if (tree.level[i] === level && start(i) === from && total(i) && !isGap(i)) {
      zoom(i);
      return;
    }
  }
}
