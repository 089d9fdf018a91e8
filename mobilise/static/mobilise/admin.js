// The admin's small conveniences. Without this script everything works: the server counts, and asks nothing twice.
"use strict";

// Characters as the server counts them: code points, a line end as one.
function countCharacters(text) {
  return [...text.trim().replaceAll("\r\n", "\n")].length;
}

function showCount(box, announce) {
  const limit = Number(box.dataset.limit);
  const used = countCharacters(box.querySelector("input, textarea").value);
  const left = limit - used;
  const visible = box.querySelector(".limit");
  const spoken = box.querySelector("[aria-live]");
  visible.textContent = `${used} / ${limit}`;
  box.classList.toggle("over", left < 0);
  // A screen reader hears it only after a pause in typing, and only near the end.
  if (announce && left < limit / 4) {
    spoken.textContent = (left < 0 ? spoken.dataset.over : spoken.dataset.left).replace("{n}", Math.abs(left));
  }
}

const pauses = new WeakMap();

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-limit]");
  if (!box) return;
  showCount(box, false);
  clearTimeout(pauses.get(box));
  pauses.set(
    box,
    setTimeout(() => showCount(box, true), 1000),
  );
});

for (const box of document.querySelectorAll("[data-limit]")) showCount(box, false);

// A second tap on a button sends nothing: the first is on its way. (The server would refuse it too.)
let sending = false;
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.sure;
  if (sending || (question && !window.confirm(question))) {
    event.preventDefault();
    return;
  }
  sending = true;
});
window.addEventListener("pageshow", () => {
  sending = false;
});

// What was refused is shown, wherever on the page it is.
if (document.querySelector(".errornote")) {
  const refused = [...document.querySelectorAll(".errorlist")];
  for (const list of refused) list.closest("details")?.setAttribute("open", "");
  refused[0]?.scrollIntoView({ block: "center" });
}
