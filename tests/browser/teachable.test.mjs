// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The teachable machine, taught as a reader does: a fake camera and microphone play what teachable_examples.py makes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { makeMachineExport, makeSound, makeSoundsExport, writeSound } from "./machine_export.mjs";
import { assertAccessible, assertFits, assertKorean, dragFinger, eventually, onPage, screenshot, slow, tabTo } from "./harness.mjs";

await import("./teachable_files.mjs");
const { unzipSync, zipSync } = createRequire(join(process.env.STRATA_PACKAGES, "package.json"))("fflate");

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const folder = join(process.env.STRATA_SITE, "../teachable");
mkdirSync(folder, { recursive: true });
execFileSync("/usr/bin/python3", [join(here, "teachable_examples.py"), folder]);

const film = join(folder, "film.y4m");
const sound = join(folder, "sound.wav");
/** What the devices play from when they are opened next. */
const playFilm = (name) => copyFileSync(join(folder, `${name}.y4m`), film);
const playSound = (name) => copyFileSync(join(folder, `${name}.wav`), sound);
playFilm("cat");
playSound("background");
const devices = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`, `--use-file-for-fake-audio-capture=${sound}`];
// A browser without a window asks nobody: these answer what it would ask.
const args = [...devices, "--use-fake-ui-for-media-stream"];
const refused = [...devices, "--use-fake-ui-for-media-stream=deny"];
const permissions = ["camera", "microphone"];

const isReady = (page) => page.locator("[data-ready=true]").waitFor();
const card = (page, place) => page.locator(".card").nth(place);
const countOf = (page, place) => card(page, place).locator(".thumbnails li").count();
const answerOf = (page) => page.locator("[data-answer]").getAttribute("data-answer");
const sharesOf = (page) => page.locator(".bars li").evaluateAll((bars) => bars.map((bar) => Number(bar.dataset.share)));
const look = (page, input) => page.getByRole("radio", { name: input }).check();

/** Names the classes, adding those that are missing. */
async function nameClasses(page, names) {
    for (const [place, name] of names.entries()) {
        if ((await page.locator(".card").count()) <= place) await page.getByRole("button", { name: "Add a class" }).click();
        await card(page, place).locator("input.name").fill(name);
        await card(page, place).locator("input.name").press("Enter");
        await page.getByRole("region", { name, exact: true }).waitFor();
    }
}

/** Waits until what was taken is stored: a busy browser may take a second to encode a picture. */
const isStored = (page) => page.locator("[aria-busy=false]").waitFor();

/** Holds the button of a card down, with the mouse or the space bar, until it has so many examples. */
async function record(page, place, device, count, key = undefined) {
    await card(page, place).getByRole("button", { name: device, exact: true }).click();
    const hold = card(page, place).locator(".hold");
    await eventually(() => hold.isEnabled(), `the ${device} opens`);
    // A camera that was not yet closed shows the last picture of the film before.
    if (device === "Camera") {
        const countFrames = (video) => video.getVideoPlaybackQuality().totalVideoFrames;
        await eventually(async () => (await card(page, place).locator("video").evaluate(countFrames)) > 2, "the film runs");
    }
    if (key) {
        await hold.focus();
        await page.keyboard.down(key);
    } else {
        await hold.hover();
        await page.mouse.down();
    }
    await eventually(async () => (await countOf(page, place)) >= count, `${count} examples`);
    await (key ? page.keyboard.up(key) : page.mouse.up());
    await isStored(page);
    await card(page, place).getByRole("button", { name: device, exact: true }).click();
}

async function train(page, name = "Train") {
    await page.getByRole("button", { name, exact: true }).click();
    await page.locator("[data-state=trained]").waitFor({ state: "attached" });
}

/** Waits until what a device shows or plays is taken for a class three times in a row: a busy machine drops parts of sounds. */
async function assertSeen(page, device, name, description) {
    await look(page, device);
    let row = 0;
    await eventually(async () => {
        await page.waitForTimeout(100);
        row = (await answerOf(page)) === name ? row + 1 : 0;
        return row === 3;
    }, `${description}: ${name}`);
    await look(page, "Nothing");
}

/** Saves what a button offers, as a file in the folder of the test. */
async function save(page, button, name) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button, exact: true }).click()]);
    assert.equal(download.suggestedFilename(), name);
    const file = join(folder, name);
    await download.saveAs(file);
    return file;
}

/** Gives files to a button that asks for some. */
async function choose(page, scope, button, files) {
    const [asked] = await Promise.all([page.waitForEvent("filechooser"), scope.getByText(button, { exact: true }).click()]);
    await asked.setFiles(files);
}

/** Drops files of the test's folder on an element. */
async function dropFiles(page, element, names) {
    const files = names.map((name) => [name, readFileSync(join(folder, name)).toString("base64")]);
    const carried = await page.evaluateHandle((given) => {
        const transfer = new DataTransfer();
        for (const [name, text] of given) transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name, { type: "image/png" }));
        return transfer;
    }, files);
    for (const type of ["dragenter", "dragover", "drop"]) await element.dispatchEvent(type, { dataTransfer: carried });
}

/** The tensors and metadata of a safetensors file. */
function readTensors(file) {
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
    const { __metadata__: metadata, ...stored } = header;
    const tensors = {};
    for (const [name, { shape, data_offsets: [begin, end] }] of Object.entries(stored)) {
        const start = bytes.byteOffset + 8 + length;
        tensors[name] = { shape, numbers: new Float32Array(bytes.buffer.slice(start + begin, start + end)) };
    }
    return { tensors, metadata };
}

/** Compiles the exported header into a program that reads features and says how sure it is of each class. */
function runHeader(features, classes) {
    const program = join(folder, "program");
    writeFileSync(`${program}.cpp`, `
        #include "model.hpp"
        #include <cstdio>
        int main(int, char** arguments) {
            std::array<float, ${features}> features;
            std::FILE* const file = std::fopen(arguments[1], "rb");
            if (!file || std::fread(features.data(), sizeof(float), features.size(), file) != features.size()) return 1;
            const auto shares = taught.predict(features);
            static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(shares)>> == ${classes});
            for (const float share : shares) std::printf("%.9g\\n", share);
        }
    `);
    execFileSync("g++", ["-std=c++20", "-Wall", "-Wextra", "-Werror", `-I${root}/include`, `-I${root}/dsl`, `${program}.cpp`, "-o", program], { stdio: ["ignore", "inherit", "inherit"] });
    return execFileSync(program, [join(folder, "features.bin")]).toString().trim().split("\n").map(Number);
}

/** What ONNX Runtime computes with a model of one input; nothing where check could not install it. */
async function runOnnx(file, numbers) {
    let runtime;
    try {
        runtime = createRequire(join(root, "build/npm/package.json"))("onnxruntime-node");
    } catch {
        return undefined;
    }
    const session = await runtime.InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
    const [{ name, shape }] = session.inputMetadata;
    const results = await session.run({ [name]: new runtime.Tensor("float32", Float32Array.from(numbers), [1, ...shape.slice(1)]) });
    const shares = [...results[session.outputNames[0]].data];
    await session.release();
    return shares;
}

function assertSame(found, expected, description, tolerance = 1e-6) {
    assert.equal(found.length, expected.length);
    found.forEach((value, place) => assert.ok(Math.abs(value - expected[place]) < tolerance, `${description}: ${found} instead of ${expected}`));
}

test("teachable: tells pictures of the camera and of files apart, and keeps what it learnt", onPage("teachable", async ({ page }) => {
    const names = ["Person", "Cat", "Cup"];
    await isReady(page);
    assert.match(await page.locator(".privacy").innerText(), /Nothing leaves this machine/);
    await nameClasses(page, names);
    assert.ok(await page.getByRole("button", { name: "Train", exact: true }).isDisabled(), "there is nothing to learn from");
    // As in a busy browser: examples are stored behind the button's release, and none is lost or learnt without.
    await page.evaluate(() => {
        const encode = OffscreenCanvas.prototype.convertToBlob;
        OffscreenCanvas.prototype.convertToBlob = async function (options) {
            await new Promise((resolve) => setTimeout(resolve, 700));
            return encode.call(this, options);
        };
    });
    playFilm("astronaut");
    await record(page, 0, "Camera", 5);
    playFilm("cat");
    await record(page, 1, "Camera", 5, " ");
    playFilm("coffee");
    await record(page, 2, "Camera", 6, "Enter");

    // Examples can be taken back, and files that are none are named.
    const before = await countOf(page, 2);
    await card(page, 2).getByRole("button", { name: "Remove example 1 of Cup" }).press("Enter");
    await eventually(async () => (await countOf(page, 2)) === before - 1, "an example less");
    await choose(page, card(page, 2), "Files", [join(here, "teachable_examples.py"), join(folder, "coffee_new.png")]);
    await eventually(async () => (await countOf(page, 2)) === before, "a picture of a file");
    await page.getByText("No example for this machine: teachable_examples.py").waitFor();
    await dropFiles(page, card(page, 2), ["cat_new.png", "coffee_new.png"]);
    await eventually(async () => (await countOf(page, 2)) === before + 2, "pictures that are dropped");
    for (const place of [2, 1, 0]) await card(page, 2).getByRole("button", { name: `Remove example ${before + place} of Cup` }).click();

    await choose(page, card(page, 2), "Files", [join(folder, "coffee_new.png")]);
    await train(page);
    assert.equal(await countOf(page, 2), before, "it learns from what is on its way");
    await card(page, 2).getByRole("button", { name: `Remove example ${before} of Cup` }).click();
    await train(page);
    for (const [name, file] of [["Person", "astronaut"], ["Cat", "cat"], ["Cup", "coffee"]]) {
        playFilm(`${file}_new`);
        await assertSeen(page, "Camera", name, "what the camera shows anew");
    }

    await page.getByText("Under the hood").click();
    await page.getByRole("img", { name: "Loss behind each epoch" }).waitFor();
    assert.equal(await page.locator(".accuracies tbody tr").count(), 3);
    const counts = (await page.locator(".confusion tbody td").allInnerTexts()).map(Number);
    assert.deepEqual(counts.map((count) => Math.sign(count)), [1, 0, 0, 0, 1, 0, 0, 0, 1], "what is held out is told apart as well");
    assert.match(await page.locator(".code pre").first().innerText(), /^input<480> \| dense<100> \| relu \| dense<3> \| softmax$/);
    await card(page, 0).getByRole("button", { name: "Drawing", exact: true }).click();
    await assertAccessible(page);
    await screenshot(page, "teachable pictures");
    await card(page, 0).getByRole("button", { name: "Drawing", exact: true }).click();

    const see = async (picture) => {
        await look(page, "Nothing");
        await look(page, "Files");
        await choose(page, page.locator("section.panel", { hasText: "3. What it sees" }), "Choose files", [picture]);
        await eventually(async () => (await answerOf(page)) !== "", "an answer");
        return sharesOf(page);
    };
    const project = await save(page, "Save the project", "pictures.zip");
    const entries = unzipSync(readFileSync(project));
    const stored = join(folder, "stored.png");
    writeFileSync(stored, entries["examples/3/2.png"]);
    const shares = await see(stored);
    assert.equal(shares.indexOf(Math.max(...shares)), 2);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share) - 1) < 1e-5);

    // A second class of one name gets a number, and it is said.
    await card(page, 1).locator("input.name").fill("Cup");
    await card(page, 1).locator("input.name").press("Enter");
    await page.getByText("Two classes had the same name; one is called Cup 2 now.").waitFor();
    assert.equal(await card(page, 1).locator("input.name").inputValue(), "Cup 2");
    await nameClasses(page, names);

    // The same head in a file of weights, in one of ONNX, and in a program.
    const head = readTensors(await save(page, "Weights (safetensors)", "model.safetensors"));
    assert.deepEqual(Object.values(head.tensors).map(({ shape }) => shape), [[480, 100], [100], [100, 3], [3]]);
    assert.deepEqual(JSON.parse(head.metadata.names), names);
    const onnx = readFileSync(await save(page, "ONNX", "model.onnx"));
    // It takes pictures: the network below is in it.
    assert.ok(onnx.includes("Softmax") && onnx.length > 4 * (1_751_064 + 480 * 100 + 100 + 300 + 3), "a model with all its weights");
    assert.ok(onnx.includes(JSON.stringify(names)) && onnx.includes("numbers 0 to 255"), "it says what it takes and gives");
    const colours = await page.evaluate(async (text) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
        const context = new OffscreenCanvas(224, 224).getContext("2d");
        context.drawImage(bitmap, 0, 0);
        return [...context.getImageData(0, 0, 224, 224).data].filter((_, place) => place % 4 < 3);
    }, readFileSync(stored).toString("base64"));
    const computed = await runOnnx(join(folder, "model.onnx"), colours);
    if (computed) assertSame(computed, shares, "what ONNX Runtime computes of the picture", 1e-4);
    await save(page, "C++ header", "model.hpp");
    const numbers = readTensors(await save(page, "Examples as numbers (safetensors)", "examples.safetensors"));
    const exampleCount = Object.keys(entries).filter((path) => path.startsWith("examples/")).length;
    assert.deepEqual(numbers.tensors["examples.features"].shape, [exampleCount, 480]);
    const place = numbers.tensors["examples.labels"].numbers.indexOf(2) + 1;
    writeFileSync(join(folder, "features.bin"), numbers.tensors["examples.features"].numbers.subarray(place * 480, (place + 1) * 480));
    assertSame(runHeader(480, 3), shares, "what the exported program computes");

    // The project, opened in a fresh page, says the same to the last digit.
    await page.reload();
    await isReady(page);
    assert.equal(await countOf(page, 0), 0);
    await choose(page, page, "Open a project", [project]);
    await page.locator("[data-state=trained]").waitFor({ state: "attached" });
    assert.deepEqual(await page.locator(".card input.name").evaluateAll((inputs) => inputs.map((input) => input.value)), names);
    assert.equal(await countOf(page, 2), before - 1);
    assert.deepEqual(await see(stored), shares);

    // An example that is no picture is one that cannot be read, and the others stay.
    const signed = entries["examples/3/2.png"].slice(0, 8);
    const half = join(folder, "half.zip");
    writeFileSync(half, zipSync({ ...entries, "examples/3/2.png": signed }));
    await choose(page, page, "Open a project", [half]);
    await page.getByRole("button", { name: "Remove example 2 of Cup. This example cannot be read." }).waitFor();
    assert.equal(await page.getByRole("alert").filter({ visible: true }).count(), 0);

    // A project whose head is damaged leaves the one before as it is.
    const broken = join(folder, "broken.zip");
    writeFileSync(broken, zipSync({ ...entries, "head.safetensors": new Uint8Array(Buffer.from("no weights")) }));
    await choose(page, page, "Open a project", [broken]);
    await page.getByText("This file cannot be read.").waitFor();
    assert.equal(await countOf(page, 2), before - 1);
    assert.deepEqual(await see(stored), shares);

    // A class that goes makes the machine stale; what was learnt stays in use until it learns again.
    await card(page, 1).getByRole("button", { name: "Remove class: Cat" }).click();
    await page.locator("[data-state=stale]").waitFor();
    await page.getByText("Under the hood").click();
    const epochs = page.getByRole("spinbutton", { name: "Epochs" });
    await epochs.fill("2000");
    await epochs.press("Enter");
    await page.getByText("2000: expected a whole number from 1 to 1000. It stays 50.").waitFor();
    assert.equal(await epochs.inputValue(), "50");
    await epochs.fill("1000");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("button", { name: "Stop learning" }).click();
    await page.locator("[data-state=trained]").waitFor();
    assert.equal(await page.locator(".bars li").count(), 2);
}, { args, permissions }));

test("teachable: tells sounds of the microphone and of files apart", onPage("teachable", async ({ page }) => {
    await isReady(page);
    assert.equal(await card(page, 0).locator("input.name").inputValue(), "Background");
    await nameClasses(page, ["Background", "Tone", "Knocks"]);
    playSound("background");
    await record(page, 0, "Microphone", 3);
    playSound("tone");
    await record(page, 1, "Microphone", 4, " ");
    await choose(page, card(page, 2), "Files", [join(folder, "knocks.wav"), join(folder, "knocks_more.wav")]);
    await eventually(async () => (await countOf(page, 2)) === 5, "a second of each file is an example");
    await page.locator(".thumbnails .spectrogram").first().waitFor();
    await train(page);
    for (const [name, file] of [["Tone", "tone"], ["Knocks", "knocks"], ["Background", "background"]]) {
        playSound(`${file}_new`);
        await assertSeen(page, "Microphone", name, "what the microphone hears anew");
    }
    await look(page, "Files");
    await choose(page, page.locator("section.panel", { hasText: "3. What it sees" }), "Choose files", [join(folder, "knocks_new.wav")]);
    await eventually(async () => (await answerOf(page)) === "Knocks", "knocks of a file");
    // The ONNX file says what it takes, spectrograms, and computes the same of one.
    const machine = page.locator("section.panel", { hasText: "3. What it sees" });
    await choose(page, machine, "Choose files", [join(folder, "knocks_more.wav")]);
    const features = readTensors(await save(page, "Examples as numbers (safetensors)", "examples.safetensors")).tensors["examples.features"].numbers;
    const onnx = await save(page, "ONNX", "model.onnx");
    assert.ok(readFileSync(onnx).includes("a spectrogram: 48 steps of 40 bands"));
    const computed = await runOnnx(onnx, features.subarray(-48 * 40));
    if (computed) {
        const differ = (shares) => computed.some((share, place) => Math.abs(share - shares[place]) > 1e-5);
        await eventually(async () => !differ(await sharesOf(page)), `the shares ${computed} of ONNX Runtime`);
    }
    await screenshot(page, "teachable sounds");
}, { args, permissions, hash: "kind=sounds" }));

test("teachable: tells poses apart by their points", onPage("teachable", async ({ page }) => {
    await isReady(page);
    await nameClasses(page, ["Upright", "Mirrored", "Leaning"]);
    for (const [place, name] of ["upright", "mirrored", "leaning"].entries()) {
        playFilm(name);
        await record(page, place, "Camera", 5);
    }
    await eventually(async () => (await page.locator(".thumbnails .skeleton circle").count()) > 40, "points over the pictures");
    await train(page);
    for (const [name, file] of [["Upright", "upright"], ["Mirrored", "mirrored"], ["Leaning", "leaning"]]) {
        playFilm(`${file}_new`);
        await assertSeen(page, "Camera", name, "a person that is seen anew");
    }
    // A cup has no body.
    await look(page, "Files");
    await choose(page, page.locator("section.panel", { hasText: "3. What it sees" }), "Choose files", [join(folder, "coffee_new.png")]);
    await page.getByText("No body is seen here.").waitFor();
    await screenshot(page, "teachable poses");
}, { args, permissions, hash: "kind=poses" }));

test("teachable: learns drawings of a finger in a narrow window of a slow machine, in Korean", onPage("teachable", async ({ page }) => {
    await isReady(page);
    await page.getByText("속 들여다보기").tap();
    await page.getByRole("combobox", { name: "아래쪽 신경망" }).selectOption("64 x 64");
    const lines = [
        (shift) => [[0.2, 0.5 + shift], [0.8, 0.5 + shift]],
        (shift) => [[0.5 + shift, 0.2], [0.5 + shift, 0.8]],
    ];
    for (const place of [0, 1]) {
        await card(page, place).getByRole("button", { name: "그림", exact: true }).tap();
        const pad = card(page, place).locator("canvas.drawing");
        for (const shift of [-0.15, 0.15]) {
            await dragFinger(page, pad, lines[place](shift));
            await card(page, place).getByRole("button", { name: "그림 넣기" }).tap();
            await card(page, place).getByRole("button", { name: "지우기" }).tap();
        }
        await eventually(async () => (await countOf(page, place)) === 2, "two drawings");
    }
    await assertFits(page);
    await slow(page, 4);
    await train(page, "가르치기");
    await slow(page, 1);
    await page.getByRole("radio", { name: "그림" }).check();
    const preview = page.locator("section.panel", { hasText: "3. 무엇으로 보이나" });
    for (const place of [1, 0]) {
        await dragFinger(page, preview.locator("canvas.drawing"), lines[place](0.1));
        await eventually(async () => (await answerOf(page)) === `클래스 ${place + 1}`, "a new line");
        await preview.getByRole("button", { name: "지우기" }).tap();
    }
    // Long names leave the numbers beside them in sight.
    await nameClasses(page, ["아주긴이름".repeat(8), `"<b>${"w".repeat(36)}`]);
    await page.locator(".confusion", { hasText: "wwww" }).waitFor();
    const hidden = await page.locator(".accuracies, .confusion").evaluateAll((tables) =>
        tables.filter((table) => table.scrollWidth > table.parentElement.clientWidth).map((table) => table.className));
    assert.deepEqual(hidden, []);
    await screenshot(page, "teachable narrow drawing");
}, { language: "ko", width: 360, touch: true }));

