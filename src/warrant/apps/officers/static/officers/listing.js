/* The list with the keyboard alone, and the officers chosen in it. Rows, Enter, arrows, space and Esc stand in warrant.js. */
/* global htmx */
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isTyping = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const table = () => find("#officers");
  const rows = () => all("#officers tbody tr");
  const boxOf = (row) => find("input[name=pk]", row);

  // Whom somebody chose stays chosen while they turn pages; another list begins with nobody.
  let chosen = new Set();
  let listing = null;
  let anchor = null;

  function show() {
    const form = find("#chosen");
    if (!form || !table()) return;
    // One stop of the Tab key for the whole table; inside it the arrows move.
    const current = find("tbody tr[tabindex='0']", table()) ?? rows()[0];
    rows().forEach((row) => row.tabIndex = row === current ? 0 : -1);
    all("tbody a, tbody input", table()).forEach((one) => one.tabIndex = -1);
    if (listing !== find("#list").dataset.listing) {
      listing = find("#list").dataset.listing;
      chosen = new Set();
    }
    const boxes = all("input[name=pk]", form);
    boxes.forEach((box) => {
      box.checked = chosen.has(box.value);
      box.closest("tr").setAttribute("aria-selected", box.checked);
    });
    const page = find("[data-page-all]", form);
    if (page) {
      page.checked = boxes.length > 0 && boxes.every((box) => box.checked);
      page.indeterminate = !page.checked && boxes.some((box) => box.checked);
    }
    const bar = find(".chosen-bar", form);
    if (bar) {
      bar.hidden = chosen.size === 0;
      find("[data-chosen-count]", bar).textContent = chosen.size;
      if (bar.hidden) find("[name=all]", bar).checked = false;
    }
  }
  function choose(row, isChosen) {
    const box = row && boxOf(row);
    if (!box) return;
    if (isChosen) chosen.add(box.value);
    else chosen.delete(box.value);
  }
  function chooseUpTo(row) {
    const list = rows();
    const [from, until] = [list.indexOf(anchor?.isConnected ? anchor : row), list.indexOf(row)].sort((a, b) => a - b);
    list.slice(from, until + 1).forEach((one) => choose(one, true));
    show();
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest("#officers input[name=pk]");
    if (box) {
      const row = box.closest("tr");
      choose(row, box.checked);
      if (event.shiftKey && box.checked) chooseUpTo(row);
      anchor = row;
      show();
    }
    const line = event.target.closest("#officers tbody tr");
    if (line && event.target.closest(".look")) glance(line);
    else if (line && !event.target.closest("a, td:has(input)") && !String(getSelection())) find("th a", line).click();
    if (event.target.closest("[data-choose-none]")) {
      chosen.clear();
      show();
      find("#officers tbody tr[tabindex='0']")?.focus();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-page-all]")) {
      rows().forEach((row) => choose(row, event.target.checked));
      show();
    }
  });
  // Chosen on other pages: sent along, since their boxes are not here.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "chosen") return;
    all("input[data-carried]", event.target).forEach((one) => one.remove());
    const here = new Set(all("input[name=pk]", event.target).map((box) => box.value));
    [...chosen].filter((pk) => !here.has(pk)).forEach((pk) => {
      const carried = Object.assign(document.createElement("input"), { type: "hidden", name: "pk", value: pk });
      carried.dataset.carried = "";
      event.target.append(carried);
    });
  }, true);

  function move(step, isChoosing) {
    const list = rows();
    const here = document.activeElement.closest?.("#officers tbody tr");
    const next = here ? list[list.indexOf(here) + step] : list[0];
    if (!next) return;
    if (isChoosing && here) {
      if (!chosen.has(boxOf(here)?.value)) anchor = here;
      choose(here, true);
      choose(next, true);
      show();
    }
    list.forEach((row) => row.tabIndex = -1);
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function glance(row) {
    htmx.ajax("GET", `${find("th a", row).href}glance/`, { source: row, target: "#panel", swap: "innerHTML" });
    return true;
  }
  const press = (element) => element && (element.click(), true);
  // Before warrant.js: what is done here is not done twice.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || find("dialog[open]")) return;
    const row = event.target.closest?.("#officers tbody tr");
    const keys = {
      "/": () => (find("[data-list-search]").select(), true),
      "?": () => (find("#list-keys").showModal(), true),
      "j": () => (move(1, false), true),
      "k": () => (move(-1, false), true),
      "[": () => press(find("[data-page=previous]")),
      "]": () => press(find("[data-page=next]")),
      "Enter": () => row && event.target === row && press(find("th a", row)),
      "o": () => row && glance(row),
      "ArrowRight": () => row && glance(row),
      "x": () => row && press(boxOf(row)),
      "a": () => (find(".chosen-bar:not([hidden]) button")?.focus(), true),
      "ArrowDown": () => event.shiftKey && row && (move(1, true), true),
      "ArrowUp": () => event.shiftKey && row && (move(-1, true), true),
    };
    if (event.target.matches("[data-list-search]") && event.key === "ArrowDown") {
      event.preventDefault();
      move(1, false);
      return;
    }
    if (isTyping(event.target) || !(event.key in keys) || !keys[event.key]()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("htmx:afterSwap", (event) => {
    show();
    const turned = event.detail.requestConfig?.elt?.matches?.("[data-page]");
    const first = rows()[0];
    if (turned && first) first.focus();
  });
  window.addEventListener("pageshow", show);
  show();
})();
