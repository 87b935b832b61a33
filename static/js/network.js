// When the network or the server does not answer htmx: said at the foot of the page, with a way to
// try again. What was typed is sent again by itself when the server is back, and never twice: a
// form's draft is gone from the server when what it held was taken (cases/drafts).

import { $ } from "./dom.js";
import { sentAlready } from "./drafts.js";
import { alive, ask, back, refused } from "./session.js";
import { say } from "./words.js";

let retry = null;

function trouble(text, again) {
  const bar = $("#net-alert");
  if (!bar) return;
  $("[data-net-text]", bar).textContent = text;
  $("[data-net-retry]", bar).hidden = !again;
  retry = again;
  bar.hidden = false;
}

// Without the values of the first try: the form has them all, and several of one name.
const repeat = ({ elt, requestConfig: config }) =>
  config && elt?.isConnected !== false && (() => window.htmx.ajax(config.verb.toUpperCase(), config.path, { source: elt, target: config.target }));

const pause = () =>
  new Promise((resolve) => setTimeout(resolve, Number(document.body.dataset.sessionPoll || 3) * 1000));

/** Wait until the server answers, and send what it did not take. */
async function whenBack(detail) {
  const { elt } = detail;
  if (elt.dataset.waiting) return;
  elt.dataset.waiting = "yes";
  try {
    while (elt.isConnected) {
      await pause();
      const answer = await ask();
      if (answer === "other") return;
      if (answer === "nobody") await back();
      if (answer === "away") continue;
      const taken = await sentAlready(elt);
      if (taken === null) continue; // not answered after all
      $("#net-alert")?.setAttribute("hidden", "");
      if (taken) location.reload();
      else repeat(detail)?.();
      return;
    }
  } finally {
    delete elt.dataset.waiting;
  }
}

function unanswered({ detail }) {
  const form = detail.elt?.closest?.("form[data-draft]");
  const verb = detail.requestConfig?.verb;
  if (form && form === detail.elt && verb === "post") {
    trouble(say("netWaiting"), null);
    whenBack(detail);
  } else {
    trouble(say("netDown"), repeat(detail));
  }
}

document.addEventListener("htmx:sendError", unanswered);
document.addEventListener("htmx:timeout", unanswered);
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig: config } = event.detail;
  const { status } = xhr;
  if (refused(status, xhr.getResponseHeader?.("X-Session"))) {
    back().then(() => repeat(event.detail)?.());
  } else if (status === 403) trouble(say("netDenied"), null);
  else if (status === 404) trouble(say("netGone"), null);
  else if (status === 429) trouble(say("netBusy"), repeat(event.detail));
  else if ([502, 503, 504].includes(status)) unanswered(event);
  else trouble(say("netError"), config.verb === "get" ? repeat(event.detail) : null);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  $("#net-alert")?.setAttribute("hidden", "");
  if (!event.detail.requestConfig.headers["X-Background"]) alive();
});
$("[data-net-retry]")?.addEventListener("click", () => {
  $("#net-alert").hidden = true;
  retry?.();
});
$("[data-net-close]")?.addEventListener("click", () => ($("#net-alert").hidden = true));
