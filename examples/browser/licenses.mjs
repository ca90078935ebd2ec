// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Writes what those who made the pieces of the built pages ask to be passed on:
//     node licenses.mjs PACKAGES OUTPUT NAME=FILE...    PACKAGES: where npm put its packages, with their lock file
// NAME=FILE is a text for something that did not come from npm.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const [packages, output, ...others] = process.argv.slice(2);
if (!output) {
    console.error("node licenses.mjs PACKAGES OUTPUT NAME=FILE...");
    process.exit(2);
}
const parts = others.map((given) => {
    const place = given.indexOf("=");
    return [given.slice(0, place), readFileSync(given.slice(place + 1), "utf8")];
});
// What is for development alone is in no page, but for one package: trunks.mjs takes weights out of it.
const weights = "node_modules/@vladmandic/human";
for (const [folder, { version, license, dev }] of Object.entries(JSON.parse(readFileSync(path.join(packages, "package-lock.json"), "utf8")).packages)) {
    const place = path.join(packages, folder);
    if (folder === "" || (dev && folder !== weights) || !existsSync(place)) continue;
    const texts = readdirSync(place)
        .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
        .map((file) => readFileSync(path.join(place, file), "utf8"));
    parts.push([`${folder.slice("node_modules/".length)} ${version}`, [`License: ${license}`, ...texts].join("\n\n")]);
}
const rule = "=".repeat(80);
writeFileSync(output, parts.map(([name, text]) => `${rule}\n${name}\n${rule}\n${text.trim()}\n`).join("\n"));
