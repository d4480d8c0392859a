/* The start: the static layer comes first, then all that is embedded. */

function inGroup(act) {
  return (event) => {
    const group = event.target.closest(".func_g");
    if (group) act(group.frame, event, group);
  };
}

function openMenuUnder(i, event) {
  const base = svg.getBoundingClientRect();
  stand(i);
  openFrameMenu(i, event.clientX - base.left, event.clientY - base.top);
  event.preventDefault();
}

function pointed(i, event, group) {
  tip.textContent = title(i);
  if (tip.parentNode !== group) group.prepend(tip);
  details(i);
}

function listen() {
  frames.addEventListener(
    "click",
    inGroup((i, event) => {
      if (event.shiftKey) openMenuUnder(i, event);
      else zoomAndStand(i);
    }),
  );
  frames.addEventListener(
    "contextmenu",
    inGroup((i, event) => {
      if (event.pointerType === "touch" || event.pointerType === "pen") openMenuUnder(i, event); // a mouse's is the browser's
    }),
  );
  frames.addEventListener("mouseover", inGroup(pointed));
  frames.addEventListener("mouseleave", () => hint());
  frames.addEventListener(
    "focusin",
    inGroup((i, event, group) => {
      state.current = i;
      pointed(i, event, group);
    }),
  );
  document.addEventListener("copy", (event) => {
    if (!document.activeElement?.closest(".func_g")) return;
    event.clipboardData.setData("text/plain", stackOf(state.current));
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (popup && !popup.box.contains(event.target) && !menuButton.contains(event.target)) closePopup();
  });
  document.addEventListener("keydown", key);
  input.addEventListener("input", search);
  window.addEventListener("resize", arrange);
  new ResizeObserver(widen).observe(svg); // a scroll bar came or went
  window.addEventListener("scroll", float, { passive: true });
  if (alone) history.scrollRestoration = "manual"; // a view settles its own
  window.addEventListener("popstate", goBack);
}

const stripes = { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse" };
element("path", { d: "M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2" }, element("pattern", stripes, element("defs", {}, svg)));

// Not in the page of somebody else, who says where that is scrolled to.
const alone = svg.matches(":root, body > main:only-child > svg:only-child");

/** From here on the view is drawn by the script. Until then the static layer is what one sees. */
function begin(tree) {
  take(tree);
  frames.replaceChildren();
  svg.classList.add("live");
  svg.removeAttribute("role");
  frames.setAttribute("role", "tree");
  frames.setAttribute("aria-labelledby", "title");
  showControls();
  followLink();
  listen();
  if (alone) settle();
  svg.classList.add("ready");
}

/** Once the static layer is on the screen, so that nobody waits for the script to see it. */
requestAnimationFrame(() =>
  setTimeout(() =>
    treeOfProfile()
      .catch((error) => {
        console.warn(`only frames that are wide enough can be shown: ${error.message}`);
        return treeOfPicture();
      })
      .then(begin),
  ),
);
