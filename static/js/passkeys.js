"use strict";
/* Passkeys: the one thing on our pages that only a script can do. A form names where its question comes from
   (data-passkey asks for one, data-passkey-make makes one); the device's answer goes into the form, which is then sent
   like any other. Without support the form stays hidden, and what to do instead (data-passkey-missing) is shown. */

const PASSKEY_FORMS = "form[data-passkey], form[data-passkey-make]";

function canUsePasskeys() {
  return Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);
}

function offerPasskeys() {
  if (!canUsePasskeys()) return;
  document.querySelectorAll(PASSKEY_FORMS).forEach((form) => {
    form.hidden = false;
    form.querySelector("[data-passkey-press]").hidden = false;
  });
  document.querySelectorAll("[data-passkey-missing]").forEach((words) => (words.hidden = true));
}

async function questionOf(form) {
  const body = new URLSearchParams({ _csrf_token: form.elements._csrf_token.value });
  const answer = await fetch(form.dataset.passkey || form.dataset.passkeyMake, { method: "POST", body });
  if (!answer.ok) throw new Error(`no question: ${answer.status}`);
  return answer.json();
}

async function askDevice(form) {
  const question = await questionOf(form);
  if (form.dataset.passkeyMake) {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
}

/* The first press asks the device; what it answers sends the form by itself. */
async function onPasskeyPress(event) {
  const form = event.target.closest?.(PASSKEY_FORMS);
  const field = form?.querySelector("input[name$=passkey]");
  if (!field || field.value) return;
  event.preventDefault();
  const button = form.querySelector("[data-passkey-press]");
  button.disabled = true;
  try {
    field.value = JSON.stringify((await askDevice(form)).toJSON());
    form.submit();
  } catch {
    button.disabled = false;
    form.querySelector("[data-passkey-failed]").hidden = false;
  }
}

document.addEventListener("submit", onPasskeyPress);
document.addEventListener("DOMContentLoaded", offerPasskeys);
document.addEventListener("htmx:afterSettle", offerPasskeys);
