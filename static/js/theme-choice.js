// The choice of light, dark or as the device has it; theme.js paints it before the page is shown.

import { keep } from "./dom.js";

document.addEventListener("change", (event) => {
  const choice = event.target.closest?.("[data-theme-choice]");
  if (!choice) return;
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = choice.value;
  root.dataset.bsTheme = choice.value === "auto" ? (dark ? "dark" : "light") : choice.value;
  keep("theme", choice.value);
});
