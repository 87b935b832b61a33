// What is half written: sent to the server as it is typed, before the form is sent and before the
// page is left, and brought back when the form is opened again. Until the server has said yes, what
// was typed is in the page and nowhere else: personal data is never kept in the browser.

import { $, $$, shown, control } from "./dom.js";
import { count } from "./counter.js";
import { onContent } from "./prepare.js";
import { addRow, number, totalOf } from "./rows.js";
import { alive, call, left, over } from "./session.js";
import { clock, locale, say, timeZone } from "./words.js";

const kept = (element) =>
  element.name &&
  !element.disabled &&
  !/^(csrfmiddlewaretoken|_method|_draft)$/.test(element.name) &&
  !element.name.endsWith("-MAX_NUM_FORMS") &&
  !element.name.endsWith("-MIN_NUM_FORMS") &&
  !element.name.endsWith("-INITIAL_FORMS") &&
  !["password", "file", "submit", "button", "image", "reset"].includes(element.type) &&
  !element.matches("[data-draft-skip]");

function collect(form) {
  const data = {};
  for (const element of form.elements) {
    if (!kept(element)) continue;
    const values = (data[element.name] ??= []);
    if (["checkbox", "radio"].includes(element.type)) {
      if (element.checked) values.push(element.value);
    } else if (element.multiple && element.options) {
      values.push(...[...element.selectedOptions].map((option) => option.value));
    } else {
      values.push(element.value);
    }
  }
  return data;
}

function fill(form, data) {
  for (const set of $$("[data-formset]", form)) {
    const wanted = Number(data[`${set.dataset.formset}-TOTAL_FORMS`]?.[0] || 0);
    while (Number(totalOf(set).value) < wanted) {
      const row = addRow(set, { focus: false });
      if (!row) break;
      row.dataset.drafted = "yes";
    }
  }
  const used = {};
  for (const element of form.elements) {
    const values = kept(element) && data[element.name];
    if (!values || element.name.endsWith("-TOTAL_FORMS")) continue;
    if (["checkbox", "radio"].includes(element.type)) {
      element.checked = values.includes(element.value);
    } else if (element.multiple && element.options) {
      for (const option of element.options) option.selected = values.includes(option.value);
    } else {
      const index = used[element.name] ?? 0;
      used[element.name] = index + 1;
      if (values[index] !== undefined) element.value = values[index];
    }
    if (element.name.endsWith("-DELETE") && (element.checked || element.value === "on" && element.type === "hidden")) {
      const row = element.closest("[data-formset-row]");
      if (row) row.hidden = true;
    }
  }
  $$("[data-formset]", form).forEach(number);
  for (const area of $$("textarea[data-limit]", form)) count(area);
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
}

const PAUSE = 1200; // milliseconds without a key before what was typed is saved
const every = () => Number(document.body.dataset.draftEvery || 10) * 1000; // and at the latest
const LARGEST_LAST = 60000; // characters that a browser sends on while it leaves a page
const drafts = new Map(); // by their forms

