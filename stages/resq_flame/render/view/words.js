/* How numbers and names read. */

const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 9 });

function amount(weight) {
  return numbers.format(weight * view.factor);
}

const SECONDS = { nanoseconds: 1e-9, microseconds: 1e-6, milliseconds: 1e-3, seconds: 1 };
const TIMES = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];
const BYTES = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];

/** Times and bytes in the size that reads best, as resq-report writes them (units.quantity); others as they are. */
function brief(weight) {
  const value = weight * view.factor;
  if (!value) return "0";
  if (view.unit in SECONDS) return sized(value * SECONDS[view.unit], TIMES, 3, 0.9995);
  return view.unit === "bytes" ? sized(value, BYTES, 4, 1) : amount(weight);
}

function sized(value, sizes, digits, nearly) {
  const [size, unit] = sizes.find(([each]) => Math.abs(value) >= each * nearly) ?? sizes.at(-1);
  const said =
    Math.abs(value / size) < 10 ** digits ? Number((value / size).toPrecision(digits)) : Math.round(value / size);
  return `${numbers.format(said)} ${unit}`;
}

/** The weight in words: the unit as it came, and first the size that reads best. */
function quantity(weight) {
  const unit = amount(weight) === "1" && view.unit === "samples" ? "sample" : view.unit;
  const [exact, short] = [`${amount(weight)} ${unit}`, brief(weight)];
  return short === amount(weight) ? exact : `${short} (${exact})`;
}

function percent(part, whole) {
  return `${(whole ? (100 * part) / whole : 0).toFixed(2)}%`;
}

function signed(text, number) {
  return number < 0 ? text : `+${text}`;
}

/** What the details line says of a frame: its total, its self, its part of all and of what is in view. */
function figures(i) {
  const { tree, zoomed } = state;
  const whole = tree.whole[state.side];
  const said = [`${quantity(total(i))}, ${percent(total(i), whole)}`];
  if (zoomed || total(0) !== whole) said.push(`${percent(total(i), total(zoomed))} of view`);
  if (!tree.partial && tree.level[i] >= 0) said.push(`self ${brief(self(i))}, ${percent(self(i), whole)}`);
  if (tree.sides.length > 1) said.push(compared(i));
  return said.join(" · ");
}

/** Both numbers of a frame, and what it grew by. */
function compared(i) {
  const [before, after] = state.tree.sides.map((side) => side.total[i]);
  const grown = after - before;
  const fate = !before ? ", new" : !after ? ", vanished" : "";
  return `before ${brief(before)}, after ${brief(after)} (${signed(brief(grown), grown)}${fate})`;
}

/** As the static layer has it. */
function title(i) {
  const special = attributes.get(nameOf(i));
  if (special?.title) return special.title;
  const share = percent(total(i), state.tree.whole[state.side]);
  return `${nameOf(i)} (${amount(total(i))} ${view.unit}, ${share}${changed(i)})`;
}

function changed(i) {
  if (state.tree.sides.length < 2) return "";
  const [before, after] = state.tree.sides.map((side) => side.total[i]);
  const grown = after - before;
  return `; ${signed(percent(grown, state.tree.whole[state.side]), grown)}, before ${amount(before)}`;
}

/** The stack of a frame, root first. */
function stackOf(i) {
  const { tree } = state;
  const names = [];
  for (let at = i; at; at = tree.parent[at]) names.push(tree.names[tree.frame[at]]);
  if (state.kind === "sandwich") names.push(nameOf(0));
  // A callers' tree has the leaf at its root.
  const leafFirst = state.kind === "callers" || tree.level[i] < 0 || view.reversed;
  return (leafFirst ? names : names.reverse()).join(";");
}

/** As much of a name as so many letters of space hold; wide letters count as two (svg.fitted). */
function fitted(name, letters) {
  if (letters < 3) return "";
  if (name.length * 2 <= letters) return name;
  let space = letters;
  let kept = "";
  let room = "";
  for (const letter of name) {
    space -= letter >= "\u1100" ? 2 : 1;
    if (space < 0) return `${room}…`;
    kept += letter;
    if (space >= 1) room = kept;
  }
  return name;
}

function counted(count, noun) {
  return `${numbers.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}
