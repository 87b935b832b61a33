// A form is sent once, however often its button is pressed; a button that is not yours does nothing.

import { $$, announce } from "./dom.js";
import { onContent } from "./prepare.js";
import { say } from "./words.js";

export const buttonsOf = (form) =>
  [...form.elements].filter((element) => element.matches("button:not([type=button])"));

function release(form) {
  delete form.dataset.sending;
  for (const button of buttonsOf(form)) {
    if (button.classList.contains("is-sending") || button.dataset.heldBack) {
      button.disabled = false;
      button.classList.remove("is-sending");
      delete button.dataset.heldBack;
    }
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-submit-many]")) return;
  if (form.dataset.sending) return event.preventDefault();
  if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  form.dataset.sending = "yes";
  // Disabled only after the browser has read the form, or the button's own value would be lost.
  setTimeout(() => {
    for (const button of buttonsOf(form)) {
      if (button.disabled) continue;
      button.dataset.heldBack = "yes";
      button.disabled = true;
    }
    event.submitter?.classList?.add("is-sending");
    announce(say("sending"));
  });
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) $$("form[data-sending]").forEach(release);
});

document.addEventListener("click", (event) => {
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
});

// The server's own words for what is missing, in one place, instead of the browser's bubbles.
onContent((root) => {
  for (const form of $$("form", root)) {
    if (form.method === "post" && !form.matches(".search")) form.noValidate = true;
  }
});
