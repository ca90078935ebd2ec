// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Runs cases in Chromium:
//   node run.mjs PLACES.json [CASE...]    all cases, or those whose names have one of these words
// Places are {"packages": [node_modules...], "chromium": program, "folders": {name: folder} that the page reads from,
// "original": nn.ts of TensorFlow's playground, or nothing}.
// Prints a line of JSON a case.
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { loadavg } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { workerClock } from "./thread_time.mjs";

const { packages, chromium, folders, original, flags = [], options = {} } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const words = process.argv.slice(3);
const load = (name) => createRequire(join(packages.find((each) => existsSync(join(each, name))) ?? ".", "package.json"))(name);

const here = dirname(fileURLToPath(import.meta.url));
const { outputFiles: [script] } = await load("esbuild").build({
    entryPoints: [join(here, "worker.mjs")], bundle: true, format: "esm", nodePaths: packages, write: false,
    mainFields: ["module", "main"], conditions: ["browser"], logLevel: "error",
    alias: { "playground-core": original || join(here, "none.mjs") },
    define: { "process.env.NODE_ENV": '"production"' },
});

const types = { ".wasm": "application/wasm", ".json": "application/json", ".js": "text/javascript" };
const server = createServer(({ url }, answer) => {
    const [folder, ...rest] = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname)).slice(1).split("/");
    if (folder === "favicon.ico") return answer.writeHead(204).end();
    if (folder === "") return answer.setHeader("Content-Type", "text/html").end("<!doctype html><title>Measured</title>");
    if (folder === "worker.js") return answer.setHeader("Content-Type", types[".js"]).end(script.text);
    const file = folder in folders ? join(folders[folder], ...rest) : "";
    if (!existsSync(file)) return answer.writeHead(404).end();
    answer.setHeader("Content-Type", types[file.slice(file.lastIndexOf("."))] ?? "application/octet-stream");
    createReadStream(file).pipe(answer);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const site = `http://127.0.0.1:${server.address().port}/`;

const browser = await load("playwright-core").chromium.launch({
    executablePath: chromium, chromiumSandbox: false, args: ["--disable-gpu", ...flags],
});
const page = await browser.newPage();
page.on("console", (message) => console.error(message.text()));
await page.goto(site);
async function ask(...question) {
    const { answer, error } = await page.evaluate((data) => new Promise((done, fail) => {
        globalThis.worker ??= new Worker("worker.js", { type: "module" });
        globalThis.worker.onerror = ({ message }) => fail(new Error(message));
        globalThis.worker.onmessage = (message) => done(message.data);
        globalThis.worker.postMessage(data);
    }), question);
    if (error) throw new Error(error);
    return answer;
}

/**
 * Times a case. Each contender works until the browser has had time to compile it well; then they take turns, once a round,
 * for about `slice` seconds, less often where they are slow. Gives the numbers of all rounds: the processor's time
 * where the system tells it, and the time that passed.
 */
async function measure(name, { rounds = 15, slice = 0.06, warming = 0.5, patience = 8 } = {}) {
    const { backend, contenders } = await ask("open", name), clock = workerClock();
    const work = async (contender, place, count) => {
        const begin = clock?.(), { seconds, amount } = await ask("run", place, count);
        return { spent: (clock ? clock() - begin : seconds) / amount, passed: seconds / amount, amount };
    };
    let round = 0;
    for (const [place, each] of contenders.entries()) {
        Object.assign(each, { seconds: [], passed: [], count: 1 });
        for (let spent = 0, runs = 0; spent < warming; runs += each.count) {
            const { passed, amount } = await work(each, place, each.count);
            spent += passed * amount;
            each.count = Math.max(1, Math.round(slice / ((passed * amount) / each.count)));
        }
    }
    const begin = performance.now();
    while (round < 3 || (round < rounds && (performance.now() - begin) / 1e3 < patience)) {
        for (const [place, each] of contenders.entries()) {
            const { spent, passed } = await work(each, place, each.count);
            each.seconds.push(spent);
            each.passed.push(passed);
        }
        ++round;
    }
    return { name, contenders, backend, clock: clock ? "processor" : "wall", load: loadavg()[0], browser: browser.version() };
}

const names = await ask("list");
for (const name of names.filter((each) => words.length === 0 || words.some((word) => each.includes(word)))) {
    try {
        console.log(JSON.stringify(await measure(name, options)));
    } catch (error) {
        console.log(JSON.stringify({ name, error: error.message }));
    }
    // Another case begins in a worker of its own.
    await page.reload();
}
await browser.close();
server.close();
