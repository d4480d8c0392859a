/* Other trees of the same profile. Each has the names of the one that it is made of, and its whole to compare with. */

/** Without hidden functions, repeats of a function that calls itself as one, from the function `only` on. */
function narrowed(base, { hidden, only, merged }) {
  if (!hidden.size && only === null && !merged) return base;
  const stacks = [];
  for (const { path, at } of stacksOf(base)) {
    const from = only === null ? 0 : path.indexOf(only);
    if (from < 0) continue;
    const kept = path.slice(from).filter((name) => !hidden.has(name));
    stacks.push({ path: merged ? kept.filter((name, depth) => name !== kept[depth - 1]) : kept, at });
  }
  return with_(base, grow(base.names, base.frame[0], stacks, base.sides, base.timed));
}

/** Leaves first: who called each function. */
function callersOf(base) {
  const stacks = stacksOf(base).map(({ path, at }) => ({ path: path.reverse(), at }));
  return with_(base, grow(base.names, base.frame[0], stacks, base.sides));
}

/** One function, whom it calls on one side (levels above 0), who calls it on the other (below 0).
    A stack in which it stands several times counts once, by the outermost. */
function sandwichOf(base, name) {
  const below = [];
  const above = [];
  const whole = [];
  for (const { path, at } of stacksOf(base)) {
    const here = path.indexOf(name);
    if (here < 0) continue;
    below.push({ path: path.slice(here + 1), at });
    above.push({ path: path.slice(0, here).reverse(), at });
    whole.push({ path, at });
  }
  const [callees, callers] = [below, above].map((stacks) => grow(base.names, name, stacks, base.sides));
  return Object.assign(with_(base, joined(callees, callers)), { stacks: whole, weights: base.sides });
}

function joined(below, above) {
  const shift = below.count - 1;
  const shifted = (array) => array.subarray(1).map((i) => (i ? i + shift : 0));
  const both = (one, other) => {
    const made = new one.constructor(one.length + other.length);
    made.set(one);
    made.set(other, one.length);
    return made;
  };
  const count = below.count + above.count - 1;
  const end = both(below.end, shifted(above.end));
  end[0] = count;
  return {
    ...below,
    count,
    frame: both(below.frame, above.frame.subarray(1)),
    level: both(
      below.level,
      above.level.subarray(1).map((level) => -level),
    ),
    parent: both(below.parent, shifted(above.parent)),
    end,
    sides: below.sides.map((side, at) => {
      const other = above.sides[at];
      return {
        own: both(side.own, other.own.subarray(1)),
        start: both(
          side.start,
          other.start.subarray(1).map((start) => start - other.own[0]),
        ),
        total: both(side.total, other.total.subarray(1)),
      };
    }),
  };
}

function with_(base, tree) {
  return Object.assign(tree, { whole: base.whole });
}

/** Self and total of every function below a frame; a function below itself counts once. */
function functionsOf(tree, root) {
  const rows = new Map();
  const open = [];
  const within = new Uint32Array(tree.names.length);
  for (let i = root; i < tree.end[root]; i++) {
    while (open.length && tree.end[open[open.length - 1]] <= i) within[tree.frame[open.pop()]]--;
    const name = tree.names[tree.frame[i]] === GAP ? tree.frame[tree.parent[i]] : tree.frame[i];
    let row = rows.get(name);
    if (!row) rows.set(name, (row = { name, self: tree.sides.map(() => 0), total: tree.sides.map(() => 0) }));
    tree.sides.forEach((side, at) => {
      row.self[at] += side.own[i];
      if (!within[name]) row.total[at] += side.total[i];
    });
    within[tree.frame[i]]++;
    open.push(i);
  }
  return [...rows.values()];
}
