"use strict";
/* Palier's own script: what HTML and htmx cannot say. Pages work without it. One page, one job per function; nothing is
   exported. Keeping answers safe has a script of its own (outbox.js), which comes before this one. */

/* ---- Continue: another criterion takes the place of this one -------------------------------------------------------------- */

function allowWithWords(event) {
  const { status } = event.detail.xhr;
  if (status === 423 || (status === 403 && event.detail.xhr.getResponseHeader("HX-Retarget"))) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
}

function afterSwap(event) {
  if (event.detail.target.id !== "content") return;
  welcomeForms();
  const first = document.querySelector("#errors, #conflict h2") || document.querySelector("#content h1");
  first?.setAttribute("tabindex", "-1");
  first?.focus();
  showControls();
}

/* ---- Keys: digits choose inside the level group only; Ctrl+Enter continues from a text ----------------------------------- */

function onKey(event) {
  if (event.key === "Escape") closeMenus(null);
  if (document.body.dataset.shortcuts === "off" || event.altKey) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("form[data-save] textarea")) {
    event.target.form.querySelector("[data-continue]")?.click();
  } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    openSearch(event);
  } else if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && event.target.matches(".levels input[type=radio]")) {
    choose(event.target.closest(".levels").querySelector(`input[type=radio][value="${event.key}"]`));
  }
}

function choose(radio) {
  if (!radio || radio.checked) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

function openSearch(event) {
  const link = document.querySelector("a[data-search]");
  if (!link) return;
  event.preventDefault();
  link.click();
}

/* A value given takes the place of "not applicable" and "don't know": whatever was said before, this is the answer now. */
function answerWithValue(event) {
  if (!/^v(-|$)/.test(event.target.name || "")) return;
  const { answer, was } = event.target.form?.elements || {};
  if (!answer) return;
  if (was) was.value = "";
  answer.value = "value"; // a hidden field, or the group of radios
}

/* ---- Who is writing here: said at most every fifteen seconds of writing, asked for only while the page is looked at ---------- */

const SIGN_OF_LIFE = 15000;
let lastSign = { doing: "", at: 0 };

function announce(event) {
  const form = event.target.closest?.("form[data-here]");
  const doing = event.target.name;
  if (!form || !event.isTrusted || (lastSign.doing === doing && Date.now() - lastSign.at < SIGN_OF_LIFE)) return;
  lastSign = { doing, at: Date.now() };
  const body = new URLSearchParams({ _csrf_token: csrf(), doing });
  fetch(form.dataset.here, { method: "PUT", body, headers: { "HX-Request": "true" } }).catch(() => undefined);
}

function askOnlyWhileSeen(event) {
  if (event.detail.elt.id === "presence" && document.hidden) event.preventDefault();
}

/* ---- Small controls ------------------------------------------------------------------------------------------------------ */

function onClick(event) {
  closeMenus(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-print]")) print();
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) toggleSecret(reveal);
}

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu === except) return;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  });
}

function toggleSecret(button) {
  const secret = document.getElementById(button.dataset.reveal);
  const words = button.firstChild;
  const hidden = secret.type === "password";
  secret.type = hidden ? "text" : "password";
  button.dataset.show ||= words.textContent;
  words.textContent = hidden ? button.dataset.hide : button.dataset.show;
}

/* Controls that only work with this script are in the page, hidden. */
function showControls() {
  document.querySelectorAll("[data-reveal][hidden], [data-script][hidden]").forEach((button) => (button.hidden = false));
}

