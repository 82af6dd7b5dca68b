"use strict";
(function () {
  const one = (id) => document.getElementById(id);
  const findings = Array.from(document.querySelectorAll(".finding"));
  const texts = findings.map((finding) => finding.textContent.toLowerCase());
  const cards = Array.from(document.querySelectorAll("button.card"));
  const search = one("search");

  function filter() {
    const kinds = new Set(cards.filter((card) => card.getAttribute("aria-pressed") === "true").map((card) => card.dataset.kind));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    findings.forEach((finding, index) => {
      const fits = kinds.has(finding.dataset.kind) && words.every((word) => texts[index].includes(word));
      finding.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    one("shown").textContent = shown + " of " + findings.length + " findings shown.";
    one("nothing").hidden = shown > 0 || findings.length === 0;
  }

  function visible() {
    return findings.filter((finding) => !finding.hidden);
  }

  function move(by) {
    const all = visible();
    if (all.length === 0) return;
    const at = all.findIndex((finding) => finding.contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next].querySelector("summary").focus();
  }

  function reveal() {
    const finding = location.hash.startsWith("#f") && one(location.hash.slice(1));
    if (finding && finding.classList.contains("finding")) {
      finding.hidden = false;
      finding.open = true;
      finding.querySelector("summary").focus();
    }
  }

  cards.forEach((card) => card.addEventListener("click", () => {
    card.setAttribute("aria-pressed", String(card.getAttribute("aria-pressed") !== "true"));
    filter();
  }));
  search.addEventListener("input", filter);
  one("open").addEventListener("click", () => visible().forEach((finding) => { finding.open = true; }));
  one("close").addEventListener("click", () => visible().forEach((finding) => { finding.open = false; }));
  one("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; filter(); search.blur(); }
      return;
    }
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    if (event.key === "j") move(1);
    if (event.key === "k") move(-1);
  });
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
