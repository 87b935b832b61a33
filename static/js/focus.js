// The keyboard's place when a form opens in the page: in the form; after cancel or saving back at
// what opened it, or at the next step when it was that; else at what has come instead.

import { $, $$, control, shown } from "./dom.js";

const NEXT = "[data-next-step] :is(a, button)";
const from = new Map(); // the id of the place that is replaced -> what opened a form there

/** What opens the same form, after the place it stands in was replaced. */
function again(opener) {
  if (opener.isConnected && opener.offsetParent) return opener;
  if (opener.dataset.wasNext) return shown(NEXT, document);
  for (const name of ["hx-get", "href"]) {
    const address = opener.getAttribute(name);
    const same = address && $$(`[${name}]`).find((one) => one.getAttribute(name) === address && one.offsetParent);
    if (same) return same;
  }
  return null;
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const { elt, target, requestConfig: config } = detail;
  if (config.verb !== "get" || !target?.id || elt.closest("form")) return;
  if (elt.matches(NEXT)) elt.dataset.wasNext = "yes";
  from.set(target.id, elt);
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const id = detail.target?.id;
  const opener = id && from.get(id);
  const place = opener && document.getElementById(id);
  if (!place || $("[data-error-summary]", place)) return;
  const form = shown("form[method=post]", place);
  if (form) {
    // Also where the first field is one of several to choose from, which takes no focus by itself.
    if (!form.contains(document.activeElement)) shown(control, form)?.focus();
    return;
  }
  // What is saved takes the focus to its heading; saved as the next step, the hand goes on instead.
  const active = document.activeElement;
  const atHeading = place.contains(active) && active.matches("h2, h3") && opener.dataset.wasNext;
  if (active && active !== document.body && !atHeading) return;
  from.delete(id);
  const next = again(opener) || shown("h2, h3", place);
  if (!next) return;
  if (!next.matches("a, button")) next.tabIndex = -1;
  next.focus();
});
