// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertAccessible, assertKorean, dragFinger, dragMouse, eventually, onPage, screenshot, tabTo } from "./harness.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const plane = (page) => page.locator(".plane");
const pointCount = async (page) => Number(await page.locator(".plane svg").getAttribute("data-points"));
const attribute = (page, id, name) => page.getByTestId(id).getAttribute(name);
const numbersOf = (text) => text.trim().split(/\s+/).map(Number);
const coefficients = async (page) => numbersOf(await attribute(page, "formula", "data-coefficients"));
const setSlider = (page, name, value) => page.getByRole("slider", { name }).fill(String(value));
const choose = (page, name) => page.getByRole("radio", { name, exact: true }).check();
const near = (found, expected, error = 1e-9) => found.length === expected.length && found.every((value, i) => Math.abs(value - expected[i]) <= error * Math.max(1, Math.abs(expected[i])));
const own = (points) => `points=${encodeURIComponent(points.map((point) => point.join(",")).join(";"))}`;

/** Waits for coefficients that are near these. */
const fits = (page, expected, error) => eventually(async () => near(await coefficients(page), expected, error), `coefficients ${expected}`);

/** Constant and slope of least squares with a penalty on the slope. */
function lineThrough(points, l2 = 0) {
    const mean = (i) => points.reduce((sum, point) => sum + point[i], 0) / points.length;
    const [mx, my] = [mean(0), mean(1)];
    let xx = l2, xy = 0;
    for (const [x, y] of points) {
        xx += (x - mx) ** 2;
        xy += (x - mx) * (y - my);
    }
    return [my - (xy / xx) * mx, xy / xx];
}
const lab = [[1, 1], [2, 2], [3, 1.6], [4, 3.8], [5, 2.3]];

test("line: fits least squares, ridge and powers", onPage("line", async ({ page }) => {
    await fits(page, lineThrough(lab));
    assert.match(await page.getByTestId("formula").innerText(), /^y = 0\.82 \+ 0\.44 x$/);
    const [constant, slope] = lineThrough(lab);
    const squares = lab.reduce((sum, [x, y]) => sum + (y - constant - slope * x) ** 2, 0);
    const spread = lab.reduce((sum, [, y]) => sum + (y - 2.14) ** 2, 0);
    assert.ok(near([Number(await attribute(page, "squares", "data-value"))], [squares]));
    assert.ok(near([Number(await attribute(page, "r-squared", "data-value"))], [1 - squares / spread]));
    assert.equal(await page.locator("line.residual").count(), 5);
    assert.match(await page.locator("main").innerText(), /Predicted y: 2\.14/);

    await setSlider(page, "ridge", 1);
    await fits(page, lineThrough(lab, 10));
    await setSlider(page, "ridge", -5);
    await setSlider(page, "Degree", 4);
    // A curve of degree 4 goes through five points.
    await eventually(async () => Number(await attribute(page, "r-squared", "data-value")) > 1 - 1e-12, "R^2 is 1");
    await choose(page, "squares");
    assert.equal(await page.locator("line.residual").count(), 0);
}));

