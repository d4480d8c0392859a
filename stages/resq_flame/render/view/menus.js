/* Menus, and the help: one popup at a time. */

let popup = null; // { box, opener, close }

/** Room that an open popup needs below the top of a small graph, with its shadow. */
function roomForPopup() {
  return popup ? popup.bottom + 24 : 0;
}

/** Open a box at a point of the picture, within it; fill gives it its content. It ends at x where `ends` is true. */
function openPopup(attributes, x, y, fill, { ends = false } = {}) {
  closePopup();
  const opener = document.activeElement;
  const holder = element("foreignObject", { class: "holder", x: 0, y: 0, width, height: 1 }, svg);
  const box = html("div", { class: "popup", ...attributes }, holder);
  fill(box);
  const { width: wide, height } = box.getBoundingClientRect();
  const view_ = svg.getBoundingClientRect();
  const lowest = Math.max(-view_.top, 0) + window.innerHeight - height - 8;
  const left = Math.max(Math.min(ends ? x - wide : x, width - wide - 8), 8);
  const above = Math.max(Math.min(y, lowest), 8);
  for (const [name, value] of Object.entries({ x: left, y: above, width: wide + 24, height: height + 24 })) {
    holder.setAttribute(name, value);
  }
  popup = { holder, box, opener, bottom: above + height };
  if (svg.getBoundingClientRect().height < popup.bottom) fit();
  (box.querySelector("[role^=menuitem], button") ?? box).focus({ preventScroll: true });
  return box;
}

function closePopup({ focus = false } = {}) {
  if (!popup) return;
  const { holder, opener } = popup;
  popup = null;
  holder.remove();
  menuButton.setAttribute("aria-expanded", "false");
  fit();
  if (focus && opener?.isConnected) opener.focus({ preventScroll: true });
}

/** A menu of entries { words, keys, checked, act }; null is a line between them. */
function openMenu(label, entries, x, y, where) {
  const fill = (box) => {
    for (const entry of entries.filter((each) => each !== undefined)) {
      if (!entry) {
        html("div", { role: "separator" }, box);
        continue;
      }
      const toggles = entry.checked !== undefined;
      const item = html(
        "button",
        { type: "button", role: toggles ? "menuitemcheckbox" : "menuitem", tabindex: "-1" },
        box,
      );
      if (toggles) item.setAttribute("aria-checked", entry.checked);
      html("span", { class: "tick", "aria-hidden": "true" }, item, entry.checked ? "✓" : "");
      html("span", { class: "words" }, item, entry.words);
      html("kbd", { "aria-hidden": "true" }, item, entry.keys ?? "");
      item.addEventListener("click", () => {
        closePopup({ focus: true });
        entry.act();
      });
    }
  };
  openPopup({ role: "menu", "aria-label": label }, x, y, fill, where);
}

function menuKey(event) {
  const items = [...popup.box.querySelectorAll("[role^=menuitem], button")];
  const here = items.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items.at(to % items.length).focus();
  else if (event.key === "Tab" || event.key === "Escape") closePopup({ focus: true });
  else return;
  event.preventDefault();
}

function openViewMenu() {
  if (popup) {
    closePopup();
    return;
  }
  const at = menuButton.getBoundingClientRect();
  const base = svg.getBoundingClientRect();
  const whole = !state.base.partial;
  openMenu(
    "View",
    [
      { words: "Icicle graph", keys: "i", checked: state.inverted, act: turn },
      whole
        ? { words: "Callers (inverted)", keys: "v", checked: state.kind === "callers", act: toggleCallers }
        : undefined,
      whole ? { words: "Merge recursion", keys: "r", checked: state.merged, act: toggleMerged } : undefined,
      whole ? { words: "Table of functions", keys: "t", checked: tableShown, act: toggleTable } : undefined,
      state.base.sides.length > 1
        ? { words: "Widths of before", keys: "b", checked: !state.side, act: toggleSide }
        : undefined,
      null,
      { words: "Everything as it came", keys: "0", act: restore },
      { words: "Copy link", keys: "l", act: copyLink },
      { words: "Keys", keys: "?", act: openHelp },
    ],
    at.right - base.left,
    at.bottom - base.top + 4,
    { ends: true },
  );
  menuButton.setAttribute("aria-expanded", "true");
}

