// The keyboard's place when a form opens in the page: in the form; and after cancel or saving back at
// what opened it, or at the part of the page that has come instead.

import { $, $$, control, shown } from "./dom.js";

const same = (opener) => {
  for (const name of ["hx-get", "href"]) {
    const address = opener.getAttribute?.(name);
    if (address) return $$(`[${name}]`).find((one) => one.getAttribute(name) === address && one.offsetParent);
  }
  return null;
};
const from = new Map(); // the #id that was replaced -> what had opened its form

const lost = () => !document.activeElement || document.activeElement === document.body;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const { elt, requestConfig: config } = detail;
  const place = elt.getAttribute?.("hx-target");
  if (config.verb !== "get" || !place || elt.closest("form")) return;
  from.set(place, elt);
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const { requestConfig: config, elt } = detail;
  const asker = config?.elt || elt;
  const target = asker?.getAttribute?.("hx-target");
  const place = target?.startsWith("#") && $(target);
  if (!place) return;
  const form = shown("form[method=post]", place);
  if (form && from.has(target) && !from.get(target).dataset?.opened) {
    if ($("[data-error-summary]", form)) return;
    if (!form.contains(document.activeElement)) (shown("[autofocus]", form) || shown(control, form))?.focus();
    return;
  }
  if (!lost() || $("[data-error-summary]", place)) return;
  const opener = from.get(target) && same(from.get(target));
  if (opener) opener.focus();
  else if (shown("h2, h3", place)) {
    const heading = shown("h2, h3", place);
    heading.tabIndex = -1;
    heading.focus();
  }
  from.delete(target);
});
