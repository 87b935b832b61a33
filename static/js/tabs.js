// On a narrow screen a row of tabs is wider than the page: it begins at the tab one is on.

import { $$ } from "./dom.js";
import { onContent } from "./prepare.js";

function bringIntoView(row) {
  const here = row.querySelector("[aria-current]");
  if (!here || row.scrollWidth <= row.clientWidth) return;
  const tab = here.getBoundingClientRect();
  const view = row.getBoundingClientRect();
  // In the middle, so that one sees that there are tabs on both sides. The page itself stays put.
  row.scrollLeft += tab.left + tab.width / 2 - (view.left + view.width / 2);
}

onContent((root) => {
  for (const row of $$(".tabs", root)) bringIntoView(row);
});
