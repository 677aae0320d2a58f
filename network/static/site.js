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
  // With data-keep-in="local" it outlives the tab, in either language of the page, with what is ticked and chosen.
  const sent = sessionStorage.getItem("draft-sent");
  sessionStorage.removeItem("draft-sent");
  if (sent && document.querySelector(".notice-success")) for (const store of [sessionStorage, localStorage]) store.removeItem(sent);
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const local = form.dataset.keepIn === "local";
    const store = local ? localStorage : sessionStorage;
    const page = local ? location.pathname.replace(/^\/..\//, "/").replace(/\/coach$/, "/new") : location.pathname + location.search;
    const carried = ["carried", "q"].some((name) => new URLSearchParams(location.search).has(name));
    const key = `draft:${page}${local && carried ? "?carried" : ""}:${form.dataset.keep}`;
    const fields = [...form.querySelectorAll(local ? "textarea, select, input:not([type=hidden])" : "textarea, input[type=text]")];
    const ticked = (field) => ["checkbox", "radio"].includes(field.type);
    const named = (field) => (ticked(field) ? `${field.name}=${field.value}` : field.name);
    const value = (field) => (ticked(field) ? field.checked : field.value);
    const kept = JSON.parse(store.getItem(key) || "{}");
    const begun = fields.filter((field) => named(field) in kept && kept[named(field)] !== value(field));
    const notice = form.querySelector("[data-kept]");
    if (begun.length && !form.querySelector(".error-summary") && !(local && (carried || location.pathname.endsWith("/coach")))) {
      for (const field of begun) {
        if (ticked(field)) field.checked = kept[named(field)];
        else field.value = kept[named(field)];
        field.closest("details")?.setAttribute("open", "");
      }
      if (notice) notice.hidden = false;
    }
    const keep = () => store.setItem(key, JSON.stringify(Object.fromEntries(fields.map((f) => [named(f), value(f)]))));
    notice?.querySelector("[data-forget]").addEventListener("click", () => {
      form.reset();
      store.removeItem(key);
      notice.hidden = true;
    });
    for (const drop of document.querySelectorAll("[data-drop]")) drop.addEventListener("click", () => store.removeItem(key));
    form.addEventListener("input", keep);
    form.addEventListener("submit", () => sessionStorage.setItem("draft-sent", key));
    // What the coach guesses is taken over by one click.
    document.addEventListener("click", (event) => {
      const take = event.target.closest?.("[data-take]");
      const box = take && form.querySelector(`input[name="${take.dataset.take}"][value="${CSS.escape(take.dataset.value)}"]`);
      if (!box) return;
      event.preventDefault();
      box.checked = true;
      box.closest("details")?.setAttribute("open", "");
      box.dispatchEvent(new Event("input", { bubbles: true }));
      take.closest("li").remove();
    });
  }
  // Once the page stands, the worker that knows what to say without a connection.
  window.addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));
})();
