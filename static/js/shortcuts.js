// The keyboard: sending, adding a row, and the single letters that can be turned off.

import { $, keep } from "./dom.js";
import { addRow } from "./rows.js";
import { buttonsOf } from "./send-once.js";

const typing = (element) =>
  element.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const letters = () => document.body.dataset.letterShortcuts !== "off";
let lead = "";

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = target.closest?.("form");
    if (form?.method === "post") {
      event.preventDefault();
      form.requestSubmit(buttonsOf(form).find((button) => !button.disabled));
    }
    return;
  }
  if (event.altKey && event.code === "KeyN" && !event.ctrlKey) {
    const set = target.closest?.("[data-formset]") || $("[data-formset]");
    if (set) {
      event.preventDefault();
      addRow(set);
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !letters()) return;
  if (typing(target) || $("dialog[open]")) return;
  if (event.key === "/" && $("#search")) {
    event.preventDefault();
    $("#search").focus();
    $("#search").select();
  } else if (event.key === "?" && $("#shortcuts")) {
    event.preventDefault();
    $("#shortcuts").showModal();
  } else if (lead === "g" && event.key === "h") {
    $(".brand")?.click();
  }
  lead = event.key === "g" ? "g" : "";
  if (lead) setTimeout(() => (lead = ""), 1200);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-letter-shortcuts-choice]")) return;
  const state = event.target.checked ? "on" : "off";
  document.body.dataset.letterShortcuts = state;
  keep("shortcuts", state);
});
