"use strict";
/* Palier's outbox: answers survive a lost connection, a lost session, a server that restarts, a colleague and a closed lid.

   A form[data-save] is one answer. Every save carries its own id (`op`), the revision it is based on (`rev`), the ids of saves
   whose answer never arrived (`tried`) and who wrote it (`by`), so that sending twice, or after a silence, never doubles, never
   overwrites, and never sends in somebody else's name. What is not acknowledged also lies in localStorage, by person and
   address (which names the organisation), until it is. Words come from the page (<template data-status>), translated with it. */

const RETRIES = [2000, 5000, 15000, 30000]; // then every 30 s, when the connection is back, or by the button
const SLOW = 1000; // a save this long shows as going on
const PATIENCE = 20000; // a save without an answer this long does not keep the others waiting
const KEPT = 30 * 24 * 3600 * 1000; // what nobody came back for is forgotten
const forms = new WeakMap(); // form -> {acked, sent, op, next, tried, trouble, flying, seen, slow}
let failures = 0;
let retry = 0;
let sending = null;
let answered = null; // the form whose save was answered last
let signingOut = null;

const person = () => document.body.dataset.person || "";
const csrf = () => document.querySelector("input[name=_csrf_token]")?.value || "";
const answerForms = () => Array.from(document.querySelectorAll("form[data-save]"));
const formAt = (address) => answerForms().find((form) => form.dataset.save === address);
const newOp = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const ABOUT_THE_SAVE = new Set(["op", "rev", "tried", "_csrf_token", "keep", "was", "by"]);
const fieldsOf = (form) => Array.from(new FormData(form)).filter(([name]) => !ABOUT_THE_SAVE.has(name));
const contentOf = (form) => JSON.stringify(fieldsOf(form));
const stateOf = (form) => forms.get(form) || adopt(form);
const isDirty = (form) => stateOf(form).acked !== contentOf(form);
const servedIn = (form) => {
  const page = form.cloneNode(true);
  page.reset();
  return contentOf(page);
};
const hiddenIn = (form, name) => form.querySelector(`input[type=hidden][name=${name}]`);

function adopt(form) {
  const tried = hiddenIn(form, "tried").value.split(" ").filter(Boolean);
  // What came with the page, not what it holds by now: on a slow connection somebody answers before this script is there.
  const acked = "kept" in form.dataset ? null : servedIn(form); // a page that shows refused text holds unsaved text
  const trouble = "conflict" in form.dataset ? "conflict" : "";
  const state = { acked, sent: null, op: "", next: "", tried, trouble, flying: false, seen: null, slow: 0 };
  forms.set(form, state);
  return state;
}

/* ---- The line that says where a save stands: one change of words a save, at most -------------------------------------------- */

function showStatus(name) {
  const line = document.getElementById("saved");
  const words = document.querySelector(`template[data-status="${name}"]`);
  if (!line || !words) return;
  setTone(name === "offline" || name === "conflict" ? name : "unsaved");
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

/* "Saved" would be a lie while another answer of the page is not. */
function tellTheWholeTruth(event) {
  if (event.detail.target?.id !== "saved") return;
  const other = answerForms().find((form) => form !== answered && stateOf(form).trouble);
  if (other) showStatus(stateOf(other).trouble);
}

/* ---- The box ---------------------------------------------------------------------------------------------------------------- */

const PREFIX = "palier.outbox.";
const boxKey = (address) => `${PREFIX}${person()}.${address}`;
const ownKeys = () => Object.keys(localStorage).filter((key) => person() && key.startsWith(boxKey("")));
const boxed = () => ownKeys().map(readBox).filter(Boolean).sort((one, other) => one.at - other.at);

function box(entry) {
  try {
    localStorage.setItem(boxKey(entry.address), JSON.stringify(entry));
  } catch {
    /* storage full or forbidden: the page still holds the text, and leaving it is guarded */
  }
}

/* `op`: only if nothing newer was put there meanwhile. */
function unbox(address, op) {
  const key = boxKey(address);
  if (!op || readBox(key)?.op === op) localStorage.removeItem(key);
}

function readBox(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    localStorage.removeItem(key);
    return null;
  }
}

function forgetOldBoxes() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  keys.filter((key) => readBox(key)?.at < Date.now() - KEPT).forEach((key) => localStorage.removeItem(key));
}

