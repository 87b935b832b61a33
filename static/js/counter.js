// How much is written in a field, and how much may be.

import { $$ } from "./dom.js";
import { onContent } from "./prepare.js";
import { say } from "./words.js";

export function count(area) {
  const limit = Number(area.dataset.limit);
  const left = limit - area.value.length;
  const counter = area.nextElementSibling;
  const [written, most, over] = [area.value.length, limit, -left].map((number) =>
    number.toLocaleString(document.documentElement.lang),
  );
  counter.textContent = left < 0 ? say("counterOver", over) : say("counter", written, most);
  counter.classList.toggle("over", left < 0);
}

onContent((root) => {
  for (const area of $$("textarea[maxlength]", root)) {
    // Longer text may be pasted and shortened; the server says no to what is too long.
    area.dataset.limit = area.getAttribute("maxlength");
    area.removeAttribute("maxlength");
    area.insertAdjacentHTML("afterend", '<div class="counter"></div>');
    area.addEventListener("input", () => count(area));
    count(area);
  }
});