test("line: the mouse adds, moves and removes points", onPage("line", async ({ page }) => {
    await page.getByRole("combobox").selectOption("empty");
    await page.getByText("Put a point on the plane.").waitFor();
    const box = await plane(page).boundingBox();
    for (const x of [0.3, 0.5, 0.7]) await page.mouse.click(box.x + x * box.width, box.y + 0.5 * box.height);
    assert.equal(await pointCount(page), 3);
    await eventually(async () => Math.abs((await coefficients(page))[1]) < 1e-9, "a level line");
    await dragMouse(page, plane(page), [[0.7, 0.5], [0.7, 0.2]]);
    assert.equal(await pointCount(page), 3);
    await eventually(async () => (await coefficients(page))[1] > 0.1, "a rising line");
    await dragMouse(page, plane(page), [[0.7, 0.2], [0.7, -0.2]]);
    assert.equal(await pointCount(page), 2);
    await page.mouse.click(box.x + 0.3 * box.width, box.y + 0.5 * box.height, { button: "right" });
    assert.equal(await pointCount(page), 1);
    await choose(page, "removes a point");
    await page.mouse.click(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
    assert.equal(await pointCount(page), 0);
}));

test("line: the keyboard does the same", onPage("line", async ({ page }) => {
    assert.ok(await tabTo(page, plane(page)), "the plane is reached by Tab");
    const status = page.locator(".unseen[role=status]");
    await page.keyboard.press("Space");
    assert.equal(await pointCount(page), 6);
    assert.equal(await status.innerText(), "Point added.");
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("m");
    assert.equal(await status.innerText(), "Point put down.");
    // The middle of the plane is (3, 2.5), and it is 5 wide and 4 high.
    await fits(page, lineThrough([...lab, [3.125, 2.52]]), 1e-6);
    await page.keyboard.press("Delete");
    assert.equal(await pointCount(page), 5);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Delete");
    assert.equal(await status.innerText(), "There is no point under the cross.");
    await page.locator("summary").focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("y 5").fill("5.5");
    await page.getByLabel("y 5").press("Tab");
    await fits(page, lineThrough([...lab.slice(0, 4), [5, 5.5]]));
    await page.getByRole("button", { name: "Remove 1", exact: true }).press("Enter");
    await fits(page, lineThrough([...lab.slice(1, 4), [5, 5.5]]));
    await assertAccessible(page);
}));

test("line: a finger does on a slow and narrow device", onPage("line", async ({ page }) => {
    await fits(page, lineThrough(lab));
    await plane(page).tap({ position: { x: 200, y: 60 } });
    assert.equal(await pointCount(page), 6);
    const box = await plane(page).boundingBox();
    await dragFinger(page, plane(page), [[200 / box.width, 60 / box.height], [0.5, 0.5], [0.4, 0.6]]);
    assert.equal(await pointCount(page), 6);
    const moved = await page.locator(".point").last().getAttribute("transform");
    const [x, y] = moved.match(/[\d.]+/g).map(Number);
    assert.ok(Math.abs(x - 0.4 * box.width) < 3 && Math.abs(y - 0.6 * box.height) < 3, moved);
}, { width: 360, height: 740, touch: true, slowness: 6 }));

test("line: k-means step by step, run and the best of ten", onPage("line", async ({ page }) => {
    await page.getByRole("slider", { name: "Groups" }).waitFor();
    await eventually(async () => (await page.locator(".center").count()) === 4, "four centers");
    await page.getByRole("button", { name: "One step" }).click();
    await eventually(async () => (await page.getByTestId("steps").innerText()) === "1", "one step");
    const afterOne = Number(await attribute(page, "inertia", "data-value"));
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("No point changes its group any more.").waitFor();
    const settled = Number(await attribute(page, "inertia", "data-value"));
    assert.ok(settled <= afterOne);
    await page.getByRole("button", { name: "Best of 10 runs" }).click();
    await eventually(async () => (await page.locator(".legend li").count()) === 1, "inertias of all counts");
    const best = Number(await attribute(page, "inertia", "data-value"));
    assert.ok(best <= settled * (1 + 1e-12) && best > 0);
    // The inertia is what it is called, and each cloud of 30 points has its own center.
    const centers = numbersOf(await attribute(page, "inertia", "data-centers"));
    const points = await page.locator(".numbers input[aria-label]").evaluateAll((inputs) => inputs.map((input) => Number(input.value)));
    const nearest = [];
    let sum = 0;
    for (let i = 0; i < points.length; i += 2) {
        const squares = [0, 1, 2, 3].map((k) => (points[i] - centers[2 * k]) ** 2 + (points[i + 1] - centers[2 * k + 1]) ** 2);
        sum += Math.min(...squares);
        nearest.push(squares.indexOf(Math.min(...squares)));
    }
    assert.equal(nearest.length, 120);
    assert.ok(near([best], [sum], 1e-9));
    for (const k of [0, 1, 2, 3]) assert.ok(nearest.filter((label) => label === k).length >= 25);
    await screenshot(page, "line clusters");
    await setSlider(page, "Groups", 2);
    await eventually(async () => (await page.locator(".center").count()) === 2, "two centers");
}, { hash: "task=clusters" }));

test("line: the boundary between classes", onPage("line", async ({ page }) => {
    const accuracy = async () => Number(await attribute(page, "accuracy", "data-value"));
    await page.getByTestId("accuracy").waitFor();
    const straight = await accuracy();
    await setSlider(page, "Degree", 3);
    await setSlider(page, "Trust", 2);
    await eventually(async () => (await accuracy()) >= 0.97, "the moons apart");
    assert.ok(straight < 0.95);
    // The map is blue in a moon of blue points and orange in one of orange points.
    const colors = await page.locator("canvas.heat").evaluate((canvas) => {
        const pen = canvas.getContext("2d");
        const all = pen.getImageData(0, 0, canvas.width, canvas.height).data;
        let blue = 0, orange = 0;
        for (let i = 0; i < all.length; i += 4) {
            if (all[i + 2] > all[i] + 40) ++blue;
            if (all[i] > all[i + 2] + 40) ++orange;
        }
        return [blue, orange, canvas.width * canvas.height];
    });
    assert.ok(colors[0] > 0.2 * colors[2] && colors[1] > 0.2 * colors[2], String(colors));
    await screenshot(page, "line classes");
    // A third class on a free place makes three probabilities.
    await choose(page, "Class C");
    const box = await plane(page).boundingBox();
    for (const x of [0.12, 0.15, 0.18]) await page.mouse.click(box.x + x * box.width, box.y + 0.8 * box.height);
    await eventually(async () => /A .*%, B .*%, C .*%/.test(await page.getByTestId("shares").innerText()), "three classes");
    const shares = (await page.getByTestId("shares").innerText()).match(/[\d.]+/g).map(Number);
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 100) < 0.3 && shares[2] > 50, String(shares));
}, { hash: "task=classes" }));

