"use strict";
/* Palier's own script: what HTML and htmx cannot say. Pages work without it; with it an answer survives a lost connection,
   a lost session, a colleague and a closed lid. One page, one job per function; nothing is exported, nothing is global state
   but the three maps below. Words come from the page (<template data-status>), so that they are translated with it. */

/* ---- Keeping answers safe ------------------------------------------------------------------------------------------------
   A form[data-save] is one answer. Every save carries its own id (`op`), the revision it is based on (`rev`) and the ids of
   saves whose answer never arrived (`tried`), so that sending twice, or after a silence, never doubles and never overwrites.
   What is not acknowledged also lies in localStorage, by person and address, until it is. */

const RETRIES = [2000, 5000, 15000]; // then when the connection is back, or by the button
const SLOW = 1000; // a save this long shows as going on
const forms = new WeakMap(); // form -> {acked, sent, op, tried, failures, timer, slow}

const person = () => document.body.dataset.person || "";
const csrf = () => document.querySelector("input[name=_csrf_token]")?.value || "";
const answerForms = () => document.querySelectorAll("form[data-save]");
const newOp = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const ABOUT_THE_SAVE = new Set(["op", "rev", "tried", "_csrf_token", "keep", "was"]);
const fieldsOf = (form) => Array.from(new FormData(form)).filter(([name]) => !ABOUT_THE_SAVE.has(name));
const contentOf = (form) => JSON.stringify(fieldsOf(form));
const stateOf = (form) => forms.get(form) || adopt(form);
const isDirty = (form) => stateOf(form).acked !== contentOf(form);
const hiddenIn = (form, name) => form.querySelector(`input[type=hidden][name=${name}]`);

function adopt(form) {
  const tried = hiddenIn(form, "tried").value.split(" ").filter(Boolean);
  const acked = "kept" in form.dataset ? null : contentOf(form); // a page that shows refused text holds unsaved text
  const state = { acked, sent: null, op: "", tried, failures: 0, timer: 0, slow: 0 };
  forms.set(form, state);
  return state;
}

/* -- the line that says where a save stands: one change of words a save, at most */

function showStatus(name) {
  const line = document.getElementById("saved");
  const words = document.querySelector(`template[data-status="${name}"]`);
  if (!line || !words) return;
  setTone(name === "offline" ? "offline" : "unsaved");
  if (line.dataset.words === name) return;
  line.dataset.words = name;
  line.setAttribute("role", "alert");
  line.replaceChildren(words.content.cloneNode(true));
}

function setTone(tone) {
  const line = document.getElementById("saved");
  if (!line) return;
  line.dataset.state = tone;
  if (tone === "saved" || tone === "conflict") {
    delete line.dataset.words;
    line.setAttribute("role", "status");
  }
}

/* -- the outbox */

const boxKey = (address) => `palier.outbox.${person()}.${address}`;
const boxed = () => Object.keys(localStorage).filter((key) => key.startsWith(`palier.outbox.${person()}.`));

function box(entry) {
  try {
    localStorage.setItem(boxKey(entry.address), JSON.stringify(entry));
  } catch {
    /* storage full or forbidden: the page still holds the text, and leaving it is guarded */
  }
}

function unbox(address) {
  localStorage.removeItem(boxKey(address));
}

function readBox(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    localStorage.removeItem(key);
    return null;
  }
}

function emptyBoxes() {
  Object.keys(localStorage).filter((key) => key.startsWith("palier.outbox.")).forEach((key) => localStorage.removeItem(key));
}

function entryOf(form, op, tried) {
  return { address: form.dataset.save, op, tried, rev: hiddenIn(form, "rev").value, fields: fieldsOf(form) };
}

function bodyOf(entry) {
  const body = new URLSearchParams(entry.fields);
  body.set("_csrf_token", csrf());
  body.set("op", entry.op);
  body.set("rev", entry.rev);
  body.set("tried", entry.tried.join(" "));
  return body;
}

function send(entry, keepalive) {
  return fetch(entry.address, { method: "PATCH", body: bodyOf(entry), headers: { "HX-Request": "true" }, keepalive });
}

/* -- one save */

