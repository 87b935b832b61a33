// A name can be typed where it is chosen: the list keeps those that begin so, however it is written.
// Without scripts, or with few to choose among, it is the browser's own list.

import { $$, announce } from "./dom.js";
import { onContent } from "./prepare.js";
import { say } from "./words.js";

const FEW = 7;
const LETTERS = { ø: "o", ł: "l", đ: "d", ð: "d", ı: "i", ħ: "h", ŧ: "t", ß: "ss", æ: "ae", œ: "oe", þ: "th" };

/** The words of what is typed, as core/names.py has those of the options in `data-name`. */
export function wordsOf(text) {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[øłđðıħŧßæœþ]/g, (letter) => LETTERS[letter]);
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words.map((word) => word.replace(/a[ae]/g, "a").replaceAll("oe", "o").replaceAll("ue", "u"));
}

export function answers(keys, words) {
  return words.every((word) => keys.some((key) => key.startsWith(word)));
}

function picker(select) {
  const all = [...select.options];
  const keys = new Map(all.map((option) => [option, (option.dataset.name || "").split(" ")]));
  const typed = document.createElement("input");
  typed.type = "search";
  typed.className = "form-control picker-typed";
  typed.autocomplete = "off";
  typed.spellcheck = false;
  typed.placeholder = say("pickType");
  typed.setAttribute("aria-label", `${select.labels[0]?.textContent.trim() || ""}: ${say("pickType")}`);
  if (select.id) typed.setAttribute("aria-controls", select.id);
  typed.disabled = select.disabled;
  select.before(typed);

  const found = () => [...select.options].filter((option) => option.dataset.name && !option.disabled);

  const choose = (option) => {
    if (!option || option.selected) return;
    option.selected = true;
    for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
  };

  const show = () => {
    const words = wordsOf(typed.value);
    const chosen = select.selectedOptions[0];
    // What is chosen stays, whatever is typed: nothing is unchosen by looking for something else.
    select.replaceChildren(
      ...all.filter((option) => option === chosen || !option.dataset.name || answers(keys.get(option), words)),
    );
    if (chosen) chosen.selected = true;
    if (!words.length) return;
    const left = found().filter((option) => answers(keys.get(option), words));
    if (left.length === 1) choose(left[0]);
    announce(left.length ? say("pickFound", left.length, left.length === 1 ? left[0].text : "") : say("pickNone"));
    typed.classList.toggle("is-empty", !left.length);
  };

  const move = (step) => {
    const words = wordsOf(typed.value);
    const left = found().filter((option) => answers(keys.get(option), words));
    if (!left.length) return;
    const at = left.findIndex((option) => option.selected);
    const next = at < 0 ? (step > 0 ? 0 : left.length - 1) : Math.min(Math.max(at + step, 0), left.length - 1);
    choose(left[next]);
    announce(left[next].text);
  };

  typed.addEventListener("input", (event) => {
    event.stopPropagation(); // It is no answer of the form.
    show();
  });
  typed.addEventListener("change", (event) => event.stopPropagation());
  typed.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter") {
      if (!typed.value) return;
      const words = wordsOf(typed.value);
      if (!answers(keys.get(select.selectedOptions[0]) || [], words)) move(1);
      typed.value = "";
      show();
      select.focus();
    } else if (event.key === "Escape" && typed.value) {
      typed.value = "";
      show();
    } else return;
    event.preventDefault();
  });
}

onContent((root) => {
  for (const select of $$("select[data-names]", root)) {
    if (select.dataset.typed || select.options.length <= FEW) continue;
    select.dataset.typed = "";
    picker(select);
  }
});
