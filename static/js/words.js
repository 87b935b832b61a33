// The words of the page, from the server in the language of its reader, and the time in Stockholm.

const words = JSON.parse(document.getElementById("ui-strings")?.textContent || '""') || {};

/** The words of that name; {0} and {1} are filled in with the values. */
export const say = (key, ...values) =>
  (words[key] || key).replace(/\{(\d)\}/g, (_, index) => values[index] ?? "");

export const timeZone = "Europe/Stockholm";
export const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
export const clock = (moment) =>
  moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", timeZone });
