// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What every page has to do: open without an error, be read and used by everyone, in both languages, in narrow windows.
import assert from "node:assert/strict";
import test from "node:test";
import { assertAccessible, assertFits, builtPages, onPage, screenshot, testedPage } from "./harness.mjs";

const name = testedPage;
test(`${name}: accessible, in light and dark`, onPage(name, async ({ page }) => {
    await page.waitForLoadState("networkidle");
    await assertAccessible(page);
    await screenshot(page, `${name} dark`);
}));

test(`${name}: fits a narrow window, in Korean, changes its language and keeps the choice`, onPage(name, async ({ page, context, allow }) => {
    await page.waitForLoadState("networkidle");
    const language = () => page.locator("html").getAttribute("lang");
    assert.equal(await language(), "ko");
    const korean = await page.locator("h1").innerText();
    assert.match(korean, /[가-힣]/);
    await assertFits(page);
    await screenshot(page, `${name} narrow`);
    await page.getByRole("button", { name: "English" }).click();
    assert.notEqual(await page.locator("h1").innerText(), korean);
    assert.equal(await language(), "en");
    assert.match(page.url(), /lang=en/);
    await assertFits(page);
    await page.getByRole("button", { name: "한국어" }).click();
    assert.equal(await page.locator("h1").innerText(), korean);
    assert.match(page.url(), /lang=ko/);
    await page.keyboard.press("Tab");
    if (name === "index") return;
    // A page whose engine cannot be had says so in Korean.
    allow(/Failed to load resource/);
    await context.route("**/engines/**", (route) => route.abort());
    await page.reload();
    await page.getByRole("alert").filter({ hasText: /^\s*[가-힣]/ }).first().waitFor();
}, { language: "ko", width: 360 }));

test(`${name}: the link to the content leads there and leaves the address as it is`, onPage(name, async ({ page }) => {
    await page.waitForLoadState("networkidle");
    const address = page.url();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "content");
    assert.equal(page.url(), address);
}));

if (name === "index") {
    test("index: leads to every page and back", onPage("index", async ({ page }) => {
        for (const name of builtPages) {
            await page.locator(`main a[href="${name}.html"]`).click();
            await page.waitForURL(new RegExp(`/${name}\\.html`));
            await page.locator("h1").waitFor();
            await page.getByRole("link", { name: "strata" }).click();
            await page.waitForURL(/\/index\.html/);
        }
        assert.ok(builtPages.length > 0);
    }));

    test("index: passes on the licences of what is inside", onPage("index", async ({ page }) => {
        const address = await page.getByRole("link", { name: /Licences/ }).getAttribute("href");
        const text = await page.evaluate(async (file) => (await fetch(file)).text(), address);
        for (const part of [/^strata$[^]*Boost Software License/m, /^preact [\d.]+$[^]*MIT/m, /^comlink [\d.]+$[^]*Apache/m, /^libeigen3-dev$[^]*Mozilla/m]) assert.match(text, part);
    }));
}
