// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { assertAccessible, assertFits, dragFinger, eventually, onPage, screenshot, tabTo } from "./harness.mjs";

const fact = async (page, name) => Number((await page.locator(`[data-fact="${name}"]`).innerText()).replace(/,/g, ""));
const button = (page, name) => page.getByRole("button", { name, exact: true });
const opened = (page) => page.locator(".network .unit").first().waitFor();
/**
 * Trains until the loss of the test points is below `goal`. Epochs go on until the page hears of the pause, and one of them
 * may end with a loss above the goal again, as Adam's steps do: then training goes on.
 */
async function train(page, goal) {
    await opened(page);
    const learnt = async () => (await fact(page, "epoch")) > 0 && (await fact(page, "test")) < goal;
    await eventually(async () => {
        await button(page, "Play").click();
        await eventually(learnt, `a test loss below ${goal}`);
        await button(page, "Pause").click();
        await button(page, "Play").waitFor();
        return learnt();
    }, `a test loss that stays below ${goal}`, 300_000);
}
const weights = (page) => page.locator(".weights input").evaluateAll((fields) => fields.map((field) => Number(field.value)));

const spiral = "features=x,y,xx,yy,xy,sinx,siny&layers=8,8,6&optimizer=adam&rate=0.01";
for (const [data, goal, hash] of [
    ["circle", 0.05, ""],
    ["xor", 0.05, "features=x,y,xy"],
    ["gauss", 0.05, "layers=2"],
    ["spiral", 0.1, spiral],
    ["plane", 0.05, "goal=numbers"],
    ["hills", 0.05, "goal=numbers&layers=8,8&optimizer=adam&rate=0.01"],
])
    test(`playground: learns ${data}`, onPage("playground", async ({ page }) => {
        await train(page, goal);
        assert.ok((await page.locator(".curve").first().getAttribute("d")).length > 10);
        await screenshot(page, `playground ${data}`);
    }, { hash: `data=${data}&pace=0&test=true&${hash}` }));

test("playground: trains by steps, begins again, and a link gives the same numbers", onPage("playground", async ({ page, context }) => {
    await opened(page);
    assert.equal(await fact(page, "epoch"), 0);
    const before = await fact(page, "test");
    for (let i = 0; i < 3; ++i) await button(page, "One epoch").click();
    await eventually(async () => (await fact(page, "epoch")) === 3, "three epochs");
    const third = await fact(page, "test");
    assert.notEqual(third, before);
    await button(page, "Start again").click();
    await eventually(async () => (await fact(page, "epoch")) === 0, "the beginning");
    assert.equal(await fact(page, "test"), before);

    // Settings go to the address, and come from it.
    await page.getByRole("combobox", { name: "Activation" }).selectOption("gelu");
    await button(page, "Feature xy").click();
    await button(page, "Add a layer").click();
    await button(page, "Add a unit to layer 3").click();
    await page.getByRole("combobox", { name: "Regularization" }).selectOption("l2");
    await button(page, "Other points").click();
    await page.getByRole("slider", { name: "Noise" }).fill("10");
    await eventually(() => /layers=4%2C2%2C3/.test(page.url()) && /noise=10/.test(page.url()), "the address has the settings");
    await page.locator("code").filter({ hasText: "model<input<3> | dense<4, l2<5e-04>> | gelu" }).waitFor();
    for (let i = 0; i < 2; ++i) await button(page, "One epoch").click();
    await eventually(async () => (await fact(page, "epoch")) === 2, "two epochs");
    const other = await context.newPage();
    await other.goto(page.url());
    await opened(other);
    for (let i = 0; i < 2; ++i) await button(other, "One epoch").click();
    await eventually(async () => (await fact(other, "epoch")) === 2, "two epochs of the link");
    assert.equal(await fact(other, "train"), await fact(page, "train"));
    assert.equal(await fact(other, "test"), await fact(page, "test"));
    assert.deepEqual(await weights(other), await weights(page));
}));

