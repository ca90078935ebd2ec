// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// All tests in one process, with one browser: what every page has to do, and NAME.test.mjs for each page that is built.
import { existsSync } from "node:fs";
import { after } from "node:test";
import { builtPages, close } from "./harness.mjs";

await import("./every_page.mjs");
for (const page of builtPages) {
    const file = new URL(`${page}.test.mjs`, import.meta.url);
    if (existsSync(file)) await import(file.href);
}
after(close);
