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
  const facet = input.closest(".facet");
  for (const value of facet.querySelectorAll("li")) {
    value.hidden = !plain(value.querySelector(".value-label").textContent).includes(wanted);
  }
  const rest = facet.querySelector(".unlisted[data-all]");
  if (wanted && rest) complete(facet, rest).then(done => { if (done) narrowList(input); });
}

// The page has the commonest values only: the others come when somebody looks for one.
async function complete(facet, rest) {
  const from = rest.dataset.all;
  delete rest.dataset.all;
  let values;
  try {
    const answer = await fetch(from);
    if (!answer.ok) throw new Error(answer.status);
    values = (await answer.json()).facets[facet.dataset.key];
  } catch {
    rest.dataset.all = from;
    return false;
  }
  if (!rest.isConnected) return false;
  const known = new Set([...facet.querySelectorAll("li")].map(each => each.dataset.key));
  const pattern = [...rest.parentElement.querySelectorAll("li")].find(each => each.querySelector("a:not([aria-current])"));
  const list = pattern.parentElement;
  for (const each of values) if (!known.has(each.value)) list.append(another(pattern, facet.dataset.key, each));
  rest.remove();
  return true;
}

function another(pattern, name, { value, count }) {
  const item = pattern.cloneNode(true);
  const link = item.querySelector("a");
  const url = new URL(link.href);
  const others = url.searchParams.getAll(name).filter(each => each !== pattern.dataset.key);
  url.searchParams.delete(name);
  for (const each of [...others, value]) url.searchParams.append(name, each);
  link.href = url.pathname + url.search;
  item.dataset.key = value;
  item.querySelector(".value-label").textContent = value;
  item.querySelector(".value-count").textContent = count.toLocaleString(`${document.documentElement.lang}-u-nu-latn`);
  return item;
}

region.addEventListener("input", event => {
  if (event.target.closest(".find")) narrowList(event.target);
});

document.addEventListener("searchapp:shown", () => {
  arrange();
  for (const input of region.querySelectorAll(".find input")) if (input.value) narrowList(input);
});