test("playground: weights are changed by lines and fields", onPage("playground", async ({ page }) => {
    await opened(page);
    const before = await fact(page, "test");
    await button(page, "Layer 2, unit 1").click();
    await page.locator(".weights").getByLabel("Weight of Layer 1, unit 3").waitFor();
    assert.equal((await weights(page)).length, 5);
    // The line from the first feature to unit 3, where no other crosses it.
    const middle = await page.locator('[data-weight="0.0.2"] .weight-target').evaluate((path) => {
        path.scrollIntoView({ block: "center" });
        const box = path.ownerSVGElement.getBoundingClientRect();
        for (let share = 0.1; share < 0.95; share += 0.05) {
            const { x, y } = path.getPointAtLength(path.getTotalLength() * share);
            const there = document.elementFromPoint(box.x + x, box.y + y)?.closest(".weight");
            if (there?.dataset.weight === "0.0.2") return [box.x + x, box.y + y];
        }
        throw new Error("the line is covered");
    });
    await page.mouse.click(...middle);
    await page.locator(".weights").getByLabel("Weight of Feature x").waitFor();
    const field = page.locator(".marked input");
    await field.fill("3.5");
    await field.press("Enter");
    await eventually(async () => (await fact(page, "test")) !== before, "another loss");
    assert.equal((await weights(page))[0], 3.5);
    for (const [typed, said] of [["", "This is no number: expected a number from -1000000 to 1000000."], ["1e30", "1e30: expected a number"]]) {
        await field.fill(typed);
        await field.press("Enter");
        await page.getByText(said).waitFor();
        assert.equal((await weights(page))[0], 3.5);
    }
    await field.fill("3.25");
    await field.press("Enter");
    await page.getByText("expected a number").waitFor({ state: "detached" });
    const texts = async (chosen) => (await page.locator(chosen).allInnerTexts()).join();
    await eventually(async () => (await texts(".legend .number")) === (await texts('[data-fact="train"], [data-fact="test"]')), "the legend's numbers");
    await page.locator(".weights").getByLabel("Bias").fill("-1");
    await page.locator(".weights").getByLabel("Bias").press("Enter");
    await eventually(async () => (await weights(page))[2] === -1, "another bias");
    // The program says that it does not repeat this.
    await page.locator("summary").click();
    await page.getByText("were changed while it learnt").waitFor();
    await button(page, "Start again").click();
    await eventually(async () => (await fact(page, "test")) === before, "the first weights");
}));

test("playground: own points by mouse and keyboard", onPage("playground", async ({ page }) => {
    await opened(page);
    await button(page, "Own points").click();
    await button(page, "Remove all points").click();
    const plane = page.locator("canvas.plane");
    await plane.scrollIntoViewIfNeeded();
    const box = await plane.boundingBox();
    const points = async () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get("points")?.length / 5 || 0;
    const draw = (x, y) => page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    for (const [x, y] of [[0.7, 0.2], [0.8, 0.3], [0.7, 0.4], [0.9, 0.2], [0.75, 0.25], [0.85, 0.35]]) await draw(x, y);
    await page.getByRole("radio", { name: "Orange points" }).check();
    for (const [x, y] of [[0.2, 0.7], [0.3, 0.8], [0.2, 0.9], [0.1, 0.8], [0.25, 0.75]]) await draw(x, y);
    await eventually(async () => (await points()) === 11, "eleven points");
    // The same by keys: one more point, in orange, to the left of the middle, and one of them away.
    await plane.focus();
    for (let i = 0; i < 8; ++i) await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(" ");
    await eventually(async () => (await points()) === 12, "a point by the keyboard");
    await page.keyboard.press("Enter"); // now points are taken away
    await page.keyboard.press(" ");
    await eventually(async () => (await points()) === 11, "one less");
    await page.getByRole("radio", { name: "As fast as possible" }).check();
    await train(page, 0.02);
    await screenshot(page, "playground own points");
}));

test("playground: points with a finger, on a slow machine in a narrow window", onPage("playground", async ({ page }) => {
    await opened(page);
    await page.locator("canvas.plane").scrollIntoViewIfNeeded();
    const before = page.url().length;
    await dragFinger(page, page.locator("canvas.plane"), [[0.3, 0.3], [0.3, 0.3]]);
    await eventually(() => page.url().length === before + 5, "a point");
    await button(page, "Play").tap();
    // The page answers while its worker trains.
    await eventually(async () => (await fact(page, "epoch")) > 20, "some epochs");
    await button(page, "Pause").tap();
    await button(page, "Play").waitFor();
    await assertFits(page);
}, { touch: true, width: 360, slowness: 4, hash: "data=own&points=lRW2-lWtL-hGyX-CCjXAEEE7Avvvv-" }));