/** Opens the files of an export as a zip. */
function openExport(page, files) {
    const archive = join(folder, "export.zip");
    const entries = Object.entries(files).map(([name, content]) => [name, new Uint8Array(Buffer.from(content))]);
    writeFileSync(archive, zipSync(Object.fromEntries(entries), { level: 0 }));
    return choose(page, page, "Open a project", [archive]);
}

test("teachable: reads what Teachable Machine exports of pictures, and names of poses", onPage("teachable", async ({ page }) => {
    await isReady(page);
    const files = makeMachineExport(["Left", "Right", "Both"]);
    const pack = (changed = {}) => openExport(page, { ...files, ...changed });
    await pack();
    await page.getByText("A model of Teachable Machine with the classes Left, Right, Both.").waitFor();
    await look(page, "Files");
    await choose(page, page.locator("section.panel", { hasText: "3. What it sees" }), "Choose files", [join(folder, "cat_new.png")]);
    await eventually(async () => (await answerOf(page)) !== "", "an answer");
    const shares = await sharesOf(page);
    assert.equal(shares.length, 3);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share) - 1) < 1e-5);

    // Weights of the reader's own stand below as well, and what are none are refused.
    const own = join(folder, "own.safetensors");
    copyFileSync(join(process.env.STRATA_SITE, "pages/models/centernet.safetensors"), own);
    await page.getByText("Under the hood").click();
    await choose(page, page, "Own weights (safetensors)", [own]);
    await eventually(async () => (await page.getByRole("combobox", { name: "Network below" }).inputValue()) === "own.safetensors", "own weights");
    writeFileSync(own, "no weights");
    await choose(page, page, "Own weights (safetensors)", [own]);
    await page.getByText("This file cannot be read.").waitFor();

    // Of poses only the names can be taken, and it says what is missing; what is cut short is refused by its place.
    await pack({ "metadata.json": JSON.stringify({ packageName: "@teachablemachine/pose", labels: ["Sitting", "Standing"] }) });
    await page.getByText(/The classes Sitting, Standing of Teachable Machine\..* PoseNet .* is not in the file.* MoveNet /).waitFor();
    assert.ok(await page.getByRole("radio", { name: "Poses" }).isChecked());
    await pack({ "weights.bin": Buffer.from(files["weights.bin"]).subarray(4) });
    await page.getByText("This file cannot be read.").waitFor();
    // It is said in the language that is chosen, and the words behind it stay English.
    await page.getByRole("button", { name: "한국어" }).click();
    await assertKorean(page.getByRole("alert"), /^weights\.bin: expected \d+ bytes, found \d+$/);
}));

