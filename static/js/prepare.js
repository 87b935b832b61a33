// What is done with content as it comes: the page itself, what htmx swaps in, a row that is added.

const steps = [];

/** Do `step` with the page now, and with each part of it that comes later. */
export function onContent(step) {
  steps.push(step);
  step(document);
}

export function prepare(root) {
  for (const step of steps) step(root);
}

document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) prepare(event.target);
});
