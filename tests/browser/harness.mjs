// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Opens pages in Chromium, and helps to drive them. check sets the variables.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { STRATA_PACKAGES, STRATA_CHROMIUM, STRATA_SITE, STRATA_SCREENSHOTS, STRATA_PAGE } = process.env;
const require = createRequire(join(STRATA_PACKAGES, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The name of the page that this process tests. */
export const testedPage = STRATA_PAGE;

/** The names of the pages in the folder that is tested, without the index. */
export const builtPages = readdirSync(join(STRATA_SITE, "pages"))
    .filter((file) => file.endsWith(".html") && file !== "index.html")
    .map((file) => file.slice(0, -".html".length));

// The folder lies below the server's root: pages name each other relatively.
const { preview } = await import(pathToFileURL(join(STRATA_PACKAGES, "vite/dist/node/index.js")).href);
const server = await preview({
    configFile: false,
    root: STRATA_SITE,
    build: { outDir: "." },
    appType: "mpa",
    logLevel: "silent",
    preview: { port: 0, host: "127.0.0.1" },
});
export const site = `http://127.0.0.1:${server.httpServer.address().port}/pages/`;

/** How long tests wait for what a page does, in milliseconds: a hang is longer, and nothing a busy machine does is. */
const patience = 90_000;

const browsers = new Map();
/** A browser that was started with these arguments, as those for a fake camera. */
async function browserWith(args) {
    const key = args.join(" ");
    if (!browsers.has(key))
        browsers.set(key, chromium.launch({ executablePath: STRATA_CHROMIUM, chromiumSandbox: false, args: ["--disable-gpu", "--mute-audio", ...args] }));
    return browsers.get(key);
}

/** Ends browsers and the server. */
export async function close() {
    for (const browser of browsers.values()) await (await browser).close();
    await server.close();
}

/**
 * A test that opens a page, and fails where something is written to its console as an error or asked of another server:
 * test("...", onPage("line", async ({ page }) => {...}, { width: 360 }))
 * @param {string} name
 * @param {(given: { page: import("playwright-core").Page, context: import("playwright-core").BrowserContext, allow: (text: RegExp) => void }) => Promise<void>} body
 *   allow(/.../) lets errors pass that the test provokes
 * @param {{ language?: "en" | "ko", dark?: boolean, width?: number, height?: number, touch?: boolean, slowness?: number,
 *           hash?: string, args?: string[], permissions?: string[] }} options
 */
export function onPage(name, body, options = {}) {
    return async (t) => {
        const { language = "en", dark = false, width = 1100, height = 900, touch = false, slowness = 1, hash = "", args = [], permissions = [] } = options;
        const browser = await browserWith(args);
        const context = await browser.newContext({
            viewport: { width, height },
            hasTouch: touch,
            colorScheme: dark ? "dark" : "light",
            reducedMotion: "reduce",
            locale: language === "ko" ? "ko-KR" : "en-GB",
            permissions: ["clipboard-read", "clipboard-write", ...permissions],
        });
        context.setDefaultTimeout(patience);
        const page = await context.newPage();
        const errors = [];
        const allowed = [];
        page.on("console", (message) => {
            if (["error", "warning"].includes(message.type())) errors.push(`${message.text()} (${message.location().url})`);
        });
        page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
        page.on("request", (request) => {
            if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site)) errors.push(`asks for ${request.url()}`);
        });
        try {
            if (slowness > 1) await slow(page, slowness);
            await page.goto(`${site}${name}.html?lang=${language}${hash ? `#${hash}` : ""}`);
            await page.locator("h1").waitFor();
            await body({ page, context, allow: (text) => allowed.push(text) });
            assert.deepEqual(errors.filter((error) => !allowed.some((text) => text.test(error))), []);
        } catch (error) {
            await keepScreenshot(page, `${t.name}`, true).catch(() => {});
            if (errors.length) error.message += `\nThe page's errors:\n${errors.join("\n")}`;
            throw error;
        } finally {
            await context.close();
        }
    };
}

async function keepScreenshot(page, name, fullPage) {
    mkdirSync(STRATA_SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(STRATA_SCREENSHOTS, `${name.replace(/[^\w.-]+/g, "_")}.png`), fullPage });
}