test("line: an error is told and the next answer is right", onPage("line", async ({ page }) => {
    await fits(page, lineThrough(lab));
    await page.locator("summary").click();
    // A place whose eighth power is no number.
    await page.getByLabel("x 1", { exact: true }).fill("1e40");
    await page.getByLabel("x 1", { exact: true }).press("Tab");
    await setSlider(page, "Degree", 8);
    await page.getByRole("alert").filter({ hasText: "This cannot be computed." }).waitFor();
    await page.getByRole("button", { name: "한국어" }).click();
    await assertKorean(page.getByRole("alert"), /not finite|no number|NaN|infinit/);
    await page.getByRole("button", { name: "English" }).click();
    await setSlider(page, "Degree", 1);
    await page.getByLabel("x 1", { exact: true }).fill("1");
    await page.getByLabel("x 1", { exact: true }).press("Tab");
    await fits(page, lineThrough(lab));
    assert.equal(await page.getByRole("alert").count(), 0);
}));

test("line: the address keeps points and choices", onPage("line", async ({ page }) => {
    const points = [[0, 0], [1, 2], [2, 1], [4, 3]];
    await fits(page, lineThrough(points));
    await setSlider(page, "Degree", 2);
    await page.getByLabel("Predict y").fill("3");
    await eventually(async () => (await coefficients(page)).length === 3, "a parabola");
    const before = await coefficients(page);
    await page.reload();
    await fits(page, before);
    assert.equal(await page.getByRole("combobox").inputValue(), "own");
}, { hash: own([[0, 0], [1, 2], [2, 1], [4, 3]]) }));

test("line: opens where the address is nonsense, and refuses places that are none", onPage("line", async ({ page }) => {
    await fits(page, lineThrough([[0, 0], [1, 2], [2, 1]]));
    assert.equal(await pointCount(page), 3);
    await page.getByText("Points as numbers").click();
    const field = page.getByLabel("x 2", { exact: true });
    for (const typed of ["", "1e200"]) {
        await field.fill(typed);
        await field.press("Enter");
        assert.equal(await field.inputValue(), "1");
    }
    await field.fill("1.5");
    await field.press("Enter");
    await fits(page, lineThrough([[0, 0], [1.5, 2], [2, 1]]));
}, { hash: `task=__proto__&degree=-1&k=NaN&${own([[0, 0], [1, 2], [2, 1], [1e308, 2], [-1e308, 1], ["NaN", 1], [1]])}` }));

test("line: writes numbers far from 1 short, and tells ticks apart", onPage("line", async ({ page }) => {
    await eventually(async () => (await coefficients(page)).length === 3, "a parabola");
    assert.match(await page.getByTestId("formula").innerText(), /\d(\.\d+)?E\d+/);
    assert.doesNotMatch(await page.getByTestId("formula").innerText(), /0{6}|,000,000,/);
    for (const axis of await page.locator(".axis").all()) {
        const ticks = (await axis.locator("text").allInnerTexts()).filter((text) => text);
        assert.equal(new Set(ticks).size, ticks.length, ticks.join(" "));
    }
    const boxes = await page.locator(".plane .axis").first().locator("text").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    assert.ok(boxes.length >= 2 && boxes.every((box, i) => i === 0 || box.left > boxes[i - 1].right), "ticks stand beside each other");
    const cut = await page.locator(".plane .axis text").evaluateAll((all) => {
        const box = document.querySelector(".plane svg").getBoundingClientRect();
        return all.map((one) => one.getBoundingClientRect()).filter(({ left, right }) => left < box.left || right > box.right).length;
    });
    assert.equal(cut, 0, "ticks that are cut");
}, { hash: `degree=2&${own([[1e8, 1], [1e8 + 1, 2e7], [1e8 + 2, 2.5]])}` }));

