/* Where head, frames and foot stand, and how much room there is for them. */

const LEGEND = 464; // pixels
const PANEL = 520; // pixels that a table likes to be high

let drawn = 0; // pixels from the top to below the foot; an open popup may need more

/** Draw as wide as the window is, or as was asked for. */
function arrange() {
  if (!view.width) svg.setAttribute("width", "100%");
  width = view.width || Math.max(svg.getBoundingClientRect().width, 240);
  arrangeHead();
  draw();
  fit();
}

/** The window became wider or narrower in a way that it does not tell of. */
function widen() {
  if (!view.width && Math.abs(svg.getBoundingClientRect().width - width) >= 1) arrange();
}

/** The tools stand beside the title, which makes way for them, or in a row of their own where there is no room. */
function arrangeHead() {
  const [left, right] = [120, state.base.sides.length > 1 ? 570 : 430];
  const longest = Math.max(...headings.map((line) => (line.whole ?? line.textContent).length * 8.5));
  const stacked = longest > width - left - right;
  const middle = stacked ? width / 2 : Math.min(width / 2, width - right - longest / 2);
  svg.classList.toggle("stacked", stacked);
  svg.classList.toggle("narrow", width < 640);
  for (const line of headings) {
    line.setAttribute("x", middle);
    line.whole ??= line.textContent;
    line.textContent = fitted(line.whole, Math.floor((width - 2 * MARGIN) / 9.8));
  }
}

/** Make room for the rows. It makes the browser lay out anew, so it is done last, and only where it must. */
function fit() {
  const rows = (high - low + 1) * view.row;
  drawn = Math.max(top() + rows + footHeight(), tableShown ? Math.min(window.innerHeight, PANEL) : 0);
  const height = Math.max(drawn, roomForPopup());
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`); // paper is narrower than the window
  size(head.querySelector("rect"), 0, width, top());
  size(toolbar, svg.classList.contains("stacked") ? view.top - 6 : 8, width, 36);
  size(footVeil, 0, width, footHeight());
  const crumbed = svg.classList.contains("crumbed");
  size(crumbsLine, 0, width - (legend ? LEGEND : 0), crumbed ? CRUMBS : 0);
  size(detailsLine, crumbed ? CRUMBS - 2 : 0, width, FOOTER);
  if (legend) placeLegend();
  float();
}

function placeLegend() {
  const most = (100 * state.tree.most) / state.tree.whole[state.side];
  const [left, right] = legend.querySelectorAll("text");
  const ends = [-most, most].map((end) => signed(`${end.toFixed(2)}%`, end));
  if (view.negate) ends.reverse();
  left.textContent = ends[0];
  const narrow = svg.classList.contains("narrow");
  right.textContent = narrow ? ends[1] : `${ends[1]} of all, change of ${view.delta}`;
  legend.setAttribute("transform", narrow ? "translate(4 -4)" : `translate(${width - LEGEND} -4)`);
}

function size(part, y, wide, high_) {
  part.setAttribute("y", y);
  part.setAttribute("width", Math.max(wide, 0));
  part.setAttribute("height", high_);
}

/** Keep the head and the details in the window while a tall graph scrolls. */
function float() {
  const box = svg.getBoundingClientRect();
  const foot_ = footHeight();
  const above = Math.min(Math.max(-box.top, 0), Math.max(drawn - foot_ - top(), 0));
  const below = Math.min(Math.max(window.innerHeight - box.top, foot_), drawn) - foot_;
  svg.classList.toggle("floating", above > 0 || below < drawn - foot_);
  head.setAttribute("transform", `translate(0 ${above})`);
  foot.setAttribute("transform", `translate(0 ${below})`);
  placePanel(below - above - top());
}