function entryOf(form, op, tried) {
  const at = readBox(boxKey(form.dataset.save))?.at || Date.now(); // the place in the line is that of the first word
  return { address: form.dataset.save, op, tried, rev: hiddenIn(form, "rev").value, fields: fieldsOf(form), at };
}

function bodyOf(entry) {
  const body = new URLSearchParams(entry.fields);
  const about = { _csrf_token: csrf(), op: entry.op, rev: entry.rev, tried: entry.tried.join(" "), by: person() };
  Object.entries(about).forEach(([name, value]) => body.set(name, value));
  return body;
}

function send(entry, keepalive) {
  return fetch(entry.address, { method: "PATCH", body: bodyOf(entry), headers: { "HX-Request": "true" }, keepalive });
}

/* ---- One save --------------------------------------------------------------------------------------------------------------- */

/* Every letter is in the box before it is on its way: a browser that dies takes nothing along. */
function onTyping(event) {
  const form = event.target.closest?.("form[data-save]");
  if (!form?.isConnected) return; // a text that Continue takes away says "change" once more
  const state = stateOf(form);
  if (isDirty(form)) {
    state.next ||= newOp();
    box(entryOf(form, state.next, state.tried.slice()));
    if (!state.trouble) setTone("saving");
  } else if (!state.flying && !state.trouble) {
    unbox(form.dataset.save);
    setTone("saved");
  }
}

function beforeSaving(event) {
  const form = event.detail.elt.closest("form[data-save]");
  if (!form) return;
  const state = stateOf(form);
  const isAutosave = event.detail.verb === "patch";
  if (isAutosave && ("conflict" in form.dataset || !isDirty(form))) {
    event.preventDefault();
    return;
  }
  if (state.next) state.tried.push(state.next);
  Object.assign(state, { op: newOp(), next: "", sent: contentOf(form), flying: true });
  Object.assign(event.detail.parameters, { op: state.op, tried: state.tried.join(" "), by: person() });
  if (isDirty(form)) box(entryOf(form, state.op, state.tried.slice()));
  state.tried.push(state.op);
  state.slow = setTimeout(() => setTone("saving"), SLOW);
}

const REFUSALS = { 401: "session", 403: "refused", 404: "refused", 409: "conflict", 412: "other", 422: "faulty", 423: "late" };

function afterAnswer(event) {
  const form = event.detail.elt.closest("form[data-save]");
  if (!form) return;
  const state = stateOf(form);
  const status = event.detail.xhr.status;
  clearTimeout(state.slow);
  Object.assign(state, { flying: false });
  answered = form;
  if (status >= 200 && status < 300) acknowledged(form, state, event.detail.requestConfig.verb === "post");
  else if (REFUSALS[status]) refused(form, state, status);
  else failed(state, "unsaved");
  state.seen?.(!state.trouble || ![401, 408, 412].includes(status) && status < 500);
  showWaiting();
}

function acknowledged(form, state, leaving) {
  const newer = state.sent !== contentOf(form);
  if (!newer) unbox(form.dataset.save);
  else if (leaving) box(entryOf(form, newOp(), [state.op])); // typed while Continue was under way: sent after the swap
  Object.assign(state, { acked: state.sent, tried: newer && leaving ? [state.op] : [], trouble: "" });
  failures = 0;
  setTone(newer ? "saving" : "saved");
  document.getElementById("again")?.close();
}

/* What the server said of it is in the answer, where it says more than these words. */
function refused(form, state, status) {
  state.trouble = REFUSALS[status];
  if (status === 409) form.dataset.conflict = "";
  if (status === 401) askToSignIn();
  else if (status < 405 || status === 412) showStatus(state.trouble);
  else setTone(status === 409 ? "conflict" : "unsaved");
}

function unreachable(event) {
  const form = event.detail.elt.closest("form[data-save]");
  if (!form) return;
  const state = stateOf(form);
  state.flying = false;
  failed(state, navigator.onLine ? "unsaved" : "offline");
  state.seen?.(false);
  showWaiting();
}

function failed(state, words) {
  clearTimeout(state.slow);
  state.trouble = words;
  showStatus(words);
  retryLater();
}

function retryLater() {
  clearTimeout(retry);
  retry = setTimeout(sendEverything, RETRIES[Math.min(failures, RETRIES.length - 1)]);
  failures += 1;
}

