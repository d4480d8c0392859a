/* Frames as rows of parallel arrays in preorder: frame i and all below it are i to end[i]; frame 0 is the whole.

   names[frame[i]] is a frame's name, level[i] its row counted from frame 0. Each side is a column of weights,
   { own, start, total }: one side, or before and after. A frame named "" is no call, but what its caller itself spent
   between two calls, in a profile that is ordered by time. */

const GAP = "";

/** A tree of frames that are given in preorder, by the number of their name and their level; own: a list a side. */
function treeOf(names, frame, level, own, timed = false) {
  const count = frame.length;
  const tree = {
    count,
    names,
    timed,
    frame: Uint32Array.from(frame),
    level: Int32Array.from(level),
    parent: new Uint32Array(count),
    end: new Uint32Array(count),
    sides: [],
  };
  nest(tree);
  tree.sides = own.map((weights) => weighed(tree, Float64Array.from(weights)));
  tree.whole = tree.sides.map((side) => side.total[0]);
  return tree;
}

/** Who called whom, from the levels alone. */
function nest(tree) {
  const open = [];
  for (let i = 0; i < tree.count; i++) {
    while (open.length > tree.level[i]) tree.end[open.pop()] = i;
    tree.parent[i] = open.length ? open[open.length - 1] : 0;
    open.push(i);
  }
  for (const i of open) tree.end[i] = tree.count;
}

function weighed(tree, own) {
  const { count, parent } = tree;
  const start = new Float64Array(count);
  for (let i = 1; i < count; i++) start[i] = start[i - 1] + own[i - 1];
  const total = own.slice(); // not by differences of starts, in which small weights would drown
  for (let i = count - 1; i > 0; i--) total[parent[i]] += total[i];
  return { own, start, total };
}

/** The stacks of a tree: the names' numbers, root first and without the whole, and the frame that has the weight. */
function stacksOf(tree) {
  const stacks = [];
  const path = [];
  for (let i = 0; i < tree.count; i++) {
    path.length = Math.max(tree.level[i] - 1, 0);
    if (i && tree.names[tree.frame[i]] !== GAP) path.push(tree.frame[i]);
    if (tree.sides.some((side) => side.own[i])) stacks.push({ path: path.slice(), at: i });
  }
  return stacks;
}

/** The tree of stacks below a root, siblings by name; in the order of the stacks where timed is true. */
function grow(names, root, stacks, sides, timed = false) {
  const frame = [root];
  const level = [0];
  const own = sides.map(() => [0]);
  const open = [0];
  let last = [];
  const push = (name) => {
    open.push(frame.length);
    frame.push(name);
    level.push(open.length - 1);
    for (const weights of own) weights.push(0);
  };
  for (const { path, at } of timed ? stacks : sorted(names, stacks)) {
    let shared = 0;
    while (shared < path.length && shared < last.length && path[shared] === last[shared]) shared++;
    const gap = timed && shared === path.length && last.length > shared;
    open.length = shared + 1;
    for (let depth = shared; depth < path.length; depth++) push(path[depth]);
    if (gap) push(names.indexOf(GAP));
    own.forEach((weights, side) => {
      weights[open[open.length - 1]] += sides[side].own[at];
    });
    last = gap ? [...path, -1] : path;
  }
  return treeOf(names, frame, level, own, timed);
}

function sorted(names, stacks) {
  const rank = rankOf(names);
  return stacks.sort((one, other) => {
    const length = Math.min(one.path.length, other.path.length);
    for (let at = 0; at < length; at++) {
      if (one.path[at] !== other.path[at]) return rank[one.path[at]] - rank[other.path[at]];
    }
    return one.path.length - other.path.length;
  });
}

const ranks = new WeakMap();

/** The place of each name in the alphabet, reckoned once. */
function rankOf(names) {
  if (!ranks.has(names)) {
    const rank = new Uint32Array(names.length);
    const alphabet = [...names.keys()].sort((one, other) => (names[one] < names[other] ? -1 : 1));
    alphabet.forEach((name, place) => {
      rank[name] = place;
    });
    ranks.set(names, rank);
  }
  return ranks.get(names);
}
