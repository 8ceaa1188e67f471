// Puts everything served under /static/ into static/built (not in the repository): GOV.UK Frontend without its font and
// crest, which belong to gov.uk services only; the few MOJ components in use; our own styles, script and pictures.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const govuk = join(modules, "govuk-frontend", "dist", "govuk");
const moj = join(modules, "@ministryofjustice", "frontend", "moj");
const built = join(here, "built");
const ourOwn = ["hub.css", "hub.js", "autosave.js", "supported.js", "icon.svg"];
const mojComponents = ["moj-timeline", "moj-sub-navigation"];

// Cuts minified CSS into its top-level rules: [selector, whole text].
function* rules(css) {
  let start = 0;
  let depth = 0;
  for (let at = 0; at < css.length; at += 1) {
    if (css[at] === "{") depth += 1;
    if ((css[at] === "}" && (depth -= 1) === 0) || (css[at] === ";" && depth === 0)) {
      const text = css.slice(start, at + 1);
      start = at + 1;
      yield [text.split("{", 1)[0].trim(), text];
    }
  }
}

const withoutComments = (css) => css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\uFEFF/, "");
const plainFont = (css) => css.replace(/(["']?)GDS Transport\1\s*,\s*/g, "").replace(/arial,sans-serif/g, "Arial,Helvetica,sans-serif");

// Keeps the wanted rules, inside @media and @supports too; an emptied block goes.
function sift(css, wanted) {
  return [...rules(css)]
    .map(([selector, text]) => {
      if (!/^@(media|supports)/.test(selector)) return wanted(selector, text) ? text : "";
      const inner = sift(text.slice(text.indexOf("{") + 1, -1), wanted);
      return inner && `${selector}{${inner}}`;
    })
    .join("");
}

const styles = (folder, name) => withoutComments(readFileSync(join(folder, name), "utf8"));
const ownPictures = (text) => !text.includes("/assets/");

const govukStyles = () =>
  plainFont(sift(styles(govuk, "govuk-frontend.min.css"), (selector, text) => selector !== "@font-face" && ownPictures(text)));

const mojStyles = () =>
  plainFont(
    sift(
      styles(moj, "moj-frontend.min.css"),
      (selector, text) => ownPictures(text) && mojComponents.some((name) => selector.includes(`.${name}`)),
    ),
  );

const files = {
  "govuk.css": `${govukStyles()}\n${mojStyles()}\n`,
  "govuk-frontend.js": readFileSync(join(govuk, "govuk-frontend.min.js"), "utf8").replace(/\/\/# sourceMappingURL=.*/, ""),
};

for (const [name, text] of Object.entries(files)) {
  if (/GDS|crest|\/assets\//.test(text)) throw new Error(`${name} still names what belongs to gov.uk alone`);
}

mkdirSync(built, { recursive: true });
for (const name of readdirSync(built)) {
  if (!ourOwn.includes(name) && !(name in files)) rmSync(join(built, name), { recursive: true });
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(built, name), text);
for (const name of ourOwn) cpSync(join(here, name), join(built, name));