function saveNow(form) {
  if (form.isConnected) form.dispatchEvent(new Event("save-now"));
}

/* ---- Everything that waits, in the order it was written --------------------------------------------------------------------- */

function sendEverything() {
  clearTimeout(retry);
  sending ||= sendInOrder().finally(() => {
    sending = null;
    showWaiting();
  });
  return sending;
}

async function sendInOrder() {
  const entries = boxed();
  const kept = new Set(entries.map((entry) => entry.address));
  for (const entry of entries) {
    const form = formAt(entry.address);
    const through = form ? await saveAndSee(form) : await sendFromAfar(entry);
    if (!through) return; // whatever keeps this one keeps those behind it
  }
  answerForms().filter((form) => !kept.has(form.dataset.save)).forEach(saveNow); // where nothing can be stored
}

function saveAndSee(form) {
  if ("conflict" in form.dataset || !isDirty(form)) return true;
  return new Promise((resolve) => {
    stateOf(form).seen = resolve;
    saveNow(form);
    setTimeout(resolve, PATIENCE, false);
  });
}

/* Whether the server answered; what it cannot keep is told on the page with its words. */
async function sendFromAfar(entry) {
  const answer = await send(entry, false).catch(() => null);
  if (!answer || answer.status >= 500 || answer.status === 408) {
    retryLater();
    return false;
  }
  if (answer.status === 401 || answer.status === 412) {
    if (answer.status === 401) askToSignIn();
    return false;
  }
  if (answer.ok) unbox(entry.address, entry.op);
  else showStuck(entry);
  return true;
}

/* ---- What waits, on every page: how many, where, send, discard --------------------------------------------------------------- */

function showWaiting() {
  const place = document.getElementById("waiting");
  if (!place) return;
  const waits = boxed().filter(({ address }) => (formAt(address) ? stateOf(formAt(address)).trouble : !stuckAt(address)));
  place.hidden = !waits.length;
  place.querySelector("[data-count]").textContent = waits.length;
  place.querySelector("ul").replaceChildren(...waits.map(waitingRow));
}

function waitingRow({ address }) {
  const row = document.getElementById("waiting-row").content.cloneNode(true);
  const [, , , , round, , code] = address.split("/");
  const link = row.querySelector("a");
  link.href = address;
  link.textContent = `${code} (${round})`;
  row.querySelector("button").dataset.discard = address;
  row.querySelector("button .vh").textContent = ` ${code}`;
  return row;
}

function discard(button) {
  const address = button.dataset.discard;
  if (!confirm(document.getElementById("waiting").dataset.sure)) return;
  unbox(address);
  const form = formAt(address);
  if (form) {
    Object.assign(stateOf(form), { acked: contentOf(form), trouble: "" });
    location.reload();
  } else showWaiting();
}

const TYPED = new Set(["rationale", "evidence", "link", "reason"]);
const isTyped = ([name, value]) => value && (TYPED.has(name) || (/^v(-|$)/.test(name) && value !== "yes"));
const stuckAt = (address) => document.querySelector(`#stuck a[href="${CSS.escape(address)}"]`);