function beforeSaving(event) {
  const form = event.detail.elt.closest("form[data-save]");
  if (!form) return;
  const state = stateOf(form);
  const isAutosave = event.detail.verb === "patch";
  if (isAutosave && ("conflict" in form.dataset || !isDirty(form))) {
    event.preventDefault();
    return;
  }
  clearTimeout(state.timer);
  state.op = newOp();
  state.sent = contentOf(form);
  event.detail.parameters.op = state.op;
  event.detail.parameters.tried = state.tried.join(" ");
  if (isDirty(form)) box(entryOf(form, state.op, state.tried.slice()));
  state.tried.push(state.op);
  state.slow = setTimeout(() => setTone("saving"), SLOW);
}

function afterAnswer(event) {
  const form = event.detail.elt.closest("form[data-save]");
  if (!form) return;
  const state = stateOf(form);
  const status = event.detail.xhr.status;
  clearTimeout(state.slow);
  if (status >= 200 && status < 300) return acknowledged(form, state, event.detail.requestConfig.verb === "post");
  if (status === 409) form.dataset.conflict = "";
  if (status === 409 || status === 422 || status === 423) return setTone(status === 409 ? "conflict" : "unsaved");
  if (status === 401) return askToSignIn();
  if (status === 403 || status === 404) return showStatus("refused");
  failed(form, state, "unsaved");
}

function acknowledged(form, state, leaving) {
  const newer = state.sent !== contentOf(form);
  if (!newer) unbox(form.dataset.save);
  else if (leaving) box(entryOf(form, newOp(), [state.op])); // typed while Continue was under way: sent after the swap
  state.acked = state.sent;
  state.tried = [];
  state.failures = 0;
  setTone("saved");
}

function unreachable(event) {
  const form = event.detail.elt.closest("form[data-save]");
  if (form) failed(form, stateOf(form), navigator.onLine ? "unsaved" : "offline");
}

function failed(form, state, words) {
  clearTimeout(state.slow);
  showStatus(words);
  clearTimeout(state.timer);
  if (state.failures < RETRIES.length) state.timer = setTimeout(() => saveNow(form), RETRIES[state.failures]);
  state.failures += 1;
}

function saveNow(form) {
  if (form.isConnected) form.dispatchEvent(new Event("save-now"));
}

function saveEverything() {
  answerForms().forEach((form) => {
    stateOf(form).failures = 0;
    saveNow(form);
  });
  sendBoxes();
}

/* -- two versions of one answer */

function keepMine(event) {
  const choice = event.target.closest("form[data-keep]");
  if (!choice) return;
  const form = Array.from(answerForms()).find((one) => one.dataset.save === choice.getAttribute("action"));
  if (!form) return;
  event.preventDefault();
  hiddenIn(form, "rev").value = choice.dataset.keep;
  delete form.dataset.conflict;
  const state = stateOf(form);
  state.acked = null;
  state.tried = [];
  document.getElementById("conflict").replaceChildren();
  saveNow(form);
  document.querySelector("#content h1")?.focus();
}

function takeTheirs(event) {
  const link = event.target.closest("a[data-take]");
  if (!link) return;
  const address = link.getAttribute("href");
  unbox(address);
  answerForms().forEach((form) => {
    if (form.dataset.save === address) forms.set(form, { ...stateOf(form), acked: contentOf(form) });
  });
}

/* -- leaving, and coming back */

function onLeaving() {
  answerForms().forEach((form) => {
    const state = stateOf(form);
    if (!isDirty(form) || "conflict" in form.dataset) return;
    const entry = entryOf(form, newOp(), state.tried.slice());
    box(entry);
    send(entry, true).then((answer) => answer.ok && unbox(entry.address), () => undefined);
  });
}

function guard(event) {
  const line = document.getElementById("saved");
  const atRisk = ["unsaved", "offline", "conflict"].includes(line?.dataset.state);
  if (atRisk && Array.from(answerForms()).some(isDirty)) event.preventDefault();
}

function restore(form) {
  const entry = readBox(boxKey(form.dataset.save));
  if (!entry) return;
  const state = stateOf(form);
  const before = contentOf(form);
  fill(form, entry.fields);
  if (contentOf(form) === before) {
    unbox(form.dataset.save);
    return;
  }
  hiddenIn(form, "rev").value = entry.rev;
  state.tried = [...entry.tried, entry.op];
  saveNow(form);
}

function welcomeForms() {
  answerForms().forEach((form) => {
    adopt(form);
    if (!("kept" in form.dataset)) restore(form);
  });
}

