"use strict";
// While the page says that there is more to come, fetch it again each second and put its new part in the old one's place.
const wait = () => setTimeout(bringUpToDate, 1000);
async function bringUpToDate() {
  const shown = document.querySelector("[data-live]");
  if (!shown) return;
  if (document.hidden || shown.contains(document.activeElement)) return wait();
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(shown.id);
    if (answer.ok && fresh) shown.replaceWith(fresh);
  } catch { /* the server is away: look again later */ }
  wait();
}
wait();