test("teachable: hears with what Teachable Machine exports of sounds", onPage("teachable", async ({ page }) => {
    await isReady(page);
    await openExport(page, makeSoundsExport(["Background Noise", "One", "Two"]));
    await page.getByText("A model of Teachable Machine with the classes Background Noise, One, Two.").waitFor();
    assert.ok(await page.getByRole("radio", { name: "Sounds" }).isChecked());
    // What TensorFlow.js says of the same sounds, of what the browser's AnalyserNode hears: machine_peer.mjs.
    const sounds = [[false, [0.0041108527, 0.0022061330, 0.9936829805]], [true, [0.0028007666, 0.9861661196, 0.0110331448]]];
    for (const [hasSilence, expected] of sounds) {
        const file = join(folder, "heard.wav");
        writeFileSync(file, writeSound(makeSound(hasSilence)));
        await look(page, "Nothing");
        await look(page, "Files");
        await choose(page, page.locator("section.panel", { hasText: "3. What it sees" }), "Choose files", [file]);
        await eventually(async () => (await answerOf(page)) !== "", "an answer");
        (await sharesOf(page)).forEach((share, place) =>
            assert.ok(Math.abs(share / expected[place] - 1) < 1e-3, `${share} instead of ${expected[place]} of class ${place}`));
    }
    // It hears the microphone, and is taught anew on the layers below: of examples at their own rate.
    playSound("tone");
    await look(page, "Microphone");
    await eventually(async () => (await answerOf(page)) !== "", "an answer");
    await screenshot(page, "teachable exported sounds");
    await look(page, "Nothing");
    await choose(page, card(page, 0), "Files", [join(folder, "background.wav")]);
    await choose(page, card(page, 1), "Files", [join(folder, "tone.wav")]);
    await choose(page, card(page, 2), "Files", [join(folder, "knocks.wav"), join(folder, "knocks_more.wav")]);
    await eventually(async () => (await countOf(page, 2)) > 1, "examples");
    await train(page);
    await look(page, "Files");
    await choose(page, page.locator("section.panel", { hasText: "3. What it sees" }), "Choose files", [join(folder, "knocks_new.wav")]);
    await eventually(async () => (await answerOf(page)) === "Two", "knocks of a file");
    await page.getByText("Under the hood").click();
    assert.equal(await page.getByRole("combobox", { name: "Network below" }).inputValue(), "Teachable Machine");
}, { args, permissions }));

