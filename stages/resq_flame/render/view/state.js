/* What is looked at, and how. */

const SVG = "http://www.w3.org/2000/svg";
const XHTML = "http://www.w3.org/1999/xhtml";
const MARGIN = 12,
  PADDING = 4,
  GUTTER = 0.6,
  FOOTER = 40,
  CRUMBS = 28,
  TOOLS = 38,
  LEVELS = 7;

const svg = document.currentScript.closest("svg");
const frames = svg.querySelector("#frames");
const view = JSON.parse(frames.dataset.view);

const state = {
  base: null, // the profile as it came
  plain: null, // the same narrowed: hidden, only, merged
  tree: null, // what is drawn
  kind: "stacks", // or callers, sandwich
  subject: null, // the function of a sandwich, by the number of its name
  only: null, // stacks begin at this function
  hidden: new Set(), // functions that are left out
  merged: false, // recursion
  inverted: view.inverted,
  side: 0, // of a difference: 0 before, 1 after
  zoomed: 0,
  current: 0, // the frame that the keyboard stands on
};

function total(i) {
  return state.tree.sides[state.side].total[i];
}

function start(i) {
  return state.tree.sides[state.side].start[i];
}

/** What a frame itself spent: at its beginning, and between its calls. */
function self(i) {
  const { tree } = state;
  const { own } = tree.sides[state.side];
  let sum = own[i];
  if (tree.timed) {
    for (let at = i + 1; at < tree.end[i]; at = tree.end[at]) if (isGap(at)) sum += own[at];
  }
  return sum;
}

function isGap(i) {
  return state.tree.names[state.tree.frame[i]] === GAP;
}

function nameOf(i) {
  return state.tree.names[state.tree.frame[i]];
}

/** Start from a profile: the first time from what the picture shows, then from all of it. */
function take(base) {
  state.base = base;
  state.side = base.sides.length > 1 && !view.before ? 1 : 0;
  Object.assign(state, { plain: base, tree: dyed(base), zoomed: 0, current: 0, kind: "stacks" });
}

/** Look at the profile in another way: any of kind, subject, only, hidden, merged; what was zoomed is followed. */
function look(changes) {
  if (state.base.partial) return; // only some frames are known
  const zoomed = state.kind === "stacks" ? pathOf(state.zoomed) : [];
  Object.assign(state, changes);
  state.plain = narrowed(state.base, state);
  state.tree = dyed(treeOfKind());
  state.zoomed = state.kind === "stacks" ? follow(zoomed) : 0;
  state.current = state.zoomed;
}

function treeOfKind() {
  if (state.kind === "callers") return callersOf(state.plain);
  if (state.kind === "sandwich") return sandwichOf(state.plain, state.subject);
  return state.plain;
}

function pathOf(i) {
  const { tree } = state;
  const path = [];
  for (let at = i; at; at = tree.parent[at]) path.unshift(tree.frame[at]);
  return path;
}

/** The frame that a path leads to, as far as it goes. */
function follow(path) {
  const { tree } = state;
  let here = 0;
  for (const name of path) {
    let next = here + 1;
    while (next < tree.end[here] && tree.frame[next] !== name) next = tree.end[next];
    if (next < tree.end[here]) here = next;
  }
  return here;
}