function draft(form) {
  const { draft: own, draftUrl: url, draftPage: page } = form.dataset;
  const empty = JSON.stringify(collect(form));
  const tab = Math.random().toString(36).slice(2, 12);
  const state = document.createElement("span");
  state.className = "draft-state";
  state.setAttribute("role", "status");
  ($(".form-actions", form) || form).append(state);
  const name = document.createElement("input");
  Object.assign(name, { type: "hidden", name: "_draft", value: own });
  form.append(name);
  let key = own;
  let mark = ""; // of the draft this tab has seen
  let timer = 0;
  let since = 0; // when what is not saved began
  let last = empty; // what the server has, as far as we know
  let savedAt = 0;
  let stopped = false;
  let failed = false;
  let sending = false; // the form itself is on its way, and its page with it
  let line = Promise.resolve(true); // one save at a time, in order

  const content = () => JSON.stringify(collect(form));
  const unsaved = () => !stopped && !left() && content() !== last;

  const send = (data) =>
    call(url, {
      method: "POST",
      body: new URLSearchParams({ key, data, tab, seen: mark }),
      keepalive: data.length < LARGEST_LAST,
    });

  function keep(answer) {
    key = answer.headers.get("X-Draft-Key") || key;
    mark = answer.headers.get("X-Draft-Mark") || mark;
    name.value = key;
    // Reloading the page goes on with this one.
    if (page && !sending) history.replaceState(history.state, "", page + key.slice(own.length));
  }

  function later(wait) {
    clearTimeout(timer);
    since ||= Date.now();
    timer = setTimeout(save, wait ?? Math.max(0, Math.min(PAUSE, since + every() - Date.now())));
  }

  /** Have the server keep what is written; resolves to whether it has. */
  async function put() {
    const data = content();
    if (stopped || left()) return false;
    if (data === last) return true;
    state.classList.remove("failed");
    state.textContent = say("draftSaving");
    try {
      const answer = await send(data);
      // Too large, or not to be read: no use in trying again, and no reason not to send the form.
      if ([400, 413, 422].includes(answer.status)) return tell(true);
      if (!answer.ok) throw new Error(answer.status);
      keep(answer);
      last = data;
      savedAt = Date.now();
      failed = false;
      since = 0;
      alive();
      state.textContent = say("draftSaved", clock(new Date()));
      if (unsaved()) later();
      return true;
    } catch {
      later(Number(document.body.dataset.sessionPoll || 5) * 1000);
      return tell(false);
    }
  }

  /** Say that it is not saved; hands `result` back. */
  function tell(result, words = say("draftFailed")) {
    failed = true;
    state.classList.add("failed");
    state.textContent = words;
    return result;
  }

  function save() {
    clearTimeout(timer);
    line = line.then(put);
    return line;
  }

  /** The server's latest draft of this form, or null; also when it cannot be asked. */
  async function stored() {
    try {
      const answer = await call(`${url}?key=${encodeURIComponent(own)}`, {
        headers: { Accept: "application/json" },
      });
      return answer.ok && answer.status !== 204 ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  async function restore() {
    const answer = await stored();
    if (answer?.mark) {
      key = answer.key;
      mark = answer.mark;
      name.value = key;
    }
    if ($("[data-error-summary]", form) || form.matches("[data-bound]")) return;
    let data = answer && "data" in answer ? answer.data : answer;
    if (typeof data === "string") data = data ? JSON.parse(data) : null;
    if (!data || !Object.keys(data).length || JSON.stringify(data) === empty) return;
    if (content() !== empty) {
      // The reader was quicker: their words and those of before are kept side by side.
      key = own;
      mark = "";
      return;
    }
    const original = collect(form);
    fill(form, data);
    last = content();
    const saved = answer.saved_at && new Date(answer.saved_at);
    const bar = document.createElement("div");
    bar.className = "draft-bar";
    bar.setAttribute("role", "status");
    const text = document.createElement("span");
    const day = saved?.toLocaleDateString(locale, { day: "numeric", month: "short", timeZone });
    const today = saved?.toDateString() === new Date().toDateString();
    text.textContent = saved
      ? say("draftRestored", today ? clock(saved) : `${day} ${clock(saved)}`)
      : say("draftRestoredNoTime");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn-sm btn-secondary";
    drop.textContent = say("draftDiscard");
    drop.addEventListener("click", async () => {
      drop.disabled = true;
      clearTimeout(timer);
      for (const set of $$("[data-formset]", form)) {
        const drafted = $$("[data-formset-row][data-drafted]", set);
        totalOf(set).value -= drafted.length;
        for (const row of drafted) row.remove();
        for (const row of $$("[data-formset-row]", set)) row.hidden = false;
      }
      fill(form, original);
      last = content();
      try {
        await send("");
        mark = "";
      } finally {
        bar.remove();
        state.textContent = "";
        shown(control, form)?.focus();
      }
    });
    bar.append(text, drop);
    form.prepend(bar);
  }

  form.addEventListener("input", () => later());
  form.addEventListener("change", () => later());
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    // Taken: what waits to be saved would come back as a draft of what is sent already.
    if (event.target === form && event.detail.xhr.status < 400) drafts.get(form).stop();
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target === form && !event.detail.successful) stopped = false;
  });
  drafts.set(form, {
    save,
    unsaved,
    fresh: () => content() === last && Date.now() - savedAt < 5000,
    stop() {
      clearTimeout(timer);
      stopped = true;
    },
    go() {
      stopped = false;
    },
    wait: () => tell(false, say("netWaiting")),
    async again() {
      last = "";
      sending = true;
      const has = await save();
      sending = false;
      return has;
    },
    // On its own, past the line: the page is being left, and nothing waits for the answer.
    last() {
      const data = content();
      if (over() || data.length >= LARGEST_LAST) return false;
      send(data).then(
        (answer) => {
          if (!answer.ok) return;
          keep(answer);
          last = data;
        },
        () => {}, // said by the next save, if the page lives on
      );
      return navigator.onLine && !failed;
    },
    async sent() {
      try {
        const answer = await call(`${url}?key=${encodeURIComponent(key)}&exactly`);
        return answer.ok ? answer.status === 204 : null;
      } catch {
        return null;
      }
    },
  });
  return restore();
}