test("teachable: draws with keys alone, and says that there is no camera and no microphone", onPage("teachable", async ({ page }) => {
    await isReady(page);
    const numbers = page.getByRole("button", { name: "Examples as numbers (safetensors)" });
    assert.ok(await numbers.isDisabled(), "there is nothing to save");
    assert.ok(await tabTo(page, card(page, 0).getByRole("button", { name: "Drawing", exact: true })));
    await page.keyboard.press("Enter");
    assert.ok(await tabTo(page, card(page, 0).locator("canvas.drawing")));
    const isDark = () => card(page, 0).locator("canvas.drawing").evaluate((canvas) => {
        const pixels = canvas.getContext("2d").getImageData(112, 100, 1, 1).data;
        return pixels[0] < 128;
    });
    assert.equal(await isDark(), false);
    await page.keyboard.press("Space");
    for (let i = 0; i < 3; ++i) await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    assert.equal(await isDark(), true, "a line from the middle upwards");
    assert.ok(await tabTo(page, card(page, 0).getByRole("button", { name: "Add the drawing" })));
    await page.keyboard.press("Enter");
    await eventually(async () => (await countOf(page, 0)) === 1, "the drawing");
    assert.ok(await numbers.isEnabled());

    // The browser of this test has no devices.
    await card(page, 0).getByRole("button", { name: "Camera", exact: true }).click();
    await page.getByText("There is no camera.").waitFor();
    await page.getByRole("radio", { name: "Sounds" }).check();
    await isReady(page);
    await card(page, 0).getByRole("button", { name: "Microphone", exact: true }).click();
    await page.getByText("There is no microphone.").waitFor();
}));

test("teachable: says that the microphone is refused, and how to go on", onPage("teachable", async ({ page }) => {
    await isReady(page);
    await card(page, 0).getByRole("button", { name: "Microphone", exact: true }).click();
    await page.getByText("The microphone is refused.").waitFor();
    await card(page, 0).getByRole("button", { name: "Try again" }).waitFor();
}, { args: refused, hash: "kind=sounds" }));
