// Keys for the queue. Every one of them does what a link, a button or a box of the page does.
(() => {
  const help = document.querySelector("[data-shortcuts]");
  const form = document.querySelector("form[data-queue]");
  if (!help || !form) return;
  const rows = [...form.querySelectorAll(".queue-row")];
  const boxes = [...form.querySelectorAll("input[name=item]")];
  const ticked = () => boxes.filter((box) => box.checked);
  const here = () => document.activeElement?.closest(".queue-row");
  const go = (row) => {
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  const step = (by) => {
    const place = rows.indexOf(here());
    go(place < 0 ? rows[0] : rows[place + by]);
  };
  const decide = (name) => {
    if (ticked().length) form.querySelector(`button[value=${name}]`).click();
    else here()?.querySelector(`[data-step=${name}]`)?.click();
  };
  const told = form.querySelector("[data-ticked]");
  const count = () => { if (told) told.textContent = ticked().length ? `${told.dataset.ticked} ${ticked().length}` : ""; };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => here()?.querySelector("input[name=item]")?.click(),
    a: () => decide("accept"),
    d: () => decide("decline"),
    o: () => here()?.querySelector("[data-open]").click(),
    "?": () => {
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    },
  };
  const box = help.querySelector("[data-keys]");
  const OFF = "queue-keys-off";
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
  help.hidden = false;
  form.addEventListener("change", count);
  count();
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("textarea, select, input:not([type=checkbox])")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
