// Dragging a case onto a worker or a standing pair opens its form with them chosen; nothing is
// saved until the reader has seen the effect and says so. The same form opens from the keyboard.

const board = document.querySelector("[data-board]");
let dragged = null;

/** Who stands in the card: in its open form, else in its plan. */
function chosen(card) {
  const form = card.querySelector("[data-plan-form]");
  return {
    main: form ? form.elements.main.value : card.dataset.main || "",
    co: form ? form.elements.co.value : card.dataset.co || "",
  };
}

function dropped(card, place) {
  let { main, co } = chosen(card);
  if (place.dataset.pair) {
    const pair = place.dataset.pair.split(" ");
    // The order that was already chosen stays, as far as it is of this pair.
    [main, co] = pair.includes(main) ? [main, pair.find((id) => id !== main)] : pair;
  } else if (!main || main === place.dataset.worker) {
    main = place.dataset.worker;
  } else {
    co = place.dataset.worker;
  }
  // What the reader saw: what another has planned since then is shown before it is replaced.
  const seen = card.querySelector("[data-plan-form]")?.elements.version.value ?? card.dataset.version;
  const query = new URLSearchParams({ main, co, seen });
  window.htmx
    .ajax("GET", `${card.dataset.planUrl}?${query}`, { target: card, swap: "outerHTML" })
    .then(() => {
      const opened = document.getElementById(card.id);
      opened?.scrollIntoView({ block: "nearest" });
      const conflict = opened?.querySelector(".conflict");
      if (conflict) conflict.tabIndex = -1;
      (conflict ?? opened?.querySelector("[data-autofocus]"))?.focus();
    });
}

const place = (event) => event.target.closest?.("[data-worker], [data-pair]");

board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-case]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.case);
  dragged.classList.add("is-dragged");
  for (const each of board.querySelectorAll("[data-worker]:not([data-closed]), [data-pair]:not([data-closed])"))
    each.classList.add("is-target");
});

board?.addEventListener("dragover", (event) => {
  const over = place(event);
  for (const each of board.querySelectorAll(".is-over")) if (each !== over) each.classList.remove("is-over");
  if (!dragged || !over || "closed" in over.dataset) return;
  event.preventDefault();
  over.classList.add("is-over");
});

board?.addEventListener("drop", (event) => {
  const over = place(event);
  if (!dragged || !over || "closed" in over.dataset) return;
  event.preventDefault();
  dropped(dragged, over);
});

board?.addEventListener("dragend", () => {
  for (const each of board.querySelectorAll(".is-target, .is-over, .is-dragged"))
    each.classList.remove("is-target", "is-over", "is-dragged");
  dragged = null;
});

// After a swap the focus stays in the card that was worked with.
document.addEventListener("htmx:afterSwap", (event) => {
  const card = event.detail.elt?.closest?.("[data-case]") || document.getElementById(event.detail.target?.id);
  if (!board?.contains(card) || !card?.matches("[data-case]")) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  (card.querySelector("select") || card.querySelector(".card-actions a"))?.focus();
});
