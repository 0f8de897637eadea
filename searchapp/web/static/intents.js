// What the reader sought, told once it is final: after Enter, with a click on a result, or when the page is left.
// Nobody is told apart: there is no identifier, and what was typed on the way stays here.

const REST = 1500;
const region = document.getElementById("searchapp-live");

// shown: what is on the page. held: what rested there before and may be the same word, shorter or longer.
let shown = look();
let held = null;
const told = new Set([shown.text]);

function look() {
  const address = new URL(location);
  const { total, mode, corrected } = region.dataset;
  return {
    text: (address.searchParams.get("q") ?? "").trim().toLowerCase(),
    search: address.search,
    interface: address.searchParams.has("live") ? "live" : "page",
    found: { total: Number(total), mode, corrected: corrected === "true" },
    since: Date.now()
  };
}

const begins = (one, other) => other.text.startsWith(one.text);

function tell({ text, search, interface: through, found }, clicks = []) {
  held = null;
  if (!text || (told.has(text) && !clicks.length)) return;
  const message = { search, interface: through, clicks, ...(told.has(text) ? {} : found) };
  told.add(text);
  navigator.sendBeacon(region.dataset.intents, JSON.stringify(message));
}

// What is left now: the longest of what was typed in one go.
function settle() {
  if (held && begins(shown, held)) told.add(shown.text);
  tell(held ?? shown);
}

document.addEventListener("searchapp:shown", () => {
  const before = shown;
  shown = look();
  if (!held && shown.text !== before.text && Date.now() - before.since > REST) held = before;
  if (held && begins(held, shown)) held = shown;
  if (held && !begins(shown, held)) tell(held);
  if (shown.interface === "page") tell(shown);
});

// A completion was chosen: what was typed so far was its beginning, and nothing to be found by itself.
document.addEventListener("searchapp:go", () => {
  told.add(shown.text);
  held = null;
});

function opened(event) {
  const link = event.button < 2 && event.target.closest(".hit h2 a, .passage a");
  if (!link) return;
  const hit = link.closest(".hit");
  const rank = Number(region.dataset.first) + [...region.querySelectorAll(".hit")].indexOf(hit);
  // The server counts whom a page of results leads to an article, as far as it is told: this one is counted here.
  link.referrerPolicy = "no-referrer";
  tell(shown, [{ id: hit.dataset.key, rank }]);
}

region.addEventListener("click", opened);
region.addEventListener("auxclick", opened);
addEventListener("pagehide", settle);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") settle(); });
