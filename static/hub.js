// The product works without this file. With it: GOV.UK Frontend's components, and one submission a click.
import { initAll } from "./govuk-frontend.js";

initAll();

// A form goes off once, however often and by whichever button or key it is sent. A page brought back by the browser's
// Back button may be sent again.
const away = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (away.has(form)) {
    event.preventDefault();
    return;
  }
  away.add(form);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach((form) => away.delete(form));
});
