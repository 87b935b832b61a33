// How long the session still lives: a dialog that counts down before it ends, and a page that hides
// what it shows when it has ended. What was typed stays in the page, and in drafts on the server;
// signing in again as the same person, in any tab, uncovers it.

import { csrf } from "./dom.js";

const { sessionSeconds, sessionLeft, sessionWho, keepaliveUrl } = document.body.dataset;
const dialog = document.getElementById("session-dialog");
const others = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
const part = (name) => dialog.querySelector(`[data-session-${name}]`);

const idle = Number(sessionSeconds || 0);
const early = Math.min(300, idle / 2); // seconds of warning
let last = Infinity; // when the session ends whatever is done, in milliseconds
let end = 0;
let state = "";
let ticking;

const start = (left) => {
  last = Date.now() + Number(left || 1e9) * 1000;
};

function watch() {
  end = Math.min(Date.now() + idle * 1000, last);
  show("");
}

function show(next) {
  if (state === next) return;
  state = next;
  document.body.classList.toggle("session-over", next === "over");
  for (const text of dialog.querySelectorAll("[data-session-when]")) {
    text.hidden = text.dataset.sessionWhen !== next;
  }
  if (next) {
    if (!dialog.open) dialog.showModal();
    [...dialog.querySelectorAll("button, a")].find((one) => one.offsetParent)?.focus();
  } else if (dialog.open) {
    dialog.close();
  }
}

function tick() {
  const left = Math.max(0, Math.round((end - Date.now()) / 1000));
  if (left === 0) show("over");
  else if (left <= early) show(end === last ? "last" : "idle");
  if (state === "idle" || state === "last") {
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    for (const place of dialog.querySelectorAll("[data-session-clock]")) place.textContent = clock;
    // Read aloud once a minute, not every second.
    const minutes = String(Math.ceil(left / 60));
    for (const place of dialog.querySelectorAll("[data-session-minutes]")) {
      if (place.textContent !== minutes) place.textContent = minutes;
    }
  }
}

/** The server has just heard from us: every tab of the same person may start counting again. */
export function alive() {
  if (!idle || !dialog) return;
  watch();
  others?.postMessage({ who: sessionWho, left: Math.round((last - Date.now()) / 1000), token: csrf() });
}

async function stay() {
  const answer = await fetch(keepaliveUrl, {
    method: "POST",
    headers: { "X-CSRFToken": csrf() },
    redirect: "manual",
  }).catch(() => null);
  if (answer?.ok) alive();
}

/** Another tab was heard by the server; after a new sign-in its form token is the one that holds. */
function heard({ data }) {
  if (data?.who !== sessionWho) return;
  if (state === "over" && data.token) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": data.token }));
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = data.token;
  }
  start(data.left);
  watch();
}

if (idle && dialog) {
  start(sessionLeft);
  alive();
  ticking = setInterval(tick, 1000);
  others?.addEventListener("message", heard);
  document.addEventListener("visibilitychange", tick);
  part("stay").addEventListener("click", stay);
  // Whoever closes the warning goes on reading; what has ended stays covered.
  dialog.addEventListener("close", () => state === "over" && dialog.showModal());
  addEventListener("pagehide", () => clearInterval(ticking));
  addEventListener("pageshow", (event) => {
    if (event.persisted) ticking = setInterval(tick, 1000);
  });
}
