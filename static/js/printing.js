// The button that prints, and when what is on paper was printed.

import { $$ } from "./dom.js";
import { locale, timeZone } from "./words.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

addEventListener("beforeprint", () => {
  const now = new Date().toLocaleString(locale, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone,
  });
  for (const place of $$("[data-print-time]")) place.textContent = now;
});
