// How much each report has found: asked for until all are made. Without this the page shows those that are made already.

const place = document.getElementById("desk-overview");

async function refresh() {
  const answer = await fetch(place.dataset.url).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  // A link that has the focus keeps it: nothing is replaced but what differs.
  const cards = place.querySelectorAll("li");
  fresh.querySelectorAll("li").forEach((item, at) => {
    const found = item.querySelector(".desk-found"), old = cards[at].querySelector(".desk-found");
    if (!found) return;
    if (!old) cards[at].append(found);
    // Each worker makes its own reports: one that has not yet does not take back what another has told.
    else if (!("pending" in found.dataset)) old.replaceWith(found);
  });
  const waiting = place.querySelector("[data-pending]");
  if (waiting) setTimeout(refresh, 2000);
}

refresh();