/** A picture of the page in DIRECTORY/screenshots, where somebody asks for pictures of what passes. */
export async function screenshot(page, name, fullPage = true) {
    if (process.env.STRATA_PAGES_PICTURES) await keepScreenshot(page, name, fullPage);
}

/** Asserts that axe-core finds nothing to complain of, as the page is and in the other colours. */
export async function assertAccessible(page) {
    for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        // Evaluated by the debugger, which the page's policy does not bind.
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() =>
            globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
        );
        const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`));
        assert.deepEqual(found, [], `axe-core, ${colorScheme}`);
    }
}

/** Asserts that a message begins in Korean, and that the words of the library behind it are marked as English. */
export async function assertKorean(message, words) {
    await message.filter({ hasText: /^[가-힣]/ }).waitFor();
    assert.match(await message.locator("[lang=en]").innerText(), words);
}

/** Asserts that a window of that width shows the page without scrolling sideways. */
export async function assertFits(page, width = 360) {
    await page.setViewportSize({ width, height: 800 });
    // Charts follow the window, a frame or two later.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const findWide = () => page.evaluate(() => {
        const room = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= room) return [];
        return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 0.5).map((one) => one.outerHTML.slice(0, 120));
    });
    let wide = [];
    await eventually(async () => (wide = await findWide()).length === 0, () => `no part is wider than ${width} pixels, as ${wide.join("\n")}`);
}

/** Makes the processor so many times slower. */
export async function slow(page, times) {
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: times });
}

/** Points of an element, given as shares of its width and height, in the window's pixels. */
async function placed(locator, shares) {
    await locator.scrollIntoViewIfNeeded();
    const box = await locator.boundingBox();
    return shares.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
}

/** Presses the mouse at the first of these points of an element and lets go at the last: [[0.5, 0.5], ...]. */
export async function dragMouse(page, locator, shares) {
    const [first, ...others] = await placed(locator, shares);
    await page.mouse.move(...first);
    await page.mouse.down();
    // Between two points there are others; many points are close to each other already.
    const steps = others.length > 4 ? 1 : 4;
    for (const [x, y] of others) await page.mouse.move(x, y, { steps });
    await page.mouse.up();
}

/** The same with a finger, on a page with `touch`. */
export async function dragFinger(page, locator, shares) {
    const points = await placed(locator, shares);
    const session = await page.context().newCDPSession(page);
    for (const [i, [x, y]] of points.entries())
        await session.send("Input.dispatchTouchEvent", { type: i === 0 ? "touchStart" : "touchMove", touchPoints: [{ x, y }] });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await session.detach();
}

/** Goes on with the Tab key to the element; false where that does not get there. */
export async function tabTo(page, locator, most = 80) {
    for (let i = 0; i < most; ++i) {
        if (await locator.evaluate((one) => one === document.activeElement || one.contains(document.activeElement))) return true;
        await page.keyboard.press("Tab");
    }
    return false;
}

/** Waits until what a function of the test reads has stayed the same for so long, and gives that. */
export async function settled(read, description, milliseconds = 300) {
    let value = await read();
    let since = Date.now();
    await eventually(async () => {
        const found = await read();
        if (found !== value) since = Date.now();
        value = found;
        return Date.now() - since >= milliseconds;
    }, `${description} settles`);
    return value;
}

/** Waits until a function of the test is true, and gives what it says. A description may be a function that makes it. */
export async function eventually(asked, description, milliseconds = patience) {
    const end = Date.now() + milliseconds;
    let last;
    do {
        last = await asked();
        if (last) return last;
        await new Promise((resolve) => setTimeout(resolve, 50));
    } while (Date.now() < end);
    assert.fail(`${typeof description === "function" ? description() : description}: not within ${milliseconds / 1000} s`);
}
