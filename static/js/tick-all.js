// All boxes of a list at once, and how many are ticked.

import { $, $$ } from "./dom.js";
import { onContent } from "./prepare.js";
import { say } from "./words.js";

function tally(form) {
  const all = $("[data-check-all]", form);
  const boxes = all ? $$(all.dataset.checkAll, form) : [];
  const on = boxes.filter((box) => box.checked).length;
  if (all) {
    all.checked = on === boxes.length;
    all.indeterminate = on > 0 && on < boxes.length;
  }
  const chosen = $$("[data-counted]:checked", form).length;
  $("[data-check-count]", form).textContent = chosen ? say("chosen", chosen) : "";
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || !$("[data-check-count]", form)) return;
  const all = event.target.closest("[data-check-all]");
  if (all) for (const box of $$(all.dataset.checkAll, form)) box.checked = all.checked;
  tally(form);
});

onContent((root) => {
  for (const box of $$("[data-check-all]", root)) box.parentElement.hidden = false;
  for (const place of $$("[data-check-count]", root)) tally(place.closest("form"));
});
