// When the network or the server does not answer htmx: said at the foot of the page, with a way to
// try again.

import { $ } from "./dom.js";
import { alive } from "./session.js";
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

const repeat = ({ elt, requestConfig: config }) =>
  config && (() => window.htmx.ajax(config.verb.toUpperCase(), config.path, { source: elt, target: config.target, values: config.formData ? Object.fromEntries(config.formData) : {} }));

document.addEventListener("htmx:sendError", (event) => trouble(say("netDown"), repeat(event.detail)));
document.addEventListener("htmx:timeout", (event) => trouble(say("netDown"), repeat(event.detail)));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) trouble(say("draftSignedOut"), null);
  else if (status === 403) trouble(say("netDenied"), null);
  else if (status === 404) trouble(say("netGone"), null);
  else if (status === 429) trouble(say("netBusy"), repeat(event.detail));
  else trouble(say("netError"), event.detail.requestConfig.verb === "get" ? repeat(event.detail) : null);
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
