// The product works without this file. With it: GOV.UK Frontend's components, one submission a click, and a word before
// an idle session ends.
import { initAll } from "./govuk-frontend.js";
import { autosave } from "./autosave.js";

initAll();

// GOV.UK Frontend says aria-expanded on radios that reveal a question. Radios may not carry it; the question follows in
// reading order, where it is found.
const tidyRadios = () => {
  for (const radio of document.querySelectorAll('[type="radio"][aria-expanded]')) radio.removeAttribute("aria-expanded");
};
tidyRadios();
document.addEventListener("click", tidyRadios);

// A form goes off once, however fast and by whichever button or key it is sent again. After a while, and when the Back
// button brings the page back, it may be sent again: it may not have arrived. The server keeps its own watch.
const away = new Map();
const AWHILE = 5000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const now = Date.now();
  if (now - (away.get(form) ?? -AWHILE) < AWHILE) {
    event.preventDefault();
    return;
  }
  away.set(form, now);
});

window.addEventListener("pageshow", () => {
  tidyRadios();
  away.clear();
});

const region = document.querySelector("[data-autosave]");
if (region) autosave(region, () => document.dispatchEvent(new Event("hub:answered")));

// Passkeys: the browser's own dialogue answers what the page asks, and the answer goes with the form.
for (const button of document.querySelectorAll("[data-passkey]")) {
  const form = button.form;
  const failed = form.querySelector("[data-passkey-failed]");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const asked = JSON.parse(button.dataset.options).publicKey;
      const given =
        button.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
      form.elements.credential.value = JSON.stringify(given);
    } catch {
      failed.hidden = false; // stopped by the person, unknown to the device, or not offered by this browser
      return;
    }
    form.requestSubmit();
  });
}

// Every request, of any tab, begins another half hour; the server counts it, the tabs tell each other.
const idle = document.querySelector(".hub-idle");
if (idle) {
  const LAST = "hub-last-request", WARN_BEFORE = 5 * 60 * 1000, LOOK_EVERY = 5000;
  const lasts = Number(idle.dataset.idle) * 1000;
  const part = (name) => idle.querySelector(`[data-${name}]`);
  const seen = () => localStorage.setItem(LAST, String(Date.now()));
  let sentAway = false; // closed by hand after the end: not shown again

  const show = (isOver, end) => {
    part("soon").hidden = part("stays").hidden = isOver;
    part("over").hidden = part("closes").hidden = !isOver;
    idle.querySelector("h2").textContent = isOver ? "You have been signed out" : "You will soon be signed out";
    part("at").textContent = end.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    if (!idle.open && !sentAway) idle.showModal();
  };

  const look = () => {
    const end = new Date(Number(localStorage.getItem(LAST)) + lasts);
    const left = end - Date.now();
    if (left > WARN_BEFORE) {
      sentAway = false;
      if (idle.open) idle.close();
    } else show(left <= 0, end);
  };

  part("stays").addEventListener("click", async () => {
    const answer = await fetch(idle.dataset.stay, { redirect: "manual" }).catch(() => null);
    if (!answer) return; // nobody answers: the session still ends when it says
    if (answer.status === 204) seen();
    else localStorage.setItem(LAST, "0"); // it is over already
    look();
  });
  part("closes").addEventListener("click", () => {
    sentAway = true;
    idle.close();
  });
  idle.addEventListener("cancel", (event) => {
    if (part("stays").hidden) sentAway = true;
    else {
      event.preventDefault();
      part("stays").click();
    }
  });
  document.addEventListener("hub:answered", seen);
  seen();
  setInterval(look, LOOK_EVERY);
}
