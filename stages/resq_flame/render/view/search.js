/* Search: what matches is marked, weighed and walked through. */

let pattern = null;
let hits = null; // by name: does it match
let marked = -1; // the match that the walk is at
let matches = null; // the frames that match, in view; found when they are asked for

function isHit(i) {
  return hits !== null && hits[state.tree.frame[i]] === 1 && (i > 0 || state.kind === "sandwich");
}

function forgetMatches() {
  matches = null;
  marked = -1;
}

function search() {
  const folds = caseless.getAttribute("aria-pressed") === "true";
  let wrong = "";
  try {
    pattern = input.value ? new RegExp(input.value, folds ? "i" : "") : null;
  } catch (error) {
    pattern = null;
    wrong = "not a regular expression";
  }
  hits = pattern && Uint8Array.from(state.base.names, (name) => (name !== GAP && pattern.test(name) ? 1 : 0));
  field.classList.toggle("wrong", Boolean(wrong));
  forgetMatches();
  mark();
  drawTable();
  if (wrong) matched.textContent = wrong;
  keepLink();
}

function mark() {
  svg.classList.toggle("searching", hits !== null);
  for (const [i, group] of groupOf) set(group, { class: classesOf(i, i < state.zoomed, nameOf(i)) });
  tellMatched();
}

/** What part of the view matches, and of all; a match below a match is counted once. */
function tellMatched() {
  for (const each of [place_, previousButton, nextButton]) each.hidden = !pattern;
  if (!pattern) {
    matched.textContent = "";
    return;
  }
  const { sum, count } = matchedWeight();
  const said = [`Matched: ${percent(sum, total(state.zoomed))}`];
  const whole = state.tree.whole[state.side];
  if (total(state.zoomed) !== whole) {
    said[0] += " of view";
    said.push(`${percent(sum, whole)} of all`);
  }
  said.push(counted(count, "frame"));
  matched.textContent = said.join(" · ");
  place_.textContent = numbers.format(count);
}

function matchedWeight() {
  const { tree, zoomed, side } = state;
  const { frame, end } = tree;
  const totals = tree.sides[side].total;
  let [sum, count, covered] = [0, 0, 0];
  for (let i = zoomed; i < end[zoomed]; i++) {
    if (!hits[frame[i]] || !totals[i]) continue;
    count++;
    if (i >= covered) {
      sum += totals[i];
      covered = end[i];
    }
  }
  return { sum: tree.stacks && !zoomed ? matchedStacks(tree, side) : sum, count };
}

/** Of a sandwich, whose callers and callees are the same weight twice. */
function matchedStacks({ stacks, weights }, side) {
  const { own } = weights[side];
  return stacks.reduce((sum, { path, at }) => (path.some((name) => hits[name]) ? sum + own[at] : sum), 0);
}

/** To the next match (1) or the one before (-1), wherever it is. */
function step(way) {
  if (!pattern) return;
  const { tree, zoomed } = state;
  if (!matches || matches.zoomed !== zoomed) {
    matches = { zoomed, list: [] };
    for (let i = zoomed; i < tree.end[zoomed]; i++) if (isHit(i) && total(i)) matches.list.push(i);
  }
  const { list } = matches;
  if (!list.length) return;
  const here = list.indexOf(marked);
  const next = list.findIndex((i) => i >= state.current); // where a walk begins
  const from = here >= 0 ? here + way : next < 0 ? 0 : way > 0 ? next : next - 1;
  const at = (from + list.length) % list.length;
  marked = list[at];
  stand(list[at], { focus: document.activeElement !== input });
  matches.zoomed = state.zoomed; // the walk goes on through the view where it began
  mark();
  place_.textContent = `${numbers.format(at + 1)}/${numbers.format(list.length)}`;
  details(list[at]);
  say(`${at + 1} of ${list.length}: ${title(list[at])}`);
}

function toggleCase() {
  caseless.setAttribute("aria-pressed", caseless.getAttribute("aria-pressed") !== "true");
  search();
}

function clearSearch() {
  input.value = "";
  search();
}

/** Search for exactly this function. */
function searchName(name) {
  input.value = `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  caseless.setAttribute("aria-pressed", "false");
  search();
}
