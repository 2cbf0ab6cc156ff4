// One box chooses every customer on the page. Without this script they are chosen one by one.
"use strict";
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-chooses]")) return;
  for (const box of document.querySelectorAll(`input[name="${event.target.dataset.chooses}"]`)) box.checked = event.target.checked;
});
for (const one of document.querySelectorAll("[data-chooses]")) one.hidden = false;
