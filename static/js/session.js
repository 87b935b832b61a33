// How long the session still lives: a dialog that counts down before it ends, and a page that hides
// what it shows when it has ended. What was typed stays in the page and in drafts on the server.
// When the same person has signed in again, in any tab, the form token is renewed, the page is
// uncovered and the calls that were refused are made again; for anybody else the page leaves.

import { csrf } from "./dom.js";

const { sessionSeconds, sessionLeft, sessionWho, sessionUrl, keepaliveUrl } = document.body.dataset;
const dialog = document.getElementById("session-dialog");
const others = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
const part = (name) => dialog.querySelector(`[data-session-${name}]`);

const idle = Number(sessionSeconds || 0);
const early = Math.min(300, idle / 2); // seconds of warning
let last = Infinity; // when the session ends whatever is done, in milliseconds
let end = 0;
let state = "";
let ticking;
let told = false; // whether the server itself has said that the session is over
let gone = false; // whether the page is being left because somebody else is signed in
let waiting = []; // who waits for the same person to come back

const start = (left) => {
  last = Date.now() + Number(left || 1e9) * 1000;
};

function watch() {
  end = Math.min(Date.now() + idle * 1000, last);
  told = false;
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
  if (told || left === 0) show("over");
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
  if (!idle || !dialog || gone) return;
  watch();
  others?.postMessage({ who: sessionWho, left: Math.round((last - Date.now()) / 1000), token: csrf() });
}

/** Whether nothing can be sent now because nobody, or somebody else, is signed in. */
export const over = () => gone || told || state === "over";
export const left = () => gone;

async function stay() {
  const answer = await call(keepaliveUrl, { method: "POST" }).catch(() => null);
  if (answer?.ok) alive();
}

function renew(token) {
  if (!token) return;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

/** Somebody else is signed in here: nothing of this page is for their eyes, and nothing is sent. */
function leave() {
  gone = true;
  document.body.replaceChildren();
  sessionStorage.clear(); // htmx keeps there which page one was on
  location.replace("/");
}

/** The same person, with the token that holds now: on with what was refused. */
function returned(token, seconds) {
  renew(token);
  start(seconds);
  watch();
  const all = waiting;
  waiting = [];
  for (const go of all) go();
}

/** Ask the server who is signed in; "same", "nobody", "other", or "away" when it does not answer. */
export async function ask() {
  if (gone || !sessionUrl) return "other";
  let answer;
  try {
    answer = await fetch(sessionUrl, {
      headers: { "X-Background": "1", Accept: "application/json" },
      redirect: "manual",
      cache: "no-store",
    });
    if (answer.type !== "opaqueredirect" && !answer.ok) return "away";
    // Led to another page: signed in, but not all the way.
    answer = answer.ok ? await answer.json() : { who: null };
  } catch {
    return "away";
  }
  if (answer.who === null || answer.who === undefined) {
    told = true;
    if (dialog) show("over");
    return "nobody";
  }
  if (String(answer.who) !== sessionWho) {
    leave();
    return "other";
  }
  // Covered by the clock alone, a page is not uncovered by a session nobody has used.
  if (told || state !== "over") returned(answer.token, answer.left);
  return "same";
}

/** Resolves when the same person is signed in, with the form token renewed. */
export function back() {
  const come = new Promise((resolve) => waiting.push(resolve));
  ask();
  return come;
}

/** Whether that answer says that the session is not, or is no longer, the one of this page. */
export const refused = (status, mark) => status === 401 || (status === 403 && Boolean(mark));

/** As fetch, for calls of the page's own: one that meets an ended session waits for its person. */
export async function call(url, { headers = {}, ...options } = {}) {
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(url, {
      redirect: "manual",
      cache: "no-store",
      ...options,
      headers: {
        ...headers,
        "X-CSRFToken": csrf(),
        "X-Requested-With": "XMLHttpRequest",
        ...(sessionWho ? { "X-Session-Who": sessionWho } : {}),
      },
    });
    const ended =
      answer.type === "opaqueredirect" || refused(answer.status, answer.headers.get("X-Session"));
    if (!ended || tries === 4 || !idle) return answer;
    await back();
  }
}

/** Another tab was heard by the server; after a new sign-in its form token is the one that holds. */
function heard({ data }) {
  if (!data?.who || gone) return;
  if (data.who !== sessionWho) ask();
  else returned(data.token, data.left);
}

function poll() {
  const seconds = Number(document.body.dataset.sessionPoll || 5);
  setTimeout(() => {
    if (!gone && (told || waiting.length)) ask();
    poll();
  }, seconds * 1000);
}

if (idle && dialog) {
  start(sessionLeft);
  alive();
  ticking = setInterval(tick, 1000);
  poll();
  others?.addEventListener("message", heard);
  document.addEventListener("visibilitychange", tick);
  addEventListener("focus", () => (told || waiting.length) && ask());
  part("stay").addEventListener("click", stay);
  // Whoever closes the warning goes on reading; what has ended stays covered.
  dialog.addEventListener("close", () => state === "over" && dialog.showModal());
  addEventListener("pagehide", () => clearInterval(ticking));
  addEventListener("pageshow", (event) => {
    if (event.persisted) ticking = setInterval(tick, 1000);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-Session-Who"] = sessionWho;
  });
}
