// Results while typing. The server renders them: what changes with the query is one element of the page, and this
// fetches the same element for another query and changes the old one into it. So there is one truth for how a
// result looks, and a page without scripts is the same page.

const DELAY = 120;
const form = document.getElementById("searchapp-form");
const box = document.getElementById("searchapp-q");
const region = document.getElementById("searchapp-live");
const said = document.getElementById("searchapp-said");
const scrolled = new Map();

let latest = 0;
let running = null;
let timer = 0;
let saying = 0;
let shown = address(location);

function address(url) {
  return url.pathname + url.search;
}

// The page of what is in the box and of the filters in force. `live`: its last word may be unfinished.
function wanted(live) {
  const fields = [...new FormData(form)].filter(([name, value]) => value.trim() || name !== "q");
  const parameters = new URLSearchParams(fields);
  if (live && parameters.has("q")) parameters.set("live", "1");
  const text = parameters.toString();
  return new URL(form.action).pathname + (text ? `?${text}` : "");
}

// entry: "push" or "replace" for the history, "" when it is there already.
function record(url, entry, typing) {
  if (!entry) return;
  scrolled.set(history.state?.key, scrollY);
  const key = entry === "push" ? `${Date.now()} ${latest}` : history.state?.key;
  try {
    history[`${entry}State`]({ typing, key }, "", url);
  } catch {
    // Browsers bound how often: the next one gets through.
  }
}

// Shows the page at an address. Whatever was under way is given up; an answer that comes late is dropped.
async function show(url, { entry = "", typing = false, after = null } = {}) {
  clearTimeout(timer);
  const mine = ++latest;
  running?.abort();
  running = new AbortController();
  record(url, entry, typing);
  shown = url;
  region.setAttribute("aria-busy", "true");
  document.body.classList.toggle("page-typing", box.value.trim() !== "");
  try {
    const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}fragment=1`, { signal: running.signal });
    const html = await answer.text();
    if (mine !== latest) return;
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(region.id);
    if (!answer.ok || !fresh) throw new Error(answer.status);
    put(fresh);
    after?.();
  } catch {
    if (mine !== latest) return;
    region.removeAttribute("aria-busy");
    if (typing) failed();
    else location.reload();
  }
}

function put(fresh) {
  const held = region.contains(document.activeElement) ? document.activeElement : null;
  morph(region, fresh);
  document.title = region.dataset.title;
  inOtherLanguages();
  if (held && held !== document.activeElement) {
    if (held.isConnected && held.checkVisibility()) held.focus({ preventScroll: true });
    else region.querySelector(".count")?.focus({ preventScroll: true });
  }
  say(region.dataset.said);
  document.dispatchEvent(new CustomEvent("searchapp:shown"));
}

function inOtherLanguages() {
  for (const link of document.querySelectorAll("a[hreflang]")) {
    const url = new URL(shown, location);
    url.searchParams.delete("live");
    url.searchParams.set("lang", link.lang);
    link.href = address(url);
  }
}

function failed() {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = region.dataset.failed;
  if (!region.querySelector(":scope > .notice")) region.prepend(notice);
  say(notice.textContent);
}

// Only what stays a while is read out, not each letter's count.
function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => { said.textContent = text; }, 600);
}

const KEPT = new Set(["open", "inert"]);
const keyOf = node => node.dataset?.key || node.id || "";

// Changes a tree into another one and keeps the elements that both have: their focus, unfolding, scrolling, pixels.
function morph(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !KEPT.has(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !KEPT.has(name)) from.setAttribute(name, value);
  }
  const keyed = new Map([...from.children].filter(keyOf).map(child => [keyOf(child), child]));
  const staying = new Set([...to.children].map(keyOf).filter(Boolean));
  let at = from.firstChild;
  const drop = () => {
    const next = at.nextSibling;
    at.remove();
    at = next;
  };
  for (const wanted of [...to.childNodes]) {
    const found = keyOf(wanted) ? keyed.get(keyOf(wanted)) : like(wanted, at);
    if (!found || found.nodeName !== wanted.nodeName) {
      from.insertBefore(wanted, at);
      continue;
    }
    keyed.delete(keyOf(wanted));
    while (at && at !== found && !staying.has(keyOf(at))) drop();
    if (found === at) at = at.nextSibling;
    else from.insertBefore(found, at);
    if (found.nodeType === Node.ELEMENT_NODE) morph(found, wanted);
    else if (found.data !== wanted.data) found.data = wanted.data;
  }
  while (at) drop();
}

// The first of a node and its next siblings that has no key and may become the wanted one.
function like(wanted, node) {
  if (wanted.nodeType !== Node.ELEMENT_NODE) return node && !keyOf(node) ? node : null;
  const same = each => each.nodeName === wanted.nodeName && each.classList?.[0] === wanted.classList[0];
  while (node && (keyOf(node) || !same(node))) node = node.nextSibling;
  return node;
}

// One entry of the history for one search: the first letter makes it, the next ones change it, Enter settles it.
const entryFor = () => (history.state?.typing ? "replace" : "push");

function typed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const url = wanted(true);
    if (url !== shown) show(url, { entry: entryFor(), typing: true });
  }, DELAY);
}

box.addEventListener("input", event => { if (!event.isComposing) typed(); });
box.addEventListener("compositionend", typed);

form.addEventListener("submit", event => {
  event.preventDefault();
  const url = wanted(false);
  show(url, { entry: url === address(location) ? "replace" : entryFor() });
  if (matchMedia("(pointer: coarse)").matches) box.blur();
});

function isSearch(url) {
  return url.origin === location.origin && url.pathname === new URL(form.action).pathname;
}

function go(url, after) {
  box.value = url.searchParams.get("q") ?? "";
  show(address(url), { entry: "push", after });
}

region.addEventListener("click", event => {
  const link = event.target.closest("a[href]");
  const plain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || !isSearch(new URL(link.href))) return;
  event.preventDefault();
  go(new URL(link.href), link.closest(".pager") ? toTop : null);
});

function toTop() {
  scrollTo({ top: Math.max(0, region.getBoundingClientRect().top + scrollY - 16), behavior: "instant" });
  region.querySelector(".count")?.focus({ preventScroll: true });
}

// Another module has a page to show: { url }.
document.addEventListener("searchapp:go", event => {
  const url = new URL(event.detail, location);
  if (!isSearch(url)) return;
  event.preventDefault();
  go(url);
});

addEventListener("popstate", () => {
  if (address(location) === shown) return;
  box.value = new URL(location).searchParams.get("q") ?? "";
  const y = scrolled.get(history.state?.key) ?? 0;
  show(address(location), { after: () => scrollTo({ top: y, behavior: "instant" }) });
});

// What was typed before this ran counts too.
if (box.value !== box.defaultValue) typed();
