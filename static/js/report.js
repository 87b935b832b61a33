// Logging a report from the keyboard: choices that take a letter, rows that take over and look up,
// questions that are asked only when they have a meaning. The page works without it, with more
// keystrokes; the server decides all the same.

import { $, $$ } from "./dom.js";

const form = $("form[data-report]");

// ── Choices: one stop for Tab; arrows move, a letter goes to the next that begins with it ──────

const inputsOf = (pick) => $$("input", pick).filter((input) => !input.disabled);
const labelOf = (input) => input.closest("label").textContent.trim().toLocaleLowerCase("sv");

/** Radio buttons are one stop by nature; a group of boxes is made one. */
function oneStop(pick, current) {
  const inputs = inputsOf(pick);
  if (inputs[0]?.type !== "checkbox") return;
  const stop = current || inputs.find((input) => input.checked) || inputs[0];
  for (const input of inputs) input.tabIndex = input === stop ? 0 : -1;
}

function onChoiceKey(event) {
  const input = event.target.closest?.("[data-pick] input");
  if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
  const pick = input.closest("[data-pick]");
  const inputs = inputsOf(pick);
  const at = inputs.indexOf(input);
  let next = null;
  if (input.type === "checkbox" && /^Arrow(Right|Down|Left|Up)$/.test(event.key)) {
    const step = /Right|Down/.test(event.key) ? 1 : -1;
    next = inputs[(at + step + inputs.length) % inputs.length];
  } else if (event.key.length === 1 && event.key !== " " && event.key !== "/" && event.key !== "?") {
    const letter = event.key.toLocaleLowerCase("sv");
    // On a group with no answer yet, the letter may mean the very one that has the focus.
    const from = input.type === "radio" && !inputs.some((one) => one.checked) ? at : at + 1;
    const round = [...inputs.slice(from), ...inputs.slice(0, from)];
    next = round.find((one) => labelOf(one).startsWith(letter));
    event.stopPropagation(); // no shortcut of the page while choosing
  }
  if (!next) return;
  event.preventDefault();
  if (next.type === "radio" && !next.checked) {
    next.checked = true;
    next.dispatchEvent(new Event("input", { bubbles: true }));
    next.dispatchEvent(new Event("change", { bubbles: true }));
  }
  oneStop(pick, next);
  next.focus();
}

// ── The reporter: feedback only for those bound to report, no name for the anonymous ───────────

function onReporter() {
  const category = $("input[name=reporter_category]:checked", form)?.value || "";
  const mandated = (form.dataset.mandated || "").split(" ").includes(category);
  const feedback = $("[data-when-mandated]", form);
  const box = feedback && $("input", feedback);
  if (feedback && !$(".field-error", feedback)) {
    feedback.hidden = !mandated;
    if (!mandated) box.checked = false;
  }
  for (const place of $$("[data-not-anonymous]", form)) {
    const written = $("input", place)?.value || $(".field-error", place);
    place.hidden = category === "anonymous" && !written;
  }
}

// ── The report: whether the child is suspected is asked of a crime report ──────────────────────

function onCrime() {
  const place = $("[data-when-crime]", form);
  const asked = $("input[name=is_crime_report][value=yes]:checked", form);
  if (place) place.hidden = !asked && !$("input:checked, .field-error", place);
}

// ── The children ───────────────────────────────────────────────────────────────────────────────

const part = (row, name) => $(`[name$="-${name}"]`, row);
const digits = (text) => text.replace(/\D/g, "");

/** Birth date and gender follow from a whole number, and are asked for only without one. */
function onRow(row) {
  const whole = [10, 12].includes(digits(part(row, "personal_identity_number").value).length);
  const without = $("[data-without-number]", row);
  const about = part(row, "about").value;
  const filled = ["about", "birth_date", "expected_on", "gender"].some((name) => part(row, name).value);
  without.hidden = whole && !filled && !$(".field-error", without);
  $("[data-when-unborn]", row).hidden = about !== "unborn" && !part(row, "expected_on").value;
  $("[data-when-born]", row).hidden = about === "unborn" && !part(row, "birth_date").value;
}

function choose(button) {
  const row = button.closest("[data-formset-row]");
  const known = button.dataset;
  part(row, "child_id").value = known.child;
  // What the unit does not know of the child stays as it was typed: a number found, a name given.
  for (const [name, value] of [
    ["personal_identity_number", known.number || undefined],
    ["first_name", known.first || undefined],
    ["last_name", known.last || undefined],
    ["birth_date", known.number ? "" : known.born],
    ["gender", known.number ? "" : known.gender],
  ]) {
    if (value !== undefined) part(row, name).value = value;
  }
  part(row, "first_name").focus();
  onRow(row);
  row.dispatchEvent(new Event("input", { bubbles: true }));
  lookUp(row);
}

const lookUp = (row) => $(".known", row)?.dispatchEvent(new CustomEvent("look-up"));

function onInput(event) {
  const row = event.target.closest?.("[data-formset-row]");
  if (row) {
    // What was chosen no longer holds when something else is written.
    if (event.type === "input" && event.target.matches?.("[data-lookup-field]")) {
      part(row, "child_id").value = "";
      lookUp(row);
    }
    onRow(row);
  }
  if (event.target.name === "reporter_category") onReporter();
  if (event.target.name === "is_crime_report") onCrime();
}

function onAdded(event) {
  const row = event.target;
  const rows = $$("[data-formset-row]", row.parentElement).filter((one) => !one.hidden);
  const before = rows[rows.indexOf(row) - 1];
  const name = part(row, "last_name");
  if (before && name && !name.value) name.value = part(before, "last_name").value;
  onRow(row);
}

// ── The time: by the server's clock, in Stockholm ──────────────────────────────────────────────

function onNow(button) {
  const offset = Number(button.dataset.offset || 0);
  const words = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Stockholm",
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(Date.now() + offset));
  const field = $(button.dataset.now);
  field.value = words.replace(" ", "T");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

for (const button of $$("[data-now]")) {
  button.dataset.offset = new Date(button.dataset.serverNow) - Date.now();
  button.addEventListener("click", () => onNow(button));
}

for (const pick of $$("[data-pick]")) oneStop(pick);
for (const pick of $$("[data-pick]")) {
  pick.addEventListener("keydown", onChoiceKey);
  pick.addEventListener("focusin", (event) => event.target.matches("input") && oneStop(pick, event.target));
}

if (form) {
  form.addEventListener("input", onInput);
  form.addEventListener("change", onInput);
  form.addEventListener("formset:added", onAdded);
  form.addEventListener("draft:restored", () => {
    for (const row of $$("[data-formset-row]", form)) {
      onRow(row);
      lookUp(row);
    }
    for (const pick of $$("[data-pick]", form)) oneStop(pick);
    onReporter();
    onCrime();
  });
  // A look-up's answer is not the form's: the buttons of a form being sent stay held back.
  form.addEventListener("htmx:afterRequest", (event) => event.target === form || event.stopPropagation());
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-child]");
    if (button) choose(button);
  });
  for (const row of $$("[data-formset-row]", form)) {
    onRow(row);
    if (part(row, "personal_identity_number").value || part(row, "last_name").value) lookUp(row);
  }
  onReporter();
  onCrime();
}
