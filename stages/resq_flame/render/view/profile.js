/* Where the frames come from: first the picture itself, then the profile that it embeds. */

/** The frames that the static layer has, for browsers that cannot inflate; what their callees weigh is not known. */
function treeOfPicture() {
  const found = [...frames.querySelectorAll(".func_g")].map((group) => {
    const rect = group.querySelector("rect");
    const title = group.querySelector("title").textContent;
    const cut = title.lastIndexOf(" (", title.lastIndexOf(` ${view.unit}, `));
    return {
      name: cut > 0 ? title.slice(0, cut) : title,
      start: Number(rect.getAttribute("fg:x")),
      total: Number(rect.getAttribute("fg:w")),
      y: Number(rect.getAttribute("y")),
      fill: rect.getAttribute("class"),
    };
  });
  const levels = found.map((each) => Math.round(Math.abs(each.y - found[0].y) / view.row));
  const names = found.map((each) => each.name);
  const tree = treeOf(names, [...names.keys()], levels, [names.map(() => 0)]);
  const [side] = tree.sides;
  side.start = Float64Array.from(found, (each) => each.start);
  side.total = Float64Array.from(found, (each) => each.total);
  tree.whole = [side.total[0]];
  tree.partial = true;
  tree.fill = (i) => found[i].fill;
  return tree;
}

/** Every frame there is. Rejects where the browser has no DecompressionStream, or the data is damaged. */
async function treeOfProfile() {
  const letters = atob(svg.querySelector("#profile").textContent);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const said = JSON.parse(await new Response(plain).text());
  const columns = said.meta.columns;
  const sides = columns.length ? ["before", "after"] : [""];
  const own = sides.map((side) => {
    const places = [...columns.keys()].filter((at) => columns[at] === side);
    const weight = (row) => (columns.length ? places.reduce((sum, at) => sum + row[at], 0) : row);
    return [0, ...said.weights.map((row) => (row === null ? 0 : weight(row)))];
  });
  const names = [...said.names, "all"];
  const tree = treeOf(names, [said.names.length, ...said.frames], [0, ...said.depths], own, Boolean(said.timed));
  fillByName = said.fills.map((fill) => `c${fill}`);
  attributes = new Map(Object.entries(said.attributes ?? {}));
  return tree;
}

let fillByName = [];
let attributes = new Map(); // of single functions: title, class, href, target

/** The class of each frame's box: by its name, or by how much it changed. */
function dyed(tree) {
  if (!tree.fill) tree.fill = tree.sides.length > 1 ? differences(tree) : (i) => fillByName[tree.frame[i]] ?? "root";
  return tree;
}

/** palette.level in the browser's words, and the largest difference in tree.most. */
function differences(tree) {
  const sign = view.negate ? -1 : 1;
  const [before, after] = tree.sides.map((side) => (view.delta === "self" ? side.own : side.total));
  const whole = tree.frame[0] === tree.names.length - 1;
  let most = 0;
  for (let i = whole ? 1 : 0; i < tree.count; i++) most = Math.max(most, Math.abs(after[i] - before[i]));
  tree.most = most;
  return (i) => {
    if (!i && whole) return "root";
    const difference = sign * (after[i] - before[i]);
    if (!difference) return "s0";
    const level = Math.max(1, Math.ceil(LEVELS * Math.sqrt(Math.abs(difference) / most)));
    return `${difference > 0 ? "g" : "s"}${level}`;
  };
}
