// Security keys: asks the browser for one and sends its answer with the form. The server's options
// stand in the page as JSON (#js_data); webauthn-json.js turns them into what browsers take.

const failure = document.querySelector("[data-key-failed]");

async function answer(kind, options) {
  const json = globalThis.webauthnJSON;
  if (!json?.supported()) throw new Error("no security keys in this browser");
  return kind === "create" ? json.create(options.creation_options) : json.get(options.request_options);
}

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    failure?.setAttribute("hidden", "");
    button.disabled = true;
    try {
      const options = JSON.parse(document.getElementById("js_data").textContent);
      const field = document.querySelector(button.dataset.key === "create" ? "[name=credential]" : "#key-form [name=credential]");
      field.value = JSON.stringify(await answer(button.dataset.key, options));
      field.form.submit();
    } catch {
      // Cancelled, no key near, or one that is not the person's: all said in the same words.
      button.disabled = false;
      failure?.removeAttribute("hidden");
    }
  });
}
