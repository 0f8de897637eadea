// Filters: where there is little room they are a sheet from below that holds the focus; long lists get a box to find
// a value in. Nothing here changes what is found: the values are links.

const narrow = matchMedia("(max-width: 56rem)");
const region = document.getElementById("searchapp-live");
let outside = [];

const details = () => region.querySelector(".filters");
const sheet = () => region.querySelector(".sheet");

function arrange() {
  const modal = narrow.matches && Boolean(details()?.open);
  for (const element of outside) element.inert = false;
  outside = [];
  document.documentElement.classList.toggle("with-sheet", modal);
  for (const name of ["role", "aria-modal", "aria-label"]) sheet()?.removeAttribute(name);
  if (!modal) return;
  sheet().setAttribute("role", "dialog");
  sheet().setAttribute("aria-modal", "true");
  sheet().setAttribute("aria-label", sheet().dataset.label);
  for (let inner = sheet(); inner !== document.body; inner = inner.parentElement) {
    const beside = [...inner.parentElement.children].filter(each => each !== inner && !each.inert);
    outside.push(...beside.filter(each => !each.matches("[role=status], h1")));
  }
  for (const element of outside) element.inert = true;
}

function close() {
  details().open = false;
  arrange();
  details().querySelector("summary").focus();
}

// "toggle" comes late and does not bubble.
region.addEventListener("toggle", event => {
  if (event.target !== details()) return;
  arrange();
  if (narrow.matches && event.target.open) region.querySelector(".sheet-close").focus();
}, true);

region.addEventListener("click", event => {
  if (event.target.closest(".sheet-close, .sheet-done")) close();
});

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !event.isComposing && outside.length) close();
});

// A tap beside the sheet: all but it is inert, so the page itself is hit.
document.addEventListener("click", event => {
  if (outside.length && !sheet().contains(event.target)) close();
});

narrow.addEventListener("change", arrange);

const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function narrowList(input) {
  const wanted = plain(input.value);
  for (const value of input.closest(".facet").querySelectorAll("li")) {
    value.hidden = !plain(value.querySelector(".value-label").textContent).includes(wanted);
  }
}

region.addEventListener("input", event => {
  if (event.target.closest(".find")) narrowList(event.target);
});

document.addEventListener("searchapp:shown", () => {
  arrange();
  for (const input of region.querySelectorAll(".find input")) if (input.value) narrowList(input);
});
