// The page's behaviour, joined to markup by data attributes only. Pages work without it; it saves
// keystrokes and typed words. Personal data is never kept in the browser: drafts go to the server.

const words = JSON.parse(document.getElementById("ui-strings")?.textContent || '""') || {};
const say = (key, ...values) =>
  (words[key] || key).replace(/\{(\d)\}/g, (_, index) => values[index] ?? "");
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const announce = (text) => {
  const live = $("#live");
  if (live) live.textContent = text;
};
const csrf = () => {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  } catch {
    return "";
  }
};
const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
};
const timeZone = "Europe/Stockholm";
const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const clock = (moment) =>
  moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", timeZone });
const control = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";
const focusable = `${control}, button:not([disabled]), a[href]`;
const shown = (selector, root) => $$(selector, root).find((element) => element.offsetParent !== null);

// ── Theme ──────────────────────────────────────────────────────────────────────────────────────

document.addEventListener("change", (event) => {
  const choice = event.target.closest?.("[data-theme-choice]");
  if (!choice) return;
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = choice.value;
  root.dataset.bsTheme = choice.value === "auto" ? (dark ? "dark" : "light") : choice.value;
  keep("theme", choice.value);
});

// ── All boxes of a list at once ────────────────────────────────────────────────────────────────

function tally(form) {
  const all = $("[data-check-all]", form);
  const boxes = all ? $$(all.dataset.checkAll, form) : [];
  const on = boxes.filter((box) => box.checked).length;
  if (all) {
    all.checked = on === boxes.length;
    all.indeterminate = on > 0 && on < boxes.length;
  }
  const chosen = $$("[data-counted]:checked", form).length;
  $("[data-check-count]", form).textContent = chosen ? say("chosen", chosen) : "";
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || !$("[data-check-count]", form)) return;
  const all = event.target.closest("[data-check-all]");
  if (all) for (const box of $$(all.dataset.checkAll, form)) box.checked = all.checked;
  tally(form);
});

// ── Dialogs ────────────────────────────────────────────────────────────────────────────────────

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
  if (event.target.closest("[data-print]")) print();
  const idle = event.target.closest('[aria-disabled="true"]');
  if (idle) event.preventDefault();
});

addEventListener("beforeprint", () => {
  const now = new Date().toLocaleString(locale, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone,
  });
  for (const place of $$("[data-print-time]")) place.textContent = now;
});

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

// ── Sending once ───────────────────────────────────────────────────────────────────────────────

const buttonsOf = (form) =>
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

// ── Keyboard ───────────────────────────────────────────────────────────────────────────────────

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

// ── Errors and focus ───────────────────────────────────────────────────────────────────────────

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  const field = place.matches(focusable) ? place : $(focusable, place) || place;
  field.focus({ preventScroll: true });
  (field.closest(".field") || field).scrollIntoView({ block: "center" });
});

function settle(root) {
  const summary = $("[data-error-summary]:not([data-still] *)", root);
  if (summary) return summary.focus();
  $("[data-autofocus]", root)?.focus();
}

// ── Counters ───────────────────────────────────────────────────────────────────────────────────

function count(area) {
  const limit = Number(area.dataset.limit);
  const left = limit - area.value.length;
  const counter = area.nextElementSibling;
  const [written, most, over] = [area.value.length, limit, -left].map((number) =>
    number.toLocaleString(document.documentElement.lang),
  );
  counter.textContent = left < 0 ? say("counterOver", over) : say("counter", written, most);
  counter.classList.toggle("over", left < 0);
}

function countUp(root) {
  for (const area of $$("textarea[maxlength]", root)) {
    // Longer text may be pasted and shortened; the server says no to what is too long.
    area.dataset.limit = area.getAttribute("maxlength");
    area.removeAttribute("maxlength");
    area.insertAdjacentHTML("afterend", '<div class="counter"></div>');
    area.addEventListener("input", () => count(area));
    count(area);
  }
}

// ── Rows that can be added and removed ─────────────────────────────────────────────────────────

const totalOf = (set) => $(`input[name="${set.dataset.formset}-TOTAL_FORMS"]`, set.closest("form"));
const rowsOf = (set) =>
  $$("[data-formset-row]", set).filter((row) => !row.hidden && row.closest("[data-formset]") === set);

function number(set) {
  rowsOf(set).forEach((row, index) => {
    for (const place of $$("[data-formset-number]", row)) place.textContent = index + 1;
  });
}

function addRow(set, { focus = true } = {}) {
  const total = totalOf(set);
  const limit = Number($(`input[name="${set.dataset.formset}-MAX_NUM_FORMS"]`, set.closest("form"))?.value || 1000);
  if (rowsOf(set).length >= limit) return null;
  const holder = document.createElement("div");
  holder.innerHTML = $("template", set).innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.firstElementChild;
  $("[data-formset-rows]", set).append(row);
  total.value = Number(total.value) + 1;
  number(set);
  prepare(row);
  window.htmx?.process(row);
  if (focus) {
    row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
    (shown("[data-autofocus]", row) || shown(control, row))?.focus();
    announce(say("rowAdded", rowsOf(set).length));
  }
  return row;
}

function removeRow(set, row) {
  const rows = rowsOf(set);
  const next = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
  const mark = $('input[name$="-DELETE"]', row);
  if (mark) {
    if (mark.type === "checkbox") mark.checked = true;
    else mark.value = "on";
    row.hidden = true;
  } else {
    row.remove();
    const name = set.dataset.formset;
    $$("[data-formset-row]", set).forEach((kept, index) => {
      for (const element of $$("[name], [id], [for], [aria-describedby]", kept)) {
        for (const attribute of ["name", "id", "for", "aria-describedby"]) {
          const value = element.getAttribute(attribute);
          if (value) element.setAttribute(attribute, value.replace(new RegExp(`${name}-\\d+-`, "g"), `${name}-${index}-`));
        }
      }
    });
    totalOf(set).value = $$("[data-formset-row]", set).length;
  }
  number(set);
  announce(say("rowRemoved"));
  ((next && shown(control, next)) || $("[data-formset-add]", set))?.focus();
  set.closest("form")?.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const set = event.target.closest("[data-formset]");
  if (!set) return;
  if (event.target.closest("[data-formset-add]")) addRow(set);
  const remover = event.target.closest("[data-formset-remove]");
  if (remover) removeRow(set, remover.closest("[data-formset-row]"));
});

// ── Drafts ─────────────────────────────────────────────────────────────────────────────────────

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

// ── The session ────────────────────────────────────────────────────────────────────────────────

/** The server has just heard from us; session.js counts. */
const alive = () => document.dispatchEvent(new Event("session:alive"));

// ── htmx: when the network or the server does not answer ───────────────────────────────────────

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

// ── Start ──────────────────────────────────────────────────────────────────────────────────────

function prepare(root) {
  countUp(root);
  for (const box of $$("[data-check-all]", root)) box.parentElement.hidden = false;
  for (const place of $$("[data-check-count]", root)) tally(place.closest("form"));
  // The server's own words for what is missing, in one place, instead of the browser's bubbles.
  for (const form of $$("form", root)) {
    if (form.method === "post" && !form.matches(".search")) form.noValidate = true;
  }
}

prepare(document);
for (const form of $$("form[data-draft][data-draft-url]")) draft(form);
settle(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target === document.body) return;
  prepare(event.target);
  for (const form of $$("form[data-draft][data-draft-url]", event.target)) draft(form);
  if ($("[data-error-summary]", event.target)) settle(event.target);
});
