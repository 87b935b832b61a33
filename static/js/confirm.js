// Asking before something is done: forms, links and htmx requests with a question.

import { $ } from "./dom.js";
import { say } from "./words.js";

/** Ask before doing; resolves to whether the reader went on. */
function ask(text, { label, tone } = {}) {
  const dialog = $("#confirm");
  if (!dialog) return Promise.resolve(window.confirm(text));
  const yes = $("[data-confirm-yes]", dialog);
  $("[data-confirm-text]", dialog).textContent = text;
  yes.textContent = label || say("confirm");
  yes.className = `btn btn-${tone === "danger" ? "danger" : "primary"}`;
  return new Promise((resolve) => {
    let answer = false;
    const agree = () => {
      answer = true;
      dialog.close();
    };
    yes.addEventListener("click", agree);
    dialog.addEventListener(
      "close",
      () => {
        yes.removeEventListener("click", agree);
        resolve(answer);
      },
      { once: true },
    );
    dialog.showModal();
    $(tone === "danger" ? "[data-dialog-close]" : "[data-confirm-yes]", dialog).focus();
  });
}

const confirmed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const button = event.submitter;
    const source = button?.dataset.confirm ? button : form.dataset.confirm ? form : null;
    if (!source || confirmed.has(form)) {
      confirmed.delete(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(source.dataset.confirm, {
      label: source.dataset.confirmLabel,
      tone: source.dataset.confirmTone,
    }).then((yes) => {
      if (!yes) return button?.focus();
      confirmed.add(form);
      form.requestSubmit(button);
    });
  },
  true,
);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-confirm]");
  if (!link) return;
  event.preventDefault();
  ask(link.dataset.confirm, {
    label: link.dataset.confirmLabel,
    tone: link.dataset.confirmTone,
  }).then((yes) => yes && location.assign(link.href));
});

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
});
