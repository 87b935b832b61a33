// What every module needs of the page: finding elements, telling the reader, the form token.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export const control = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";
export const focusable = `${control}, button:not([disabled]), a[href]`;
export const shown = (selector, root) => $$(selector, root).find((element) => element.offsetParent !== null);

/** Read aloud by assistive technology. */
export function announce(text) {
  const live = $("#live");
  if (live) live.textContent = text;
}

export function csrf() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] || "";
  } catch {
    return "";
  }
}

/** A choice of how the page looks or works, which the server reads with the next page. */
export function keep(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
}
