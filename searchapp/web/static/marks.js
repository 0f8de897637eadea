// Steps through the marked words of an article. Without this the page has the marks, and links to the first and the
// last; here they become buttons, and n and p do the same. The address and the history stay as they are.

const bar = document.getElementById("searchapp-finder");
const said = bar.querySelector("[role=status]");
const marks = [...document.querySelectorAll("mark.found")];
const starts = marks.filter(mark => mark.id);

let now = -1;

// All pieces of a match: a phrase may go on in emphasis or a link.
function piecesOf(number) {
  const first = marks.indexOf(starts[number]);
  const next = number + 1 < starts.length ? marks.indexOf(starts[number + 1]) : marks.length;
  return marks.slice(first, next);
}

// Where the reader is: the first match in what the address leads to, if that is in sight, else the first in sight.
function here() {
  const target = document.querySelector(".prose :target")?.getBoundingClientRect().top ?? -1;
  const top = Math.max(bar.getBoundingClientRect().bottom, target < innerHeight ? target : 0);
  const found = starts.findIndex(mark => mark.getBoundingClientRect().bottom > top);
  return found < 0 ? starts.length : found;
}

function step(by) {
  const from = now < 0 ? here() - (by > 0 ? 1 : 0) : now;
  if (now >= 0) for (const piece of piecesOf(now)) piece.classList.remove("found-now");
  now = (from + by + starts.length) % starts.length;
  const mark = starts[now];
  for (let at = mark.parentElement; at; at = at.parentElement) if (at.nodeName === "DETAILS") at.open = true;
  for (const piece of piecesOf(now)) piece.classList.add("found-now");
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  mark.scrollIntoView({ block: "center", inline: "nearest", behavior: smooth ? "smooth" : "instant" });
  said.textContent = bar.dataset.of.replace("{n}", now + 1);
}

function button(link, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = link.className;
  made.title = label;
  made.setAttribute("aria-label", label);
  made.append(...link.childNodes);
  made.addEventListener("click", act);
  link.replaceWith(made);
  return made;
}

// The marks go, the reader stays where he is.
function clear(event) {
  event.preventDefault();
  const address = new URL(event.currentTarget.href);
  address.hash = location.hash;
  history.replaceState(history.state, "", address);
  const held = starts[now < 0 ? Math.min(here(), starts.length - 1) : now].parentElement;
  const { top } = held.getBoundingClientRect();
  for (const mark of marks) mark.replaceWith(...mark.childNodes);
  bar.remove();
  scrollBy({ top: held.getBoundingClientRect().top - top, behavior: "instant" });
  removeEventListener("keydown", pressed);
  document.querySelector("main").focus({ preventScroll: true });
}

function pressed(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const by = { n: 1, p: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  step(by);
}

const [last, first] = bar.querySelectorAll(".finder-step");
button(last, bar.dataset.previous, () => step(-1)).setAttribute("aria-keyshortcuts", "p");
button(first, bar.dataset.next, () => step(1)).setAttribute("aria-keyshortcuts", "n");
bar.querySelector(".finder-clear").addEventListener("click", clear);
addEventListener("keydown", pressed);
