/* Drawing: groups are made once and used again; texts and boxes change only where they must. */

let width = 0;
let low = 0; // rows drawn, as levels: the lowest is 0 or, of callers in a sandwich, below
let high = view.rows - 1;
let groups = []; // drawn ones first; those that wait for use are hidden
let groupOf = new Map(); // by frame
const tip = element("title", {});

const BASELINE = Math.round(((view.row - 1) / 2 + view.size * 0.35) * 10) / 10;

/** The frames in view: the zoomed one's callers, then it and all below it that are wide enough. */
function visible() {
  const { tree, zoomed } = state;
  const shown = [];
  for (let i = zoomed; i; i = tree.parent[i]) shown.unshift(tree.parent[i]);
  const totals = tree.sides[state.side].total;
  const gap = tree.timed ? tree.names.indexOf(GAP) : -1;
  const least = Math.max(totals[zoomed] * narrowest(), Number.MIN_VALUE);
  for (let i = zoomed; i < tree.end[zoomed];) {
    if ((totals[i] >= least && tree.frame[i] !== gap) || i === zoomed) shown.push(i++);
    else i = tree.end[i];
  }
  return shown;
}

/** The part of the view that a frame must be: as was asked for, and not so small that it cannot be seen. */
function narrowest() {
  return Math.max(view.least, 0.3 / width);
}

function draw() {
  while (state.zoomed && !total(state.zoomed)) state.zoomed = state.tree.parent[state.zoomed];
  const shown = visible();
  const grown = makeRoom(shown);
  groupOf.get(state.current)?.setAttribute("tabindex", "-1");
  groupOf = new Map();
  const scale = scaleOf();
  for (let at = 0; at < shown.length; at++) {
    groups[at] ??= newGroup();
    place(groups[at], shown[at], scale);
    groupOf.set(shown[at], groups[at]);
  }
  for (let at = shown.length; at < groups.length && groups[at].style.display !== "none"; at++) {
    groups[at].style.display = "none";
  }
  if (!groupOf.has(state.current)) state.current = state.zoomed;
  groupOf.get(state.current).setAttribute("tabindex", "0");
  keepFocus();
  resetButton.hidden = !state.zoomed;
  tellMatched();
  if (drawCrumbs() || grown) fit();
  if (grown && !state.inverted) window.scrollBy(0, grown); // the root stays where it is in the window
}

/** A focused group may have become another frame's. */
function keepFocus() {
  const focused = document.activeElement;
  const group = groupOf.get(state.current);
  if (focused !== group && focused?.closest(".func_g")) group.focus({ preventScroll: true });
}

/** Rows are added when they are needed, and kept, so that a zoom moves nothing. How many pixels were added above. */
function makeRoom(shown) {
  const { level } = state.tree;
  let lowest = low;
  let highest = high;
  for (const i of shown) {
    if (level[i] > highest) highest = level[i];
    else if (level[i] < lowest) lowest = level[i];
  }
  const grown = (highest - high + low - lowest) * view.row;
  [low, high] = [lowest, highest];
  return grown;
}

/** As few rows as this view needs. */
function freshRows() {
  low = 0;
  high = state.tree === state.base ? view.rows - 1 : 0;
}

function scaleOf() {
  const { zoomed } = state;
  const inner = width - panelWidth() - 2 * MARGIN;
  return {
    inner,
    from: start(zoomed),
    part: total(zoomed) ? inner / total(zoomed) : 0,
    level: state.tree.level[zoomed],
  };
}

/** Attributes are written where they differ from `was`, what was written last: asking the page costs as much as writing. */
function newGroup() {
  const group = element("g", { tabindex: "-1", role: "treeitem" }, frames);
  const rect = element("rect", { height: view.row - 1 }, group);
  return Object.assign(group, { was: {}, rect: Object.assign(rect, { was: {} }), label: null, hatch: null });
}

function place(group, i, scale) {
  const { tree, zoomed } = state;
  const caller = i < zoomed;
  const whole = caller || i === zoomed;
  const name = nameOf(i);
  const x = MARGIN + (whole ? 0 : (start(i) - scale.from) * scale.part);
  const wide = whole ? scale.inner : total(i) * scale.part;
  const box = { x: x.toFixed(2), y: rowOf(tree.level[i]), width: Math.max(wide - GUTTER, wide * 0.6).toFixed(2) };
  group.frame = i;
  if (group.style.display) group.style.display = "";
  set(group, { class: classesOf(i, caller, name), "aria-label": name });
  set(group.rect, { class: tree.fill(i), ...box });
  const text = fitted(name, Math.floor((wide - 2 * PADDING) / view.letter));
  if (text || group.label) write(group, text, x, box.y);
  const gone = vanished(i) && !caller;
  if (gone || group.hatch) hatch(group, gone ? box : { width: 0 });
}

function set(node, values) {
  for (const name in values) {
    if (node.was[name] === values[name]) continue;
    node.was[name] = values[name];
    node.setAttribute(name, values[name]);
  }
}

function write(group, text, x, y) {
  group.label ??= Object.assign(element("text", {}, group), { was: {}, textContent: "" });
  if (group.label.was.text !== text) group.label.textContent = text;
  group.label.was.text = text;
  if (text) set(group.label, { x: (x + PADDING).toFixed(1), y: y + BASELINE });
}

/** Of a difference: nothing of this frame is left on the newer side. */
function vanished(i) {
  const { sides } = state.tree;
  return sides.length > 1 && sides[0].total[i] > 0 && !sides[1].total[i];
}

function hatch(group, box) {
  if (!group.hatch) {
    group.hatch = Object.assign(element("rect", { class: "hatch", height: view.row - 1 }), { was: {} });
    group.rect.after(group.hatch);
  }
  set(group.hatch, box);
}

function classesOf(i, caller, name) {
  let classes = i || state.kind !== "sandwich" ? "func_g" : "func_g subject";
  if (caller) classes += " parent";
  if (isHit(i)) classes += i === marked ? " match here" : " match";
  if (vanished(i)) classes += " elided";
  if (attributes.size && attributes.get(name)?.class) classes += ` ${attributes.get(name).class}`;
  return classes;
}

function rowOf(level) {
  return top() + (state.inverted ? level - low : high - level) * view.row;
}

function top() {
  return view.top + (svg.classList.contains("stacked") ? TOOLS : 0);
}

function footHeight() {
  return FOOTER + (svg.classList.contains("crumbed") ? CRUMBS : 0);
}