function fill(form, fields) {
  const values = new Map(fields);
  for (const control of form.elements) {
    if (!control.name || ABOUT_THE_SAVE.has(control.name) || control.name === "row") continue;
    if (control.type === "radio") control.checked = values.get(control.name) === control.value;
    else if (control.type === "checkbox") control.checked = values.has(control.name);
    else if (values.has(control.name)) control.value = values.get(control.name);
  }
}

async function sendBoxes() {
  const here = new Set(Array.from(answerForms(), (form) => form.dataset.save));
  for (const key of boxed()) {
    const entry = readBox(key);
    if (!entry || here.has(entry.address)) continue;
    const answer = await send(entry, false).catch(() => null);
    if (!answer || answer.status === 401 || answer.status >= 500) return;
    if (answer.ok) unbox(entry.address);
    else showStuck(entry);
  }
}

const TYPED = new Set(["rationale", "evidence", "link", "reason"]);
const isTyped = ([name, value]) => value && (TYPED.has(name) || (/^v(-|$)/.test(name) && value !== "yes"));

function showStuck(entry) {
  const words = document.getElementById("stuck-words");
  const place = document.getElementById("stuck");
  if (!words || !place || place.querySelector(`a[href="${CSS.escape(entry.address)}"]`)) return;
  const notice = words.content.cloneNode(true);
  const link = notice.querySelector("a");
  link.href = entry.address;
  link.append(` ${entry.address.split("/").pop()}`);
  notice.querySelector("textarea").value = entry.fields.filter(isTyped).map(([, value]) => value).join("\n\n");
  notice.querySelector("button").addEventListener("click", () => {
    unbox(entry.address);
    link.closest(".notice").remove();
  });
  place.append(notice);
}

/* -- the session ended while the page was open */

function askToSignIn() {
  showStatus("session");
  const dialog = document.getElementById("again");
  if (dialog && !dialog.open) dialog.showModal();
}

async function signInAgain(event) {
  const form = event.target.closest("form[data-again]");
  if (!form) return;
  event.preventDefault();
  const error = document.getElementById("again-error");
  error.hidden = true;
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  form.querySelector("[type=password]").value = "";
  if (answer?.type !== "opaqueredirect") {
    error.hidden = false;
    form.querySelector("[type=password]").focus();
    return;
  }
  form.closest("dialog").close();
  saveEverything();
}

/* -- Continue: another criterion takes the place of this one */

function allowWithWords(event) {
  if (event.detail.xhr.status === 423) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
}

function afterSwap(event) {
  if (event.detail.target.id !== "content") return;
  welcomeForms();
  sendBoxes();
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

/* Rows that an answer brought into a list: what they hold now is what the server knows. */
function welcomeRows() {
  answerForms().forEach((form) => forms.has(form) || adopt(form));
}

/* ---- Small controls ------------------------------------------------------------------------------------------------------ */

function onClick(event) {
  takeTheirs(event);
  closeMenus(event.target.closest("details.menu"));
  if (event.target.closest("[data-retry]")) saveEverything();
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-print]")) print();
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) toggleSecret(reveal);
}

function onSubmit(event) {
  if (event.target.getAttribute("action") === "/signout") emptyBoxes();
  keepMine(event);
  signInAgain(event);
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

document.addEventListener("htmx:configRequest", beforeSaving);
document.addEventListener("htmx:beforeOnLoad", afterAnswer);
document.addEventListener("htmx:beforeSwap", allowWithWords);
document.addEventListener("htmx:afterSettle", afterSwap);
document.addEventListener("htmx:oobAfterSwap", welcomeRows);
document.addEventListener("focus-on", followFocus);
document.addEventListener("input", answerWithValue);
document.addEventListener("input", suggestNames);
document.addEventListener("change", weigh);
document.addEventListener("input", tickAll);
document.addEventListener("dragstart", onLift);
document.addEventListener("dragover", onDragOver);
document.addEventListener("drop", onDrop);
document.addEventListener("dragend", onLand);
document.addEventListener("htmx:sendError", unreachable);
document.addEventListener("htmx:timeout", unreachable);
document.addEventListener("keydown", onKeyAmongNames);
document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit);
addEventListener("online", saveEverything);
addEventListener("beforeunload", guard);
addEventListener("pagehide", onLeaving);
document.addEventListener("DOMContentLoaded", () => {
  showControls();
  showCurrentTab();
  showTime();
  welcomeForms();
  if (person()) sendBoxes();
});
