// What is half written: sent to the server as it is typed, and brought back when the form is opened
// again. Personal data is never kept in the browser.

import { $, $$, csrf, shown, control } from "./dom.js";
import { count } from "./counter.js";
import { onContent } from "./prepare.js";
import { addRow, number, totalOf } from "./rows.js";
import { alive } from "./session.js";
import { clock, locale, say, timeZone } from "./words.js";

const kept = (element) =>
  element.name &&
  !element.disabled &&
  !/^(csrfmiddlewaretoken|_method)$/.test(element.name) &&
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

function draft(form) {
  const { draft: key, draftUrl: url } = form.dataset;
  const empty = JSON.stringify(collect(form));
  const state = document.createElement("span");
  state.className = "draft-state";
  state.setAttribute("role", "status");
  ($(".form-actions", form) || form).append(state);
  let timer = 0;
  let last = empty;
  let stopped = false;

  async function send(data) {
    return fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": csrf(), "X-Requested-With": "XMLHttpRequest" },
      body: new URLSearchParams({ key, data }),
      redirect: "manual",
      keepalive: data.length < 60000,
    });
  }

  async function save() {
    clearTimeout(timer);
    const data = JSON.stringify(collect(form));
    if (stopped || data === last) return;
    state.classList.remove("failed");
    state.textContent = say("draftSaving");
    try {
      const answer = await send(data);
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) {
        state.classList.add("failed");
        state.innerHTML = "";
        const link = document.createElement("a");
        link.href = document.body.dataset.loginUrl;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = say("signIn");
        state.append(say("draftSignedOut"), " ", link);
        timer = setTimeout(save, 15000);
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      last = data;
      alive();
      state.textContent = say("draftSaved", clock(new Date()));
    } catch {
      state.classList.add("failed");
      state.textContent = say("draftFailed");
      timer = setTimeout(save, 10000);
    }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  }

  async function restore() {
    if ($("[data-error-summary]", form) || form.matches("[data-bound]")) return;
    let answer;
    try {
      answer = await fetch(`${url}?key=${encodeURIComponent(key)}`, {
        headers: { Accept: "application/json" },
        redirect: "manual",
        cache: "no-store",
      });
      if (!answer.ok || answer.status === 204) return;
      answer = await answer.json();
    } catch {
      return;
    }
    let data = answer && "data" in answer ? answer.data : answer;
    if (typeof data === "string") data = data ? JSON.parse(data) : null;
    if (!data || !Object.keys(data).length || JSON.stringify(data) === empty) return;
    if (JSON.stringify(collect(form)) !== empty) return; // the reader was quicker
    const original = collect(form);
    fill(form, data);
    last = JSON.stringify(collect(form));
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
      last = JSON.stringify(collect(form));
      try {
        await send("");
      } finally {
        bar.remove();
        state.textContent = "";
        shown(control, form)?.focus();
      }
    });
    bar.append(text, drop);
    form.prepend(bar);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => {
    // What is being sent need not be drafted; the server drops the draft when it accepts the form.
    if (!event.defaultPrevented || form.matches("[hx-post]")) {
      clearTimeout(timer);
      stopped = true;
    }
  });
  form.addEventListener("htmx:afterRequest", () => form.isConnected && (stopped = false));
  addEventListener("pageshow", (event) => event.persisted && (stopped = false));
  document.addEventListener("visibilitychange", () => document.hidden && save());
  addEventListener("online", save);
  return restore();
}

onContent((root) => {
  for (const form of $$("form[data-draft][data-draft-url]", root)) draft(form);
});
