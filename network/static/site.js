// Small comforts only: every page works without this file.
(() => {
  // On narrow screens the menu is folded behind its button.
  const button = document.querySelector(".menu-button");
  button?.addEventListener("click", () => {
    const open = document.getElementById("menu").classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
  // Filters apply when changed; the button stays for those who prefer it.
  for (const form of document.querySelectorAll("form[data-auto-submit]")) {
    form.addEventListener("change", (event) => { if (event.target.type !== "search") form.requestSubmit(); });
  }
  // The address of a narrowed list carries only what was chosen.
  document.addEventListener("htmx:configRequest", (event) => {
    const { formData, verb } = event.detail;
    if (verb === "get") for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
  // Escape closes the suggestions below the search box; what was typed stays.
  for (const box of document.querySelectorAll(".search-box")) {
    const [input, list] = [box.querySelector("input"), box.querySelector(".search-box-list")];
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !list.childElementCount) return;
      event.preventDefault();
      window.htmx?.trigger(input, "htmx:abort");
      list.replaceChildren();
      input.focus();
    });
  }
  // Ask before what cannot be undone.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
  // A text begun is kept in this tab until it has arrived: then the next page carries a notice of success.
  const sent = sessionStorage.getItem("draft-sent");
  sessionStorage.removeItem("draft-sent");
  if (sent && document.querySelector(".notice-success")) sessionStorage.removeItem(sent);
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const key = `draft:${location.pathname}${location.search}:${form.dataset.keep}`;
    const fields = [...form.querySelectorAll("textarea, input[type=text]")];
    const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
    const begun = fields.filter((field) => field.name in kept && kept[field.name] !== field.value);
    const notice = form.querySelector("[data-kept]");
    if (begun.length && !form.querySelector(".error-summary")) {
      for (const field of begun) field.value = kept[field.name];
      if (notice) notice.hidden = false;
    }
    notice?.querySelector("[data-forget]").addEventListener("click", () => {
      form.reset();
      sessionStorage.removeItem(key);
      notice.hidden = true;
    });
    form.addEventListener("input", () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((f) => [f.name, f.value]))));
    });
    form.addEventListener("submit", () => sessionStorage.setItem("draft-sent", key));
  }
  // Once the page stands, the worker that knows what to say without a connection.
  window.addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));
})();
