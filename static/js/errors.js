// Where the reader is taken: to what is wrong, from there to its field, else to where writing begins.

import { $, focusable } from "./dom.js";
import { onContent } from "./prepare.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  const field = place.matches(focusable) ? place : $(focusable, place) || place;
  field.focus({ preventScroll: true });
  (field.closest(".field") || field).scrollIntoView({ block: "center" });
});

onContent((root) => {
  const summary = $("[data-error-summary]:not([data-still] *)", root);
  if (summary) summary.focus();
  else if (root === document) $("[data-autofocus]", root)?.focus();
});
