// How much each report has found: asked for until all are made. Without this the page shows those that are made already.

const place = document.getElementById("desk-overview");

async function refresh() {
  const answer = await fetch(place.dataset.url).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  const waiting = fresh.querySelector("[data-pending]");
  // A link that has the focus keeps it: nothing is replaced but what differs.
  const now = place.querySelectorAll("li");
  fresh.querySelectorAll("li").forEach((item, at) => {
    const found = item.querySelector(".desk-found"), old = now[at].querySelector(".desk-found");
    if (found && old) old.replaceWith(found);
    else if (found) now[at].append(found);
  });
  if (waiting) setTimeout(refresh, 2000);
}

refresh();
