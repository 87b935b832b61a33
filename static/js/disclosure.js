// Selecting words in a text fills in what to mask: the words, and where they stand.

const source = document.querySelector("[data-redactable]");
const form = document.querySelector("[data-redact-form]");

// Characters as the server counts them: code points, and only those of the text itself.
const count = (text) => Array.from(text).length;

function offset(node, at) {
  const walker = document.createTreeWalker(source, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let here = walker.nextNode(); here; here = walker.nextNode()) {
    const skipped = here.parentElement.closest("[data-skip]");
    if (here === node) return before + (skipped ? 0 : count(here.data.slice(0, at)));
    if (!skipped) before += count(here.data);
  }
  return null;
}

function onSelection() {
  const chosen = document.getSelection();
  if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return;
  const range = chosen.getRangeAt(0);
  if (!source.contains(range.startContainer) || !source.contains(range.endContainer)) return;
  if (range.startContainer.nodeType !== Node.TEXT_NODE) return;
  if (range.endContainer.nodeType !== Node.TEXT_NODE) return;
  const from = offset(range.startContainer, range.startOffset);
  const to = offset(range.endContainer, range.endOffset);
  if (from === null || to === null || to <= from) return;
  form.elements.namedItem("phrase").value = chosen.toString().trim();
  form.elements.namedItem("start").value = from;
  form.elements.namedItem("end").value = to;
}

// What is typed is looked for; it stands in no particular place.
function onTyped() {
  form.elements.namedItem("start").value = "";
  form.elements.namedItem("end").value = "";
}

if (source && form) {
  document.addEventListener("selectionchange", onSelection);
  form.elements.namedItem("phrase").addEventListener("input", onTyped);
}