/** What can be done with one frame. */
function openFrameMenu(i, x, y) {
  state.current = i;
  details(i);
  const whole = i === 0 && state.kind !== "sandwich";
  const name = state.tree.frame[i];
  const link = attributes.get(nameOf(i))?.href;
  const more =
    whole || state.base.partial
      ? []
      : [
          { words: "Callers and callees", keys: "w", act: () => sandwich(name) },
          { words: "Only stacks with it", keys: "o", act: () => change({ only: name, kind: "stacks" }) },
          { words: "Hide this function", keys: "h", act: () => hide(name) },
          { words: "Mark it everywhere", keys: "e", act: () => searchName(state.base.names[name]) },
          null,
        ];
  openMenu(
    nameOf(i),
    [
      { words: "Zoom in", keys: "Enter", act: () => zoom(i) },
      ...more,
      { words: "Copy its name", keys: "c", act: () => copy(nameOf(i), "Name") },
      { words: "Copy its stack", keys: "Shift+C", act: () => copy(stackOf(i), "Stack") },
      link
        ? { words: "Open its link", act: () => window.open(link, attributes.get(nameOf(i)).target ?? "_top") }
        : undefined,
    ],
    x,
    y,
  );
}

function toggleCallers() {
  change({ kind: state.kind === "callers" ? "stacks" : "callers" });
}

function toggleMerged() {
  change({ merged: !state.merged });
}

function hide(name) {
  if (state.kind === "sandwich" && state.subject === name)
    change({ kind: "stacks", hidden: new Set([...state.hidden, name]) });
  else change({ hidden: new Set([...state.hidden, name]) });
}

/** Undo all that was asked for, but the search. */
function restore() {
  state.zoomed = 0;
  state.inverted = view.inverted;
  change({ kind: "stacks", subject: null, only: null, hidden: new Set(), merged: false });
}

const KEYS = [
  ["/  Ctrl+F  F3", "search; Ctrl+F twice is the browser's own"],
  ["Enter  Shift+Enter  n  N", "next match, previous match"],
  ["Ctrl+I", "ignore case, or not"],
  ["← ↑ → ↓  Home", "walk: beside, to a callee, to the caller, to the root"],
  ["Enter  Space", "zoom to the frame"],
  ["Esc", "close, clear the search, zoom out"],
  ["m  Shift+click", "what can be done with the frame"],
  ["w  o  h  e", "callers and callees of it, only it, hide it, mark it"],
  ["c  Shift+C  Ctrl+C", "copy its name, its stack"],
  ["i  v  r  t", "icicle, callers, merge recursion, table"],
  ["b", "before or after, in a difference"],
  ["0  l", "everything as it came, copy a link to this view"],
];

function openHelp() {
  const fill = (box) => {
    html("h2", { id: "keys" }, box, "Keys");
    const list = html("dl", {}, box);
    for (const [keys, words] of KEYS) {
      const names = html("dt", {}, list);
      for (const each of keys.split("  ")) html("kbd", {}, names, each);
      html("dd", {}, list, words);
    }
    button({ class: "close" }, box, "Close", () => closePopup({ focus: true }));
  };
  openDialog({ "aria-labelledby": "keys" }, 520, fill);
}

/** A popup in the middle, as wide as that or as there is room. */
function openDialog(attributes, wide, fill) {
  const seen = Math.max(-svg.getBoundingClientRect().top, 0);
  openPopup(
    { class: "popup dialog", role: "dialog", tabindex: "-1", ...attributes },
    (width - wide) / 2,
    seen + 60,
    fill,
  );
}

/** Text to the clipboard; where a page may not write there, to a box to copy it from. */
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    hint(`${what} copied`);
    say(`${what} copied`);
  } catch (error) {
    openDialog({ "aria-label": what }, 440, (box) => {
      html("p", {}, box, "Press Ctrl+C to copy");
      const area = html("textarea", { readonly: "", rows: "6", "aria-label": what }, box, text);
      setTimeout(() => area.select());
    });
  }
}

function copyLink() {
  writeLink();
  copy(location.href, "Link");
}
