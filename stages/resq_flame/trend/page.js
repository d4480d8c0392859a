"use strict";
for (const section of document.querySelectorAll("section")) {
  const { points, lines } = JSON.parse(section.querySelector("script").textContent);
  const chart = section.querySelector(".chart");
  const svg = chart.querySelector("svg");
  const cursor = svg.querySelector(".cursor");
  const tip = chart.querySelector(".tip");
  const left = Number(svg.dataset.left);
  const inner = svg.viewBox.baseVal.width - left - Number(svg.dataset.right);
  const last = points.length - 1;
  let at = last;

  const across = (place) => left + inner * (last ? place / last : 0.5);

  const show = (place) => {
    at = Math.min(Math.max(place, 0), last);
    const x = across(at);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.removeAttribute("hidden");
    const head = document.createElement("b");
    const revision = document.createElement("code");
    head.textContent = `${points[at][0]} `;
    revision.textContent = points[at][1];
    head.append(revision);
    tip.replaceChildren(head);
    const rows = lines.map(([name, shares], number) => ({ name, number, share: shares[at] }));
    rows.sort((one, other) => other.share - one.share);
    for (const { name, number, share } of rows) {
      const row = document.createElement("div");
      const label = document.createElement("span");
      const value = document.createElement("span");
      label.className = `c${number % 10}`;
      label.textContent = name;
      value.textContent = `${share.toFixed(1)} %`;
      row.append(label, value);
      tip.append(row);
    }
    tip.hidden = false;
    const scale = chart.clientWidth / svg.viewBox.baseVal.width;
    const right = x * scale + 14;
    tip.style.left = `${right + tip.offsetWidth > chart.clientWidth ? x * scale - tip.offsetWidth - 14 : right}px`;
  };
  const hide = () => {
    tip.hidden = true;
    cursor.setAttribute("hidden", "");
  };

  chart.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    if (x > left + inner + 8) hide();
    else show(Math.round(((x - left) / inner) * last));
  });
  chart.addEventListener("pointerleave", hide);
  chart.addEventListener("blur", hide);
  chart.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    if (event.key === "Escape") hide();
    else if (event.key in moves) {
      event.preventDefault();
      show(moves[event.key]);
    }
  });

  const pick = (number) => {
    section.classList.toggle("picked", number !== null);
    for (const part of svg.querySelectorAll("[data-line]")) part.classList.toggle("on", part.dataset.line === number);
  };
  for (const part of section.querySelectorAll("[data-line]")) {
    for (const name of ["pointerenter", "focus"]) part.addEventListener(name, () => pick(part.dataset.line));
    for (const name of ["pointerleave", "blur"]) part.addEventListener(name, () => pick(null));
  }
}
