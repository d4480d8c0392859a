/* What a user does with the picture: zoom, look at it in another way, walk over it. */

function zoom(i, { remember = true } = {}) {
  state.zoomed = i;
  state.current = i;
  draw();
  drawTable();
  if (i) details(i);
  else hint();
  say(i ? `Zoomed to ${nameOf(i)}, ${percent(total(i), state.tree.whole[state.side])}` : "Zoomed out");
  if (remember) keepLink();
}

/** Look at the profile in another way, and draw that. */
function change(changes) {
  look(changes);
  show();
  settle();
  say([...chips.children].map((each) => each.textContent.replace("×", "")).join(", ") || "All stacks");
  keepLink();
}

/** Draw what the state says, all of it. */
function show() {
  forgetMatches();
  freshRows();
  draw();
  fit();
  drawTable();
  hint();
}

function turn() {
  state.inverted = !state.inverted;
  show();
  settle();
  say(state.inverted ? "Icicle graph" : "Flame graph");
  keepLink();
}

function toggleSide() {
  if (state.base.sides.length > 1) showSide(1 - state.side);
}

/** Widths as they were before (0), or are after (1). */
function showSide(side) {
  state.side = side;
  show();
  nameSide();
  say(`Widths are those of ${state.side ? "after" : "before"}`);
  keepLink();
}

function nameSide() {
  sidesBox.hidden = state.base.sides.length < 2;
  sideButtons.forEach((each, side) => each.setAttribute("aria-pressed", side === state.side));
}

/** Put the keyboard on a frame; one too narrow to be drawn is zoomed to first. */
function stand(i, { focus = true } = {}) {
  if (!groupOf.has(i)) reveal(i);
  groupOf.get(state.current)?.setAttribute("tabindex", "-1");
  state.current = i;
  const group = groupOf.get(i);
  group.setAttribute("tabindex", "0");
  group.setAttribute("aria-level", Math.abs(state.tree.level[i]) + 1);
  if (focus) group.focus({ preventScroll: true });
  scrollTo_(i);
}

function reveal(i) {
  let from = state.tree.parent[i];
  if (total(i) < total(from) * narrowest()) from = i;
  zoom(from);
}

function scrollTo_(i) {
  const above = svg.getBoundingClientRect().top + rowOf(state.tree.level[i]);
  const [first, last] = [top(), window.innerHeight - footHeight() - view.row];
  if (above < first) window.scrollBy(0, above - first);
  else if (above > last) window.scrollBy(0, above - last);
}

/** Another view may be as low as the window: what is zoomed to is in sight, and the root where there is room for both. */
function settle() {
  scrollTo_(0);
  scrollTo_(state.zoomed);
}

/** The widest frame that is drawn on the far side of this one. */
function child(i, below = 1) {
  const { tree } = state;
  let widest = i;
  for (let next = i + 1; next < tree.end[i]; next = tree.end[next]) {
    if (Math.sign(tree.level[next]) !== below) continue;
    if (groupOf.has(next) && (widest === i || total(next) > total(widest))) widest = next;
  }
  return widest;
}

/** Towards higher levels (1) or lower ones (-1): to a callee, or back to the caller. */
function along(i, direction) {
  const level = state.tree.level[i];
  if (level === 0) return child(i, direction);
  return Math.sign(level) === direction ? child(i, direction) : state.tree.parent[i];
}

/** The neighbour in the same row, left (-1) or right (1). */
function beside(i, way) {
  const row = [...groupOf.keys()].filter((each) => state.tree.level[each] === state.tree.level[i]);
  return row[row.indexOf(i) + way] ?? i;
}
