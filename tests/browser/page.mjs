// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The tests of the page that STRATA_PAGE names, with one browser: what every page has to do, and those of NAME.test.mjs.
import { existsSync } from "node:fs";
import { after } from "node:test";
import { close, testedPage } from "./harness.mjs";

await import("./every_page.mjs");
const file = new URL(`${testedPage}.test.mjs`, import.meta.url);
if (existsSync(file)) await import(file.href);
after(close);
