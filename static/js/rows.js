// Rows of a form that can be added and removed.

import { $, $$, announce, control, shown } from "./dom.js";
import { prepare } from "./prepare.js";
import { say } from "./words.js";

export const totalOf = (set) => $(`input[name="${set.dataset.formset}-TOTAL_FORMS"]`, set.closest("form"));
const rowsOf = (set) =>
  $$("[data-formset-row]", set).filter((row) => !row.hidden && row.closest("[data-formset]") === set);

export function number(set) {
  rowsOf(set).forEach((row, index) => {
    for (const place of $$("[data-formset-number]", row)) place.textContent = index + 1;
  });
}

export function addRow(set, { focus = true } = {}) {
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
