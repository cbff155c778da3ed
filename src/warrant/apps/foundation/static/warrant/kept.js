/* What somebody typed into a form whose session had ended: it waits in this window until the same person has signed in again.
   Never kept: files, passwords, hidden fields, fields marked data-never-kept, and whatever reads like an ID number. Gone with the window. */
"use strict";
(() => {
  const KEY = "warrant-typed";
  const person = document.querySelector(".bar .menu-body p")?.textContent ?? "";
  const kinds = ["file", "password", "hidden", "submit", "button"];
  const isKept = (field) => field.name && !kinds.includes(field.type) && !("neverKept" in field.dataset)
    && !/\d{15}/.test(field.value.normalize("NFKC").replace(/[^\d]/g, ""));
  const isChoice = (field) => ["checkbox", "radio"].includes(field.type);
  const place = (form) => new URL(form.action || location.href, location.href).pathname;
  const fields = (form) => [...form.elements].filter((field) => "value" in field);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !person || !form.closest("main")) return;
    const typed = fields(form).filter(isKept).map((field) => [field.name, field.value, isChoice(field) ? field.checked : null]);
    sessionStorage.setItem(KEY, JSON.stringify({ person, place: place(form), typed }));
  });

  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!kept) return;
  const signIn = document.querySelector("form.sign-in");
  if (signIn) {
    if (signIn.elements.next?.value !== kept.place) return;
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept, waits: true }));
    signIn.querySelector("[data-kept]")?.removeAttribute("hidden");
    return;
  }
  sessionStorage.removeItem(KEY);
  const form = [...document.querySelectorAll("main form")].find((one) => one.method === "post" && place(one) === kept.place);
  if (!kept.waits || kept.person !== person || !form) return;
  fields(form).filter((field) => field.name && !kinds.includes(field.type)).forEach((field) => {
    const before = kept.typed.find(([name, value, chosen]) =>
      name === field.name && (chosen === null || value === field.value));
    if (!before) return;
    if (isChoice(field)) field.checked = before[2];
    else field.value = before[1];
  });
  const told = document.querySelector("template[data-kept]");
  if (told) form.before(told.content.cloneNode(true));
})();
