// Keys: an element with data-key="n" is clicked when n is typed outside a field. Alt+K switches keys off and on (WCAG 2.1.4).
"use strict";
const STORE = "arrears-keys";
const on = () => localStorage.getItem(STORE) !== "off";
const show = () => document.documentElement.classList.toggle("no-keys", !on());
document.addEventListener("keydown", (event) => {
  if (event.altKey && event.key.toLowerCase() === "k") {
    localStorage.setItem(STORE, on() ? "off" : "on");
    show();
    event.preventDefault();
    return;
  }
  if (!on() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, select, textarea")) found.focus();
  else if (found.matches("summary")) {
    found.parentElement.open = true;
    found.parentElement.querySelector("input:not([type=hidden]), select")?.focus();
  } else found.click();
});
show();
