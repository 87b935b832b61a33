// Windows of the page: what opens and closes them.

import { $, focusable } from "./dom.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    event.preventDefault();
    const dialog = $(opener.dataset.dialogOpen);
    dialog?.showModal();
    $(`[data-autofocus], .dialog-body :is(${focusable})`, dialog)?.focus();
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog[open]")) event.target.close(); // the backdrop
});
