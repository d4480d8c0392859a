/* The keyboard. */

const toward = () => (state.inverted ? -1 : 1); // where a higher level is: up in a flame graph

const walk = {
  ArrowUp: (i) => along(i, toward()),
  ArrowDown: (i) => along(i, -toward()),
  ArrowLeft: (i) => beside(i, -1),
  ArrowRight: (i) => beside(i, 1),
  Home: () => 0,
};

/** Keys that need no frame. */
const general = {
  "/": () => input.focus(),
  "?": () => openHelp(),
  n: () => step(1),
  N: () => step(-1),
  i: () => turn(),
  v: () => toggleCallers(),
  r: () => toggleMerged(),
  t: () => !state.base.partial && toggleTable(),
  b: () => toggleSide(),
  l: () => copyLink(),
  0: () => restore(),
};

/** Keys that do something with the frame that the keyboard stands on; those of a function, not of the whole. */
const onFrame = {
  Enter: (i) => zoomAndStand(i),
  " ": (i) => zoomAndStand(i),
  c: (i) => copy(nameOf(i), "Name"),
  C: (i) => copy(stackOf(i), "Stack"),
  m: (i) => openMenuOf(i),
  ContextMenu: (i) => openMenuOf(i),
  w: (i) => i && sandwich(state.tree.frame[i]),
  o: (i) => i && change({ only: state.tree.frame[i], kind: "stacks" }),
  h: (i) => i && hide(state.tree.frame[i]),
  e: (i) => i && searchName(nameOf(i)),
};

function zoomAndStand(i) {
  zoom(i);
  stand(i);
}

function openMenuOf(i) {
  const at = groupOf.get(i).getBoundingClientRect();
  const base = svg.getBoundingClientRect();
  openFrameMenu(i, at.left - base.left + 8, at.bottom - base.top + 2);
}

function key(event) {
  const control = event.ctrlKey || event.metaKey;
  if (popup && !control) menuKey(event);
  else if ((control && event.key.toLowerCase() === "f") || event.key === "F3") find(event);
  else if (control && event.key.toLowerCase() === "i") {
    toggleCase();
    event.preventDefault();
  } else if (event.key === "Escape") escape(event);
  else if (document.activeElement === input) searchKey(event);
  else if (!control && !event.altKey) plainKey(event);
}

function find(event) {
  if (document.activeElement === input) {
    if (event.key !== "F3") return; // twice: the browser's own search
    step(event.shiftKey ? -1 : 1);
  } else {
    input.focus();
    input.select();
  }
  event.preventDefault();
}

function escape(event) {
  const searching = document.activeElement === input;
  if (input.value) clearSearch();
  else if (state.zoomed && !searching) zoom(0);
  if (searching) stand(state.current);
  event.preventDefault();
}

function searchKey(event) {
  if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
  else if (event.key === "ArrowDown") stand(state.current);
  else return;
  event.preventDefault();
}

function plainKey(event) {
  const target = event.target;
  const onPicture = target.closest?.(".func_g") || target === svg || target === document.body || target === document;
  if (target.closest?.("textarea")) return;
  if (onPicture && walk[event.key]) stand(walk[event.key](state.current));
  else if (onPicture && onFrame[event.key]) onFrame[event.key](state.current);
  else if (general[event.key]) general[event.key]();
  else return;
  event.preventDefault();
}
