"use strict";
(function () {
  const one = (id) => document.getElementById(id);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const root = document.documentElement;
  const search = one("search");
  const cards = all("button.card");
  const findings = all(".finding").map((element) => ({ element, text: element.textContent.toLowerCase(), kind: element.dataset.kind }));
  const wells = all(".rest").map((element) => ({
    element,
    items: all("li", element).map((item) => ({ item, text: item.textContent.toLowerCase() })),
  }));
  const groups = all(".group").map((element) => ({ element, findings: all(".finding", element) }));
  const stacks = all("section.stack").map((element) => ({
    element,
    parts: all(".finding, .rest", element),
    isAlways: element.querySelector("pre.error") !== null,
  }));
  const system = matchMedia("(prefers-color-scheme: dark)");

  function paint(dark) {
    root.dataset.theme = dark ? "dark" : "light";
    one("theme").textContent = dark ? "Light" : "Dark";
    one("theme").setAttribute("aria-label", dark ? "Switch to light colours" : "Switch to dark colours");
  }

  function filter() {
    const kinds = new Set(cards.filter((card) => card.getAttribute("aria-pressed") === "true").map((card) => card.dataset.kind));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.includes(word));
    let shown = 0;
    for (const finding of findings) {
      const visible = kinds.has(finding.kind) && fits(finding.text);
      finding.element.hidden = !visible;
      shown += visible ? 1 : 0;
    }
    for (const well of wells) {
      let left = 0;
      for (const { item, text } of well.items) {
        item.hidden = !fits(text);
        left += item.hidden ? 0 : 1;
      }
      well.element.hidden = left === 0;
      well.element.querySelector("b").textContent = left;
    }
    for (const group of groups) group.element.hidden = group.findings.every((finding) => finding.hidden);
    for (const stack of stacks) stack.element.hidden = words.length > 0 && !stack.isAlways && stack.parts.every((part) => part.hidden);
    one("shown").textContent = findings.length === 0 ? "" : shown + " of " + findings.length + (findings.length === 1 ? " finding" : " findings");
    one("nothing").hidden = shown > 0 || findings.length === 0;
  }

  const visible = () => findings.map((finding) => finding.element).filter((element) => !element.hidden);

  function move(by) {
    const shown = visible();
    if (shown.length === 0) return;
    const at = shown.findIndex((finding) => finding.contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + by, 0), shown.length - 1);
    const summary = shown[next].querySelector("summary");
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "center" });
  }

  function reveal() {
    const finding = /^#f\d+$/.test(location.hash) && one(location.hash.slice(1));
    if (!finding) return;
    if (finding.hidden) {
      search.value = "";
      const card = cards.find((card) => card.dataset.kind === finding.dataset.kind);
      if (card) card.setAttribute("aria-pressed", "true");
      filter();
    }
    finding.open = true;
    const summary = finding.querySelector("summary");
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "center" });
  }

  function open(all) {
    for (const finding of visible()) finding.open = all;
  }

  function clear() {
    search.value = "";
    filter();
  }

  for (const card of cards) {
    card.addEventListener("click", () => {
      card.setAttribute("aria-pressed", String(card.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  search.addEventListener("input", filter);
  one("open").addEventListener("click", () => open(true));
  one("close").addEventListener("click", () => open(false));
  one("theme").addEventListener("click", () => paint(root.dataset.theme !== "dark"));
  system.addEventListener("change", () => paint(system.matches));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { clear(); search.blur(); }
      if (event.key === "Enter") move(1);
      return;
    }
    const actions = {
      "/": () => search.focus(),
      j: () => move(1),
      k: () => move(-1),
      o: () => open(true),
      c: () => open(false),
      d: () => paint(root.dataset.theme !== "dark"),
      Escape: clear,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  addEventListener("hashchange", reveal);
  paint(system.matches);
  filter();
  reveal();
})();
