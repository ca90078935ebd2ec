// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { assertAccessible, assertFits, dragFinger, eventually, onPage, screenshot, settled, tabTo } from "./harness.mjs";

/** A number of the page, or of its texts. */
const fact = async (page, name) => Number((await page.locator(`[data-fact=${name}]`).innerText()).replace(/,/g, "").match(/[\d.]+/)?.[0] ?? NaN);
const button = (page, name) => page.getByRole("button", { name, exact: true });
const slider = (page, name) => page.getByRole("slider", { name });
const setSlider = (page, name, value) => slider(page, name).evaluate((one, to) => {
    one.value = String(to);
    one.dispatchEvent(new Event("input", { bubbles: true }));
}, value);
/** The page when its engine has been opened. */
const ready = (page) => eventually(() => button(page, "Learn").isEnabled(), "the engine opens");
const picture = (page) => page.getByRole("img", { name: /on a cart/ });
/** Lessons one by one, and what they came to. */
async function takeLessons(page, count) {
    for (let i = 0; i < count; ++i) {
        const before = await fact(page, "lessons");
        await button(page, "One lesson").click();
        await eventually(async () => (await fact(page, "lessons")) === before + 1, "a lesson");
    }
    return page.locator("[data-fact]").evaluateAll((all) => Object.fromEntries(all.map((one) => [one.dataset.fact, one.textContent])));
}
/** How many colours a canvas has. */
const colors = (locator) => locator.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    return seen.size;
});