function showStuck(entry) {
  const words = document.getElementById("stuck-words");
  const place = document.getElementById("stuck");
  if (!words || !place || stuckAt(entry.address)) return;
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

/* ---- Two versions of one answer --------------------------------------------------------------------------------------------- */

function keepMine(event) {
  const choice = event.target.closest("form[data-keep]");
  const form = choice && formAt(choice.getAttribute("action"));
  if (!form) return;
  event.preventDefault();
  hiddenIn(form, "rev").value = choice.dataset.keep;
  Object.assign(stateOf(form), { acked: null, tried: [], next: "" });
  document.getElementById("conflict").replaceChildren();
  answerForms().forEach((one) => delete one.dataset.conflict); // the others are asked about in their turn
  box(entryOf(form, newOp(), []));
  sendEverything();
  document.querySelector("#content h1")?.focus();
}

function takeTheirs(event) {
  const link = event.target.closest("a[data-take]");
  if (!link) return;
  const address = link.getAttribute("href");
  unbox(address);
  const form = formAt(address);
  if (form) Object.assign(stateOf(form), { acked: contentOf(form), trouble: "" });
}

/* A save of another row does not put away two versions that wait for a choice. */
function keepTheChoice(event) {
  if (event.detail.target?.id !== "conflict") return;
  if (answerForms().some((form) => form !== answered && "conflict" in form.dataset)) event.detail.shouldSwap = false;
}

/* ---- Leaving, and coming back ----------------------------------------------------------------------------------------------- */

function onLeaving() {
  answerForms().forEach((form) => {
    const state = stateOf(form);
    if (!isDirty(form) || "conflict" in form.dataset) return;
    const entry = entryOf(form, newOp(), [...state.tried, state.next].filter(Boolean));
    state.tried.push(entry.op);
    box(entry);
    send(entry, true).then((answer) => answer.ok && unbox(entry.address, entry.op), () => undefined);
  });
}

function guard(event) {
  const line = document.getElementById("saved");
  const atRisk = ["unsaved", "offline", "conflict"].includes(line?.dataset.state);
  if (atRisk && answerForms().some(isDirty)) event.preventDefault();
}

function restore(form) {
  const entry = readBox(boxKey(form.dataset.save));
  if (!entry) return;
  const before = contentOf(form);
  fill(form, entry.fields);
  if (contentOf(form) === before) {
    unbox(form.dataset.save);
    return;
  }
  hiddenIn(form, "rev").value = entry.rev;
  stateOf(form).tried = [...entry.tried, entry.op];
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

function welcomeForms() {
  answerForms().forEach((form) => {
    adopt(form);
    if (person() && !("kept" in form.dataset)) restore(form);
  });
  if (person()) sendEverything();
}

/* Rows that an answer brought into a list: what they hold now is what the server knows. */
function welcomeRows() {
  answerForms().forEach((form) => forms.has(form) || adopt(form));
}

/* ---- The session ended while the page was open, or is ended here ------------------------------------------------------------- */

function askToSignIn() {
  showStatus("session");
  const dialog = document.getElementById("again");
  if (dialog && !dialog.open) dialog.showModal();
  document.querySelector("#waiting [data-session]")?.removeAttribute("hidden");
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
  sendEverything();
}

/* Somebody came back to this tab, perhaps from signing in in another one. */
function onComingBack() {
  if (!document.hidden && person() && boxed().length) sendEverything();
}

/* Nothing stays behind on this computer unasked, and nothing unsent is thrown away unasked. */
function onSigningOut(event) {
  const dialog = document.getElementById("signing-out");
  if (event.target.getAttribute("action") !== "/signout" || !ownKeys().length || !dialog) return;
  event.preventDefault();
  signingOut = event.target;
  dialog.querySelector("[data-count]").textContent = ownKeys().length;
  dialog.showModal();
}

async function finishSigningOut(button) {
  if (button.dataset.leave === "erase") ownKeys().forEach((key) => localStorage.removeItem(key));
  else await sendEverything();
  if (ownKeys().length) document.getElementById("signing-out-left").hidden = false;
  else signingOut.submit();
}

function onOutboxClick(event) {
  takeTheirs(event);
  if (event.target.closest("[data-retry]")) sendEverything();
  const discarding = event.target.closest("[data-discard]");
  if (discarding) discard(discarding);
  const leaving = event.target.closest("[data-leave]");
  if (leaving) finishSigningOut(leaving);
}

/* ---- Wiring ------------------------------------------------------------------------------------------------------------------ */

document.addEventListener("htmx:configRequest", beforeSaving);
document.addEventListener("htmx:beforeOnLoad", afterAnswer);
document.addEventListener("htmx:oobBeforeSwap", keepTheChoice);
document.addEventListener("htmx:oobAfterSwap", welcomeRows);
document.addEventListener("htmx:oobAfterSwap", tellTheWholeTruth);
document.addEventListener("htmx:sendError", unreachable);
document.addEventListener("htmx:timeout", unreachable);
document.addEventListener("click", onOutboxClick);
document.addEventListener("submit", keepMine);
document.addEventListener("submit", signInAgain);
document.addEventListener("submit", onSigningOut);
document.addEventListener("visibilitychange", onComingBack);
addEventListener("online", sendEverything);
addEventListener("storage", showWaiting);
addEventListener("beforeunload", guard);
addEventListener("pagehide", onLeaving);