test("line: the programs to copy compute the same on this machine", onPage("line", async ({ page }) => {
    const programOf = async () => {
        await page.getByRole("button", { name: "Copy" }).click();
        await page.getByText("Copied").waitFor();
        return page.evaluate(() => navigator.clipboard.readText());
    };
    await page.getByTestId("formula").waitFor();
    const curve = { program: await programOf(), numbers: [...(await coefficients(page)), Number(await attribute(page, "r-squared", "data-value"))] };
    assert.match(curve.program, /linear_regression<3> curve; \/\/ model<input<3> \| dense<1>, double>/);
    await choose(page, "Groups");
    await page.getByRole("button", { name: "Best of 10 runs" }).click();
    await page.getByRole("heading", { name: "The same in C++" }).waitFor();
    const clusters = { program: await programOf(), numbers: [...numbersOf(await attribute(page, "inertia", "data-centers")), Number(await attribute(page, "inertia", "data-value"))] };
    await choose(page, "A boundary");
    await page.getByTestId("accuracy").waitFor();
    await page.getByText("softmax_regression<2, 4>").waitFor();
    const classes = { program: await programOf(), numbers: numbersOf(await attribute(page, "accuracy", "data-coefficients")) };
    assert.match(classes.program, /model<input<2> \| dense<4> \| softmax, double>/);

    // One file, so that headers are read once.
    const all = [curve, clusters, classes];
    const parts = all.map(({ program }, i) => program.replace("int main()", `int show_${i}()`).replace(/}\n$/, "    return 0;\n}\n"));
    const main = `int main(int count, char**) {\n${all.map((_, i) => `    show_${i}();\n    std::puts("--");\n`).join("")}    return count - 1;\n}\n`;
    const folder = mkdtempSync(join(tmpdir(), "strata-"));
    try {
        const file = join(folder, "programs.cpp");
        writeFileSync(file, [...parts, main].join("\n"));
        execFileSync("clang++-19", ["-std=c++20", "-O0", `-I${root}include`, `-I${root}dsl`, file, "-o", join(folder, "programs"), "-llapack"], { stdio: ["ignore", "inherit", "inherit"] });
        const said = execFileSync(join(folder, "programs"), { encoding: "utf8" }).split("--\n");
        const printed = (text) => text.replace(/x\^\d+|R\^2/g, " ").match(/[-+]?\d[\d.]*(?:e[-+]?\d+)?/g).map(Number);
        assert.ok(near(printed(said[0]), curve.numbers, 1e-7), `${printed(said[0])} beside ${curve.numbers}`);
        assert.ok(near(printed(said[1]), clusters.numbers, 1e-8), `${printed(said[1])} beside ${clusters.numbers}`);
        assert.ok(near(printed(said[2]).slice(0, 8), classes.numbers.slice(0, 8), 1e-8), `${printed(said[2])} beside ${classes.numbers}`);
    } finally {
        rmSync(folder, { recursive: true });
    }
}, { hash: "data=stopping&degree=3" }));

test("line: whoever serves it alone is told its address", async () => {
    const { STRATA_PACKAGES, STRATA_SITE } = process.env;
    const { preview } = await import(pathToFileURL(join(STRATA_PACKAGES, "vite/dist/node/index.js")).href);
    Object.assign(process.env, { STRATA_PAGES: "line", STRATA_OUTPUT: join(STRATA_SITE, "pages") });
    const configFile = join(root, "examples/browser/vite.config.ts");
    const server = await preview({ configFile, configLoader: "runner", logLevel: "silent", preview: { port: 0, host: "localhost" } });
    try {
        server.printUrls();
        const [address] = server.resolvedUrls.local;
        assert.match(address, /^http:\/\/localhost:\d+\/line\.html$/);
        assert.ok((await fetch(address)).ok);
    } finally {
        await server.close();
    }
});