test("pole: learns to hold the pole, which then stands and withstands a push", onPage("pole", async ({ page }) => {
    await ready(page);
    await page.getByText("at first the pole falls at once").waitFor();
    await button(page, "Learn").click();
    await eventually(async () => (await fact(page, "mean")) > 195, "a mean above 195");
    await eventually(async () => (await fact(page, "rate")) > 10_000, "tens of thousands of steps a second");
    await page.getByText(/^Solved after \d+ episodes/).waitFor();
    await button(page, "Pause").click();
    // It forgets for a while, now and then, and goes on until it hears of the pause: then it learns some more.
    await eventually(async () => {
        await button(page, "Learn").waitFor();
        if ((await settled(() => fact(page, "mean"), "the mean")) > 475) return true;
        await button(page, "Learn").click();
        await eventually(async () => (await fact(page, "mean")) > 480, "a mean above 480");
        await button(page, "Pause").click();
        return false;
    }, "an agent that holds the pole", 300_000);
    // What it learnt holds the pole that is shown; time passes twice as fast.
    await button(page, "Stand still").click();
    await button(page, "New pole").click();
    await eventually(async () => (await fact(page, "seconds")) > 3, "the pole stands for 3 seconds");
    await button(page, "Push to the left").click();
    const since = await fact(page, "seconds");
    await eventually(async () => (await fact(page, "seconds")) > since + 2, "it stands behind a push");
    assert.ok((await colors(page.locator(".map canvas").first())) > 50, "the map of values has many colours");
    assert.ok((await colors(page.locator(".map canvas").last())) > 10);
    await assertAccessible(page);
    await screenshot(page, "pole solved");
    // The program is the page's.
    assert.match(await page.locator("pre").first().innerText(), /^input<4> \| branches\(dense<32> \| tanh \| dense<2> \| softmax, dense<32> \| tanh \| dense<1>\)$/);
    assert.match(await page.locator("pre").last().innerText(), /world\.gravity = 9\.8;[^]*actor_critic<32> agent\{strata::seed\{1\}/);
}, { hash: "speed=1000000&pace=2" }));

test("pole: pauses, goes on, and begins anew to the same course", onPage("pole", async ({ page }) => {
    await ready(page);
    const first = await takeLessons(page, 5);
    assert.ok(Number(first.episodes) > 20);
    assert.equal(first.lessons, "5");
    assert.equal(first.steps, "2,560");
    await button(page, "Start over").click();
    await eventually(async () => (await fact(page, "episodes")) === 0, "nothing is left");
    assert.deepEqual(await takeLessons(page, 5), first);
    // A course that was paused anywhere is the same, too.
    await button(page, "Start over").click();
    await button(page, "Learn").click();
    await eventually(async () => (await fact(page, "steps")) > 500, "it learns");
    await button(page, "Pause").click();
    await settled(() => fact(page, "steps"), "the number of steps");
    await takeLessons(page, 5 - (await fact(page, "lessons")));
    assert.deepEqual(await takeLessons(page, 0), first);
    // Another seed is another course, and so is another width; the address tells both.
    await page.getByLabel("Seed").fill("2");
    await page.getByLabel("Seed").press("Enter");
    await eventually(async () => (await fact(page, "episodes")) === 0, "another seed starts over");
    assert.notEqual((await takeLessons(page, 5)).mean, first.mean);
    await page.getByLabel("Neurons").selectOption("4");
    await eventually(async () => /dense<4>/.test(await page.locator("pre").first().innerText()), "the type follows");
    assert.match(page.url(), /#width=4&seed=2/);
    const second = await takeLessons(page, 2);
    await page.reload();
    await ready(page);
    assert.deepEqual(await takeLessons(page, 2), second);
}, { hash: "speed=1000" }));

test("pole: settings reach the engine and the program", onPage("pole", async ({ page }) => {
    await ready(page);
    const earth = await takeLessons(page, 3);
    await button(page, "Start over").click();
    await setSlider(page, "Gravity", 25);
    await setSlider(page, "Length of the pole", 0.4);
    const heavy = await takeLessons(page, 3);
    assert.ok(Number(heavy.episodes) > Number(earth.episodes), "a short pole under great gravity falls sooner");
    assert.match(page.url(), /gravity=25.*length=0\.4/);
    await setSlider(page, "Discount", 0.5);
    await setSlider(page, "Learning rate", -2);
    await setSlider(page, "Exploration", 0.1);
    const program = await page.locator("pre").last().innerText();
    for (const line of ["gravity = 25.0;", "half_length = 0.2;", "learning_rate = 0.01;", "exploration = 0.1;", "discount = 0.5;"]) assert.ok(program.includes(line), line);
    // What is out of bounds is not taken.
    await page.goto(page.url().replace(/#.*/, "#gravity=-5&width=7&seed=1.5&pace=x"));
    await page.reload();
    await ready(page);
    assert.equal(await slider(page, "Gravity").inputValue(), "9.8");
    assert.equal(await page.getByLabel("Neurons").inputValue(), "32");
    await page.getByLabel("Neurons").selectOption("4");
    await setSlider(page, "Gravity", 25);
    await button(page, "First settings").click();
    await eventually(async () => /dense<32>/.test(await page.locator("pre").first().innerText()), "the type is that of 32 neurons again");
    assert.equal(await slider(page, "Gravity").inputValue(), "9.8");
    assert.doesNotMatch(page.url(), /#/);
}));

test("pole: its worker sleeps where nothing moves or nobody looks", onPage("pole", async ({ page }) => {
    await ready(page);
    /** How often the worker sets its clock in a fifth of a second. */
    const ticks = () => page.workers()[0].evaluate(async () => {
        const { setTimeout } = globalThis;
        let count = 0;
        globalThis.setTimeout = (...given) => (++count, setTimeout(...given));
        await new Promise((resolve) => setTimeout(resolve, 200));
        globalThis.setTimeout = setTimeout;
        return count;
    });
    const hide = (hidden) => page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    assert.equal(await ticks(), 0);
    await button(page, "Stand still").click();
    await eventually(async () => (await fact(page, "seconds")) > 0, "the cart moves");
    const moving = await ticks();
    assert.ok(moving > 0 && moving < 16, `${moving} ticks`);
    await hide(true);
    await eventually(async () => (await ticks()) === 0, "nothing moves where nobody looks");
    await hide(false);
    await eventually(async () => (await ticks()) > 0, "it goes on");
}));

test("pole: the program that is copied compiles", onPage("pole", async ({ page }) => {
    await ready(page);
    await button(page, "Copy").last().click();
    await page.getByText("Copied", { exact: true }).waitFor();
    const folder = mkdtempSync(join(tmpdir(), "pole-"));
    try {
        const file = join(folder, "program.cpp");
        writeFileSync(file, await page.evaluate(() => navigator.clipboard.readText()));
        const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
        const folders = ["include", "dsl", "examples"].map((one) => `-I${join(root, one)}`);
        execFileSync("clang++-19", ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", ...folders, file], { stdio: "pipe" });
    } finally {
        rmSync(folder, { recursive: true });
    }
}, { hash: "seed=4294967295&gravity=0&width=4" }));

test("pole: held by the keyboard alone", onPage("pole", async ({ page }) => {
    await ready(page);
    // A reader who pushes one way only.
    await page.getByRole("radio", { name: "I do" }).focus();
    await page.keyboard.press("Space");
    await button(page, "Stand still").focus();
    await page.keyboard.press("Enter");
    await page.locator("h1").click();
    assert.ok(await tabTo(page, picture(page)), "the picture is reached by Tab");
    await page.keyboard.down("ArrowRight");
    await page.getByText(/^You held it for [\d.]+ s\.$/).waitFor();
    await page.keyboard.up("ArrowRight");
    assert.ok((await fact(page, "longest")) > 0);
    assert.ok((await fact(page, "longest")) < 3);
    // And learning without a mouse.
    assert.ok(await tabTo(page, button(page, "Learn")));
    await page.keyboard.press("Enter");
    await eventually(async () => (await fact(page, "lessons")) > 3, "it learns");
    await page.keyboard.press("Enter");
    await button(page, "Learn").waitFor();
}));

test("pole: touched, in a narrow window, in Korean", onPage("pole", async ({ page }) => {
    await eventually(() => button(page, "학습").isEnabled(), "the engine opens");
    await page.getByRole("radio", { name: "내가" }).check();
    await button(page, "멈추기").tap();
    await dragFinger(page, page.locator("canvas.cart"), [[0.95, 0.5], [0.95, 0.5]]);
    await button(page, "학습").tap();
    await eventually(async () => (await fact(page, "mean")) > 60, "it learns");
    await button(page, "일시 정지").tap();
    await page.getByText(/초 동안 세웠습니다/).waitFor();
    await assertFits(page);
    await assertAccessible(page);
    await screenshot(page, "pole Korean");
}, { language: "ko", width: 360, height: 740, touch: true, hash: "speed=1000000" }));

test("pole: a slow machine learns, and hears of a pause", onPage("pole", async ({ page }) => {
    await eventually(() => button(page, "Learn").isEnabled(), "the engine opens");
    await button(page, "Learn").click();
    await eventually(async () => (await fact(page, "steps")) > 5000, "it learns");
    await button(page, "Pause").click();
    await button(page, "Learn").waitFor();
    const paused = await settled(() => fact(page, "steps"), "the number of steps", 500);
    await button(page, "Learn").click();
    await eventually(async () => (await fact(page, "steps")) > paused, "it goes on");
}, { slowness: 6, hash: "speed=1000000" }));