/** Whether the server has taken what that form held; null when it does not say. */
export const sentAlready = async (form) => (drafts.has(form) ? drafts.get(form).sent() : false);

const wait = () =>
  new Promise((resolve) => setTimeout(resolve, Number(document.body.dataset.sessionPoll || 3) * 1000));
const passing = new WeakSet(); // forms on their way to be sent
const passed = new WeakSet(); // and those whose words the server has

// Before the question of confirm.js: a form is sent when the server has what is written in it, and
// in the other forms of the page, which the answer may replace. Then nothing is lost with a refusal,
// with an ended session or with a network that goes away in between.
addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const mine = drafts.get(form);
    for (const [other, one] of drafts) {
      if (other !== form && other.isConnected && one.unsaved()) one.save();
    }
    if (!mine || passed.delete(form)) return;
    if (mine.fresh() && !form.dataset.waiting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (passing.has(form) || form.dataset.waiting) return; // it is on its way
    passing.add(form);
    const { submitter } = event;
    const button = submitter?.isConnected ? submitter : null;
    (async () => {
      mine.go();
      try {
        while (!(await mine.again())) {
          if (left()) return;
          mine.wait();
          await wait();
        }
      } finally {
        passing.delete(form);
      }
      if (!form.isConnected) return;
      passed.add(form);
      form.requestSubmit(button);
    })();
  },
  true,
);

// What is being sent need not be drafted; the server drops the draft when it accepts the form.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented || event.target.matches("[hx-post]")) drafts.get(event.target)?.stop();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const one of drafts.values()) one.go();
});

const unsaved = () => [...drafts.values()].filter((one) => one.unsaved());
document.addEventListener("visibilitychange", () => document.hidden && unsaved().forEach((one) => one.last()));
addEventListener("pagehide", () => unsaved().forEach((one) => one.last()));
addEventListener("online", () => unsaved().forEach((one) => one.save()));
addEventListener("beforeunload", (event) => {
  // Asked only when the words could not be brought to safety.
  if (unsaved().map((one) => one.last()).includes(false)) event.preventDefault();
});

// A form with words in it has a draft even if its page names none: its place is the name.
function named(form) {
  const url = document.body.dataset.draftUrl;
  const wordless = !$("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=submit])", form);
  const apart = ".search, [role=search], [data-leave], [data-no-draft], [data-submit-many]";
  // What proves who one is is never kept: passwords, and the codes of a second factor.
  const proof = $("[type=password], [autocomplete=one-time-code]", form);
  if (!url || form.method !== "post" || wordless || form.matches(apart) || proof) return;
  if (document.body.matches(".entrance") || !form.closest("main")) return;
  const act = $("input[type=hidden][name=act]", form)?.value || "";
  const to = new URL(form.getAttribute("hx-post") || form.getAttribute("action") || "", location.href);
  const place = `page:${location.pathname}:${to.pathname}:${act}`.slice(0, 96);
  const taken = new Set($$("form[data-draft]").map((other) => other.dataset.draft));
  let name = place;
  for (let copy = 2; taken.has(name); copy += 1) name = `${place}:${copy}`;
  form.dataset.draft = name;
  form.dataset.draftUrl = url;
}

onContent((root) => {
  for (const [form, one] of drafts) {
    if (!form.isConnected && !one.unsaved()) drafts.delete(form);
  }
  $$("main form:not([data-draft])").forEach(named);
  for (const form of $$("form[data-draft][data-draft-url]", root)) if (!drafts.has(form)) draft(form);
});