/* How long a meeting has been on one criterion. Nothing happens when it gets long: it is there to be glanced at. */
function showTime() {
  const clock = document.querySelector("[data-timer]");
  if (!clock) return;
  const since = Date.now();
  setInterval(() => {
    const seconds = Math.floor((Date.now() - since) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }, 1000);
}

/* A row of tabs wider than a phone starts where the reader is. */
function showCurrentTab() {
  const tab = document.querySelector(".tabs [aria-current]");
  const row = tab?.closest(".tabs");
  if (row) row.scrollLeft = Math.max(0, tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2);
}

/* One box for every box of a form, wherever they stand. */
function tickAll(event) {
  const form = event.target.dataset?.tickAll;
  if (!form) return;
  document.querySelectorAll(`input[type=checkbox][form="${form}"]`).forEach((box) => (box.checked = event.target.checked));
}

/* ---- Dragging a card: an extra beside its menu, whose very button the drop presses -------------------------------------- */

let lifted = null;
const under = (target) => lifted && target.closest?.("[data-column]");
const buttonTo = (column) => column && lifted.querySelector(`button[data-to="${column.dataset.column}"]`);
const unmark = () => document.querySelectorAll(".col.under").forEach((column) => column.classList.remove("under"));

function onLift(event) {
  lifted = event.target.closest?.(".acard[draggable]");
  if (!lifted) return;
  event.dataTransfer.effectAllowed = "move";
  lifted.classList.add("lifted");
}

function onDragOver(event) {
  const column = under(event.target);
  unmark();
  if (!buttonTo(column)) return;
  event.preventDefault();
  column.classList.add("under");
}

function onDrop(event) {
  const button = buttonTo(under(event.target));
  if (!button) return;
  event.preventDefault();
  button.click();
}

function onLand() {
  unmark();
  lifted?.classList.remove("lifted");
  lifted = null;
}

/* The answer moved something: the focus follows it (header HX-Trigger-After-Settle: {"focus-on": "<id>"}). */
function followFocus(event) {
  document.getElementById(event.detail.value)?.focus();
}

/* ---- Calling people: after an @ the names of the chooser are suggested. Typing the name, or ticking it, does the same --- */

const withoutAccents = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const callBegun = (area) => /(?<![\p{L}\p{N}_])@([^@\n]{0,40})$/u.exec(area.value.slice(0, area.selectionStart));

function suggestNames(event) {
  const area = event.target;
  if (!area.dataset.calls) return;
  const typed = callBegun(area);
  const labels = document.querySelectorAll(`#${area.dataset.calls} label`);
  const names = typed ? Array.from(labels, (label) => label.textContent.trim()) : [];
  listNames(area, names.filter((name) => withoutAccents(name).startsWith(withoutAccents(typed[1]))).slice(0, 6));
}

function listNames(area, names) {
  document.getElementById(`${area.id}-names`)?.remove();
  area.removeAttribute("aria-activedescendant");
  area.removeAttribute("aria-controls");
  if (!names.length) return;
  const list = document.createElement("ul");
  Object.assign(list, { id: `${area.id}-names`, className: "names", role: "listbox", ariaLabel: area.dataset.names });
  list.append(...names.map((name, place) => {
    const option = document.createElement("li");
    Object.assign(option, { id: `${list.id}-${place}`, role: "option", ariaSelected: "false", textContent: name });
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      callByName(area, name);
    });
    return option;
  }));
  area.after(list);
  area.setAttribute("aria-controls", list.id);
}

function callByName(area, name) {
  const begun = callBegun(area);
  if (begun) area.setRangeText(`@${name} `, area.selectionStart - begun[0].length, area.selectionStart, "end");
  listNames(area, []);
  area.focus();
}

function onKeyAmongNames(event) {
  const area = event.target;
  const list = area.dataset?.calls && document.getElementById(`${area.id}-names`);
  if (!list) return;
  const options = Array.from(list.children);
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const next = options[(Math.max(at, step < 0 ? 0 : -1) + step + options.length) % options.length];
    options.forEach((option) => (option.ariaSelected = String(option === next)));
    area.setAttribute("aria-activedescendant", next.id);
  } else if (event.key === "Enter" && at >= 0) callByName(area, options[at].textContent);
  else if (event.key === "Escape") listNames(area, []);
  else return;
  event.preventDefault();
}

/* A file that is too heavy is told so before it is sent for nothing. */
function weigh(event) {
  const input = event.target;
  if (!input.dataset.most) return;
  const heavy = Array.from(input.files).some((file) => file.size > Number(input.dataset.most));
  input.setCustomValidity(heavy ? input.dataset.heavy : "");
  input.reportValidity();
}

/* ---- Wiring -------------------------------------------------------------------------------------------------------------- */

document.addEventListener("htmx:beforeSwap", allowWithWords);
document.addEventListener("htmx:beforeRequest", askOnlyWhileSeen);
document.addEventListener("input", announce);
document.addEventListener("htmx:afterSettle", afterSwap);
document.addEventListener("focus-on", followFocus);
document.addEventListener("input", answerWithValue);
document.addEventListener("input", onTyping); // after answerWithValue, which completes what was typed
document.addEventListener("change", onTyping);
document.addEventListener("input", suggestNames);
document.addEventListener("change", weigh);
document.addEventListener("input", tickAll);
document.addEventListener("dragstart", onLift);
document.addEventListener("dragover", onDragOver);
document.addEventListener("drop", onDrop);
document.addEventListener("dragend", onLand);
document.addEventListener("keydown", onKeyAmongNames);
document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("DOMContentLoaded", () => {
  showControls();
  showCurrentTab();
  showTime();
  welcomeForms();
  forgetOldBoxes();
});
