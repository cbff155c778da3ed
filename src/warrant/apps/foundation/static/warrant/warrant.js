/* Keyboard, tables, dialogues, autosave and the side panel. Every page works without it; with it, it is quicker.
   Words shown to people stand in the markup (data-…), so that this file needs no translation. */
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isTyping = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const isModified = (event) => event.ctrlKey || event.metaKey || event.altKey;

  // Working: the thin bar shows within a frame of a click that leaves the page.
  const working = (isOn) => document.documentElement.classList.toggle("is-working", isOn);
  window.addEventListener("beforeunload", () => working(true));
  window.addEventListener("pageshow", () => {
    working(false);
    all("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
    all("form[data-sent]").forEach((form) => delete form.dataset.sent); // came back to it: may be sent anew
  });
  document.addEventListener("htmx:beforeRequest", () => working(true));
  document.addEventListener("htmx:afterRequest", () => working(false));

  // Confirm dialogues: <button data-opens="id"> opens <dialog id>; <form data-confirm="…"> asks first.
  const confirmBox = () => find("#confirm");
  let waitingForm = null;
  let waitingButton = null;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !form.dataset.confirmed && confirmBox()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waitingForm = form;
      waitingButton = event.submitter;
      find("[data-question]", confirmBox()).textContent = question;
      confirmBox().showModal();
      return;
    }
    delete form.dataset.confirmed;
    if (form.method === "dialog" || form.hasAttribute("hx-get") || form.dataset.downloads !== undefined) return;
    if ((event.submitter?.formTarget || form.target) === "_blank") return; // the page stays, and so does what it can send
    if (form.dataset.sent) {
      event.preventDefault(); // a second click must not send a second time
      return;
    }
    if (form.method === "post") {
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-busy", "true");
      setTimeout(() => delete form.dataset.sent, 5000);
    }
  }, true);
  document.addEventListener("close", (event) => {
    if (event.target !== confirmBox() || !waitingForm) return;
    const form = waitingForm;
    waitingForm = null;
    if (event.target.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(waitingButton);
  }, true);

  document.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-moves]");
    if (mover) {
      const line = mover.closest("li");
      line.previousElementSibling?.before(line);
      mover.focus();
    }
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens)?.showModal();
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close("no");
      if (closer.closest(".side")) closePanel();
    }
    if (event.target.closest("[data-prints]")) window.print();
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));

    // A whole row is a link, but text can be selected and the controls in it keep their own meaning.
    const row = event.target.closest("tr[data-url]");
    if (row && !event.target.closest("a, button, input, label") && !String(getSelection())) {
      if (event.ctrlKey || event.metaKey) window.open(row.dataset.url, "_blank", "noopener");
      else window.location.assign(row.dataset.url);
    }
  });

  // Side panel: filled by htmx, emptied by Esc.
  let panelOpener = null;
  function closePanel() {
    const panel = find("#panel");
    if (!panel || !panel.innerHTML.trim()) return false;
    panel.replaceChildren();
    panelOpener?.focus();
    return true;
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "panel") {
      panelOpener = event.detail.requestConfig?.elt?.closest("tr") ?? null;
      event.target.focus();
    }
    prepare(event.target);
  });

  // Tables: arrows move, Enter opens, space selects, → looks in the side panel.
  const rowsOf = (row) => all("tbody tr[tabindex]", row.closest("table"));
  function moveTo(row) {
    if (!row) return;
    rowsOf(row).forEach((other) => other.tabIndex = -1);
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }
  function onRowKey(event, row) {
    const rows = rowsOf(row);
    const at = rows.indexOf(row);
    const targets = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows[rows.length - 1] };
    if (event.key in targets) moveTo(targets[event.key]);
    else if (event.key === "Enter" && row.dataset.url) window.location.assign(row.dataset.url);
    else if (event.key === "ArrowRight") find("[hx-target='#panel']", row)?.click();
    else if (event.key === " ") find("input[type=checkbox]", row)?.click();
    else return;
    event.preventDefault();
  }

  // Keys: / search, g then a letter goes, ? shows them all, Esc closes.
  let goUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (isModified(event) || event.isComposing) return;
    if (event.key === "Escape") {
      if (find("dialog[open]")) return;
      const menu = find("details.menu[open]");
      if (menu) {
        menu.removeAttribute("open");
        find("summary", menu).focus();
      } else if (!closePanel()) {
        if (location.hash === "#navigation") location.hash = "#main";
        else if (isTyping(event.target)) event.target.blur();
      }
      return;
    }
    if (isTyping(event.target) || find("dialog[open]")) return;
    if (event.target.matches("tr[tabindex]")) onRowKey(event, event.target);
    else if (event.key === "ArrowDown" && event.target === document.body) {
      const first = find(".table tbody tr[tabindex]");
      if (first) {
        event.preventDefault();
        moveTo(first);
      }
    }
    if (event.defaultPrevented) return;
    if (event.key === "/") {
      event.preventDefault();
      find("[data-search]")?.select();
    } else if (event.key === "?") {
      find("#keys")?.showModal();
    } else if (event.timeStamp < goUntil) {
      goUntil = 0;
      const link = find(`.nav a[data-key="${CSS.escape(event.key)}"]`);
      if (link) window.location.assign(link.href);
    } else if (event.key === "g") {
      goUntil = event.timeStamp + 1500;
    }
  });

  // Column chooser: hides columns of one table, remembered in this browser.
  const hiddenColumns = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`columns:${name}`) ?? "[]");
    } catch {
      return []; // a browser without storage simply shows every column
    }
  };
  function showColumns(table) {
    const hidden = hiddenColumns(table.id);
    all("thead [data-column]", table).forEach((head) => {
      const isHidden = hidden.includes(head.dataset.column);
      all("tr", table).forEach((row) => row.cells[head.cellIndex].hidden = isHidden);
    });
    all(`[data-chooses="${table.id}"] input`).forEach((box) => box.checked = !hidden.includes(box.value));
  }

  function onChange(event) {
    const chooser = event.target.closest("[data-chooses]");
    if (chooser) {
      const name = chooser.dataset.chooses;
      const hidden = all("input", chooser).filter((box) => !box.checked).map((box) => box.value);
      try {
        localStorage.setItem(`columns:${name}`, JSON.stringify(hidden));
      } catch {
        return;
      }
      showColumns(document.getElementById(name));
    }
    if (event.target.matches("[data-select-all]")) {
      all("tbody input[name=selected]", event.target.closest("table")).forEach((box) => box.checked = event.target.checked);
    }
    const table = event.target.closest("table.selectable");
    if (table) {
      const chosen = all("tbody input[name=selected]", table);
      chosen.forEach((box) => box.closest("tr").setAttribute("aria-selected", box.checked));
      all(`[data-counts="${table.id}"]`).forEach((out) => out.textContent = chosen.filter((box) => box.checked).length);
    }
  }
  document.addEventListener("change", onChange);

  // Autosave: <form data-autosave="url"> posts itself a second after the last change and says so.
  function prepareAutosave(form) {
    const status = find("[data-autosave-status]", form);
    let timer = 0;
    let sending = null;
    const say = (key, time = "") => status && (status.textContent = (status.dataset[key] ?? "") + time);
    async function save() {
      sending?.abort();
      sending = new AbortController();
      say("saving");
      try {
        const content = new FormData(form);
        for (const [name, value] of [...content]) if (value instanceof File) content.delete(name); // chosen anew in any case
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body: content, signal: sending.signal, headers: { "X-Autosave": "1" },
        });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        say("saved", ` ${new Date().toTimeString().slice(0, 5)}`);
      } catch (problem) {
        if (problem.name !== "AbortError") say("failed");
      }
    }
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 1000);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  // What a resident ID number already says (GB 11643: digits 7-14 birth date, digit 17 sex) fills itself in.
  function fillFromIdNumber(input) {
    const match = /^\d{6}(\d{4})(\d{2})(\d{2})\d{2}(\d)[\dXx]$/.exec(input.value.trim());
    if (!match) return;
    const [, year, month, day, order] = match;
    const set = (name, value) => {
      const target = find(`[data-from-id="${name}"]`, input.form);
      if (!target) return;
      if ("value" in target) target.value = value;
      else target.textContent = value;
    };
    const today = new Date();
    const hadBirthday = today >= new Date(today.getFullYear(), month - 1, Number(day));
    set("born-on", `${year}-${month}-${day}`);
    set("sex", Number(order) % 2 ? "1" : "2");
    set("age", today.getFullYear() - year - (hadBirthday ? 0 : 1));
  }
  document.addEventListener("input", (event) => event.target.matches("[data-resident-id]") && fillFromIdNumber(event.target));

  function prepare(root) {
    all(".table[id]", root).forEach(showColumns);
    all("table", root).forEach((table) => {
      const rows = all("tbody tr[tabindex]", table);
      if (rows[0]) rows[0].tabIndex = 0;
    });
    all("form[data-autosave]", root).forEach(prepareAutosave);
  }
  prepare(document);
  find(".error-summary")?.focus();
})();
