// While somebody types, the page sends what its form holds, and the server keeps it as their draft. Only typing sends:
// a page left alone says nothing, and its session ends when it should.
const AFTER = 5000, AGAIN = 15_000; // from the first key that is not kept yet; after nobody answered
const LEAVING_AT_MOST = 60_000; // what a browser still sends once its page has gone

export function autosave(region, answered) {
  const form = region.closest("form");
  const others = document.querySelector("[data-others]");
  let typed = 0, kept = 0; // how often something was typed, and up to where it is kept
  let timer = 0, sending = null, isSent = false;

  const say = (words, address) => {
    if (region.dataset.said === words + (address ?? "")) return; // said once, not at every key
    region.dataset.said = words + (address ?? "");
    region.replaceChildren(words);
    if (!address) return;
    const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener" });
    link.className = "govuk-link";
    link.textContent = region.dataset.signIn;
    region.append(" ", link);
  };

  const sayWhoIsHere = (sentences) => {
    const shown = [...others.children].map((one) => one.textContent);
    if (shown.join("\n") === sentences.join("\n")) return;
    others.replaceChildren(
      ...sentences.map((sentence) => Object.assign(document.createElement("p"), { className: "govuk-body", textContent: sentence })),
    );
  };

  const held = () => {
    const values = [...new FormData(form)].filter(([, value]) => typeof value === "string"); // files are not kept
    return new URLSearchParams(values).toString();
  };

  const later = (wait) => {
    timer ||= setTimeout(() => send(), wait);
  };

  const send = async (leaving = false) => {
    clearTimeout(timer);
    timer = 0;
    if (kept === typed || isSent) return;
    if (sending && (!leaving || (sending.leaving && sending.upTo === typed))) return;
    sending?.stop.abort(); // what is sent on leaving holds it all
    const mine = (sending = { upTo: typed, leaving, stop: new AbortController() }), body = held();
    const answer = await fetch(form.getAttribute("action") || location.href, {
      method: "POST",
      body,
      headers: { "Hub-Autosave": "yes", "Content-Type": "application/x-www-form-urlencoded" },
      redirect: "manual",
      keepalive: leaving && body.length < LEAVING_AT_MOST,
      signal: mine.stop.signal,
    }).catch(() => null);
    if (sending !== mine) return; // a later one has taken over
    sending = null;
    if (isSent) return;
    if (!answer || answer.status >= 500) {
      say(region.dataset.away);
      later(AGAIN);
      return;
    }
    if (answer.type === "opaqueredirect") return say(region.dataset.signedOut, location.href); // signed in by half
    kept = mine.upTo;
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const { said, sign_in: signIn, others: here } = isJson ? await answer.json() : { said: region.dataset.refused };
    say(said, signIn);
    if (here) sayWhoIsHere(here);
    if (answer.ok) answered();
    if (kept !== typed) later(AFTER);
  };

  form.addEventListener("input", () => {
    typed += 1;
    isSent = false;
    later(AFTER);
  });
  form.addEventListener("submit", () => {
    isSent = true; // the form itself carries it all
  });
  window.addEventListener("pagehide", () => send(true));
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send(true);
    else if (kept !== typed) later(0);
  });
}
