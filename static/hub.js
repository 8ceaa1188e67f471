// The product works without this file. With it: GOV.UK Frontend's components, and one submission a click.
import { initAll } from "./govuk-frontend.js";

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