test("playground: a formula with its derivative, and its faults", onPage("playground", async ({ page }) => {
    await opened(page);
    await page.getByRole("combobox", { name: "Activation" }).selectOption("own");
    const formula = page.getByRole("textbox", { name: "Formula of x" });
    const derivative = page.locator('[data-fact="derivative"]');
    await eventually(async () => (await derivative.innerText()) === "sigmoid(x) + (x * (sigmoid(x) * (1 - sigmoid(x))))", "the derivative of the first formula");
    await formula.fill("max(x, 0) + y");
    await page.getByText("Place 13: expected x or a function (exp, log, sqrt, abs, sin, cos, tanh, sigmoid, max, min and others), found “y”.").waitFor();
    await formula.fill("x^3 / (1 +");
    await page.getByText("Place 11: expected a number, x, a function or “(”, found the end.").waitFor();
    // Other settings leave the network as it is meanwhile.
    for (let i = 0; i < 2; ++i) await button(page, "One epoch").click();
    await eventually(async () => (await fact(page, "epoch")) === 2, "two epochs");
    await page.getByRole("radio", { name: "As fast as possible" }).check();
    await button(page, "One epoch").click();
    await eventually(async () => (await fact(page, "epoch")) === 3, "another epoch");
    // A logarithm of what is below 0, before any training.
    await formula.fill("log(x)");
    await page.getByText(/^The formula has no value at x = -[\d.]+, which a unit gets/).waitFor();
    await formula.fill("sin(2*x)");
    await eventually(async () => (await derivative.innerText()) === "2 * cos(2 * x)", "the derivative of a sine");
    await page.getByText("The formula has no value").waitFor({ state: "detached" });
    await formula.fill("exp(-x^2)");
    await eventually(async () => (await derivative.innerText()) === "-(exp(-square(x)) * (2 * x))", "another derivative");
    await page.locator("code").filter({ hasText: "dense<4> | own::unit | dense<2> | own::unit" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("radio", { name: "As fast as possible" }).check();
    await train(page, 0.05);
}, { hash: "optimizer=adam&rate=0.03" }));

test("playground: the copied program compiles and prints the page's losses", onPage("playground", async ({ page }) => {
    await opened(page);
    for (let i = 0; i < 12; ++i) await button(page, "One epoch").click();
    await eventually(async () => (await fact(page, "epoch")) === 12, "twelve epochs");
    await page.locator("summary").click();
    const copy = page.locator("details").getByRole("button", { name: "Copy" });
    await copy.click();
    await page.locator("details").getByText("Copied").waitFor();
    const program = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(program, /epochs = 12,/);
    const folder = mkdtempSync(join(tmpdir(), "playground-"));
    try {
        const source = join(folder, "network.cpp");
        writeFileSync(source, program);
        const root = new URL("../../", import.meta.url).pathname;
        const run = promisify(execFile);
        await run("clang++-19", [
            "-std=c++20", "-O0", "-Wall", "-Wextra", "-Werror", `-I${root}include`, `-I${root}dsl`, source, "-o", join(folder, "network"), "-llapack",
        ]);
        const { stdout } = await run(join(folder, "network"), []);
        const [, trainLoss, testLoss] = stdout.match(/training loss ([\d.]+)\ntest loss ([\d.]+)\n/);
        // The processor and the browser round differently.
        for (const [printed, name] of [[trainLoss, "train"], [testLoss, "test"]])
            assert.ok(Math.abs(Number(printed) - (await fact(page, name))) < 1e-4, `${name}: ${printed}, the page ${await fact(page, name)}`);
    } finally {
        rmSync(folder, { recursive: true });
    }
}, { hash: "data=xor&features=x,y,sinx&layers=3&activation=own&formula=x*sigmoid(x)&optimizer=adam&penalty=l2&goal=likely&noise=5" }));

test("playground: by the keyboard alone, in Korean", onPage("playground", async ({ page }) => {
    await opened(page);
    assert.ok(await tabTo(page, button(page, "재생")));
    await page.keyboard.press("Enter");
    await eventually(async () => (await fact(page, "epoch")) > 5, "some epochs");
    await page.keyboard.press("Enter");
    await button(page, "재생").waitFor();
    assert.ok(await tabTo(page, button(page, "1층 유닛 2")));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "1층 유닛 2" }).waitFor();
    assert.ok(await tabTo(page, page.locator(".weights input").first()));
}, { language: "ko" }));

test("playground: shows the largest network in one window, and the first one on a phone", onPage("playground", async ({ page }) => {
    await opened(page);
    const isWhole = () => page.locator(".network").evaluate((network) => {
        const scrolled = network.closest(".scroll");
        return scrolled.scrollWidth <= scrolled.clientWidth;
    });
    await eventually(isWhole, "six layers fit");
    // No two buttons lie on each other.
    const covered = await page.locator(".layer-buttons button:enabled").evaluateAll((all) => all.filter((one) => {
        one.scrollIntoView({ block: "center" });
        const { x, y, width, height } = one.getBoundingClientRect();
        return [0.1, 0.9].some((share) => document.elementFromPoint(x + share * width, y + share * height)?.closest("button") !== one);
    }).length);
    assert.equal(covered, 0);
    const hint = page.getByText("Scroll the picture sideways to see all layers.");
    assert.equal(await hint.count(), 0);
    await page.setViewportSize({ width: 360, height: 800 });
    await hint.waitFor();
    for (let i = 0; i < 4; ++i) await button(page, "Remove a layer").click();
    await eventually(isWhole, "two layers fit");
    assert.equal(await hint.count(), 0);
}, { hash: "layers=8,8,8,8,8,8" }));

test("playground: says when a rate is too high", onPage("playground", async ({ page }) => {
    await opened(page);
    await button(page, "Play").click();
    await page.getByText("The loss is no longer a finite number").waitFor();
    await button(page, "Start again").click();
    await eventually(async () => (await fact(page, "epoch")) === 0, "the beginning");
}, { hash: "goal=numbers&data=plane&activation=linear&rate=10&pace=0&layers=8,8" }));
