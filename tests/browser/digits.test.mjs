// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import assert from "node:assert/strict";
import test from "node:test";
import { deflateSync } from "node:zlib";
import { assertAccessible, assertFits, assertKorean, dragFinger, dragMouse, eventually, onPage, screenshot, tabTo } from "./harness.mjs";

/** Points of an ellipse, angles in degrees clockwise from the right. */
const arc = (x, y, width, height, from, to) =>
    Array.from({ length: 17 }, (_, i) => {
        const angle = ((from + ((to - from) * i) / 16) * Math.PI) / 180;
        return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
    });

/** Digits as strokes on the paper, of several sizes and at several places. */
const drawings = {
    0: [arc(0.45, 0.5, 0.2, 0.33, 270, -90)],
    1: [[[0.7, 0.25], [0.68, 0.8]]],
    2: [[...arc(0.5, 0.3, 0.2, 0.15, 190, 400), [0.3, 0.8], [0.75, 0.78]]],
    3: [[...arc(0.4, 0.3, 0.15, 0.12, 210, 450), ...arc(0.4, 0.56, 0.18, 0.14, 270, 520)]],
    4: [[[0.35, 0.15], [0.3, 0.5], [0.72, 0.52]], [[0.66, 0.2], [0.62, 0.9]]],
    7: [[[0.2, 0.2], [0.75, 0.2], [0.5, 0.85]]],
    9: [[...arc(0.5, 0.35, 0.15, 0.15, 0, -350), [0.63, 0.5], [0.6, 0.85]]],
};
const answer = (page) => page.locator(".answer").first();
const pad = (page) => page.getByRole("application", { name: /Paper/ });
async function reads(page, digit) {
    return eventually(async () => {
        const text = await answer(page).innerText();
        return text.includes(`reads ${digit}:`) && text;
    }, `the digit ${digit} is read`);
}
const shares = async (page) => (await page.locator(".bars .share").allInnerTexts()).map((text) => parseFloat(text) / 100);

test("digits: reads what the mouse draws, live, with every layer", onPage("digits", async ({ page }) => {
    await pad(page).waitFor();
    for (const [digit, strokes] of Object.entries(drawings)) {
        for (const stroke of strokes) await dragMouse(page, pad(page), stroke);
        await reads(page, digit);
        const read = await shares(page);
        assert.equal(read.length, 10);
        assert.ok(read[digit] > 0.6, `the bar of ${digit} is ${read[digit]}`);
        assert.ok(Math.abs(read.reduce((sum, share) => sum + share, 0) - 1) < 0.02);
        if (digit === "3") await screenshot(page, "digits reader");
        if (digit !== "9") await page.getByRole("button", { name: "Clear" }).click();
    }

    const layers = page.locator(".layers > li");
    assert.equal(await layers.count(), 17);
    const convolution = layers.nth(1);
    assert.match(await convolution.innerText(), /2\. conv<16, 3>\s+26 × 26 × 16/);
    assert.match(await layers.nth(2).innerText(), /relu[^]*from 0 to/);
    assert.match(await layers.nth(16).innerText(), /softmax\s+10/);
    const drawnMaps = () => convolution.locator("canvas").evaluate((canvas) => canvas.toDataURL());
    const before = await drawnMaps();
    // The pen is still down: what layers make follows it.
    const { x, y, width, height } = await pad(page).boundingBox();
    await page.mouse.move(x + 0.2 * width, y + 0.9 * height);
    await page.mouse.down();
    await page.mouse.move(x + 0.8 * width, y + 0.92 * height, { steps: 5 });
    await eventually(async () => (await drawnMaps()) !== before, "the pictures follow the pen");
    await page.mouse.up();

    await page.getByRole("button", { name: "Undo" }).click();
    await reads(page, 9);
    const text = await page.locator("main").innerText();
    assert.match(text, /model<input<28, 28> \| reshape<28, 28, 1> \| repeat<2>\(conv<16, 3> \| relu\) \| max_pool<2>/);
    assert.match(text, /total\s+66,586/);
    assert.match(text, /stage 1: conv<16, 3>/);
    assert.match(text, /99\.52/);
    assert.match(text, /[\d.]+ µs/);
}));

test("digits: draws with keys", onPage("digits", async ({ page }) => {
    await pad(page).waitFor();
    assert.ok(await tabTo(page, pad(page)));
    const press = async (key, times) => {
        for (let i = 0; i < times; ++i) await page.keyboard.press(key);
    };
    await press("ArrowUp", 8);
    await press("ArrowLeft", 5);
    await press("Space", 1);
    await press("ArrowRight", 10);
    for (let i = 0; i < 4; ++i) {
        await press("ArrowDown", 4);
        await press("ArrowLeft", 1);
    }
    await press("Space", 1);
    await reads(page, 7);
    await press("Delete", 1);
    await eventually(async () => (await answer(page).innerText()) === "Nothing is drawn yet.", "the paper is empty");
}));

test("digits: draws with a finger on a narrow window", onPage("digits", async ({ page }) => {
    await pad(page).waitFor();
    for (const stroke of drawings[4]) await dragFinger(page, pad(page), stroke);
    await reads(page, 4);
    await assertFits(page);
    await screenshot(page, "digits finger");
}, { touch: true, width: 360, height: 740 }));

test("digits: reads all examples", onPage("digits", async ({ page }) => {
    await pad(page).waitFor();
    for (let digit = 0; digit < 10; ++digit) {
        await page.getByRole("button", { name: `Example of a ${digit}` }).click();
        await reads(page, digit);
    }
}));

test("digits: wanders in the plane", onPage("digits", async ({ page }) => {
    await pad(page).waitFor();
    await page.getByRole("button", { name: "Example of a 0" }).click();
    await reads(page, 0);
    await page.getByRole("radio", { name: "Plane of digits" }).check();
    const plane = page.getByRole("application", { name: /Plane of digits/ });
    await plane.waitFor();
    const image = page.getByRole("img", { name: /The image at/ });
    const taken = async () => /takes it for (\d)/.exec(await answer(page).innerText())?.[1];
    const found = new Set();
    for (const [x, y] of [[0.1, 0.5], [0.3, 0.2], [0.5, 0.5], [0.7, 0.8], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9], [0.85, 0.15]]) {
        const before = await image.evaluate((canvas) => canvas.toDataURL());
        await dragMouse(page, plane, [[0.5, 0.51], [x, y]]);
        await eventually(async () => (await image.evaluate((canvas) => canvas.toDataURL())) !== before, "another image is drawn");
        // The image and what the reader takes it for are shown at once.
        found.add(await taken());
    }
    assert.ok(found.size >= 4, `the plane shows ${[...found]}`);
    await plane.focus();
    const label = await plane.getAttribute("aria-label");
    await page.keyboard.press("ArrowLeft");
    await eventually(async () => (await plane.getAttribute("aria-label")) !== label, "keys move the place");
    assert.match(page.url(), /tab=plane/);
    assert.match(page.url(), /x=/);
    // The encoder's place of a drawn 0 decodes to a 0.
    await page.getByRole("button", { name: "Go to my drawing" }).click();
    await eventually(async () => (await taken()) === "0", "the drawing's place decodes to what was drawn");
    await assertAccessible(page);
    await screenshot(page, "digits plane");
}));

test("digits: draws digits to order", onPage("digits", async ({ page }) => {
    await page.getByRole("radio", { name: "Digits to order" }).check();
    const wish = page.getByLabel("Digits to draw");
    const captions = async () => (await page.locator(".drawn span.small").allInnerTexts()).map((text) => /read as (\d)/.exec(text)?.[1]);
    await wish.fill("0123456789");
    await eventually(async () => (await captions()).length === 10, "ten digits are drawn");
    const pictures = () => page.locator(".drawn canvas").evaluateAll((all) => all.map((canvas) => canvas.toDataURL()).join());
    let right = 0;
    let last = "";
    for (const hand of [1, 2, 3]) {
        await page.getByLabel("Hand", { exact: true }).fill(String(hand));
        await page.keyboard.press("Enter");
        last = await eventually(async () => {
            const seen = await pictures();
            return seen !== last && seen;
        }, `hand ${hand} draws`);
        right += (await captions()).filter((read, digit) => read === String(digit)).length;
    }
    assert.ok(right >= 27, `${right} of 30 are what was asked for`);
    const first = await page.locator(".drawn canvas").first().evaluate((canvas) => canvas.toDataURL());
    await page.getByRole("button", { name: "Another hand" }).click();
    await eventually(async () => (await page.locator(".drawn canvas").first().evaluate((canvas) => canvas.toDataURL())) !== first, "another hand draws otherwise");
    await wish.fill("12a");
    assert.match(await page.getByRole("alert").innerText(), /Only the digits/);
    await wish.fill("7, 7 7");
    await eventually(async () => (await captions()).length === 3, "three digits are drawn");
    await page.getByRole("button", { name: "Show the layers that drew this 7" }).last().click();
    assert.match(await page.locator(".layers").innerText(), /conv_transpose<32, 5[^]*7 × 7 × 32/);
    await assertAccessible(page);
    await screenshot(page, "digits orders");
}));

/** A safetensors file of zeros, but for what `fill` writes into a tensor. */
function tensorFile(tensors, fill) {
    const header = {};
    let end = 0;
    for (const [name, shape] of tensors) {
        const size = 4 * shape.reduce((product, extent) => product * extent, 1);
        header[name] = { dtype: "F32", shape, data_offsets: [end, end + size] };
        end += size;
    }
    let text = JSON.stringify(header);
    text += " ".repeat((8 - (text.length % 8)) % 8);
    const bytes = Buffer.alloc(8 + text.length + end);
    bytes.writeBigUInt64LE(BigInt(text.length), 0);
    bytes.write(text, 8);
    for (const [name, place, value] of fill) bytes.writeFloatLE(value, 8 + text.length + header[name].data_offsets[0] + 4 * place);
    return bytes;
}
/** SqueezeNet's arrays, in their order. */
function squeezenet(fill) {
    const tensors = [];
    const conv = (side, inputs, outputs) => {
        const name = tensors.length ? `conv_${tensors.length / 2}` : "conv";
        tensors.push([`${name}.kernel`, [side, side, inputs, outputs]], [`${name}.bias`, [outputs]]);
        return name;
    };
    conv(3, 3, 64);
    let inputs = 64;
    for (const [squeezed, expanded] of [[16, 64], [16, 64], [32, 128], [32, 128], [48, 192], [48, 192], [64, 256], [64, 256]]) {
        conv(1, inputs, squeezed);
        conv(1, squeezed, expanded);
        conv(3, squeezed, expanded);
        inputs = 2 * expanded;
    }
    return tensorFile(tensors, fill(conv(1, inputs, 1000)));
}
/** An uncompressed-looking but valid PNG of one colour. */
function png(width, height, [red, green, blue]) {
    const crc = (data) => {
        let c = ~0;
        for (const byte of data) {
            c ^= byte;
            for (let i = 0; i < 8; ++i) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
        }
        return ~c >>> 0;
    };
    const chunk = (type, data) => {
        const body = Buffer.concat([Buffer.from(type), data]);
        const framed = Buffer.alloc(body.length + 8);
        framed.writeUInt32BE(data.length, 0);
        body.copy(framed, 4);
        framed.writeUInt32BE(crc(body), body.length + 4);
        return framed;
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 2, 0, 0, 0], 8);
    const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, () => Buffer.from([red, green, blue]))]);
    const rows = Buffer.concat(Array.from({ length: height }, () => row));
    return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
/** Drops a file on the page as a file manager does. */
async function drop(page, target, name, type, bytes) {
    const transfer = await page.evaluateHandle(([name, type, text]) => {
        const given = new DataTransfer();
        given.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name, { type }));
        return given;
    }, [name, type, bytes.toString("base64")]);
    await target.dispatchEvent("dragenter", { dataTransfer: transfer });
    await target.dispatchEvent("drop", { dataTransfer: transfer });
}

test("digits: classifies a picture with weights that are dropped", onPage("digits", async ({ page }) => {
    await page.getByRole("radio", { name: "Your own network" }).check();
    const target = page.locator("section.panel").first();
    await target.waitFor();
    // Biases alone speak: 6 for class 207, 5 for class 3.
    const weights = squeezenet((last) => [[`${last}.bias`, 207, 6], [`${last}.bias`, 3, 5]]);
    await drop(page, target, "net.safetensors", "", weights);
    await eventually(async () => /SqueezeNet 1\.1 is ready/.test(await target.innerText()), "the network is ready");
    await drop(page, target, "red.png", "image/png", png(300, 260, [200, 40, 30]));
    const rows = page.locator("tbody tr");
    await eventually(async () => (await rows.count()) === 5, "five classes are shown");
    const sum = Math.exp(6) + Math.exp(5) + 998;
    const [best, second] = await rows.allInnerTexts();
    assert.match(best, /golden retriever/);
    assert.match(second, /tiger shark/);
    assert.ok(Math.abs(parseFloat(/([\d.]+) %/.exec(best)[1]) - (100 * Math.exp(6)) / sum) < 0.06, best);
    assert.match(await page.locator("main").innerText(), /Classified in [\d.]+ ms/);
    await page.getByLabel("Show what each stage makes of it").check();
    await eventually(async () => (await page.locator(".layers > li").count()) > 20, "the stages are shown");
    assert.match(await page.locator(".layers > li").first().innerText(), /conv<64, 3[^]*111 × 111 × 64/);
    await drop(page, target, "names.txt", "text/plain", Buffer.from(Array.from({ length: 1000 }, (_, i) => `name ${i}`).join("\n")));
    await eventually(async () => /name 207/.test(await rows.first().innerText()), "own names are shown");
    await screenshot(page, "digits pictures");

    // What does not fit is said, and the page goes on.
    const other = tensorFile([["a", [2, 3]]], []);
    await drop(page, target, "other.safetensors", "", other);
    await eventually(async () => /has 6 numbers/.test(await page.getByRole("alert").innerText()), "a strange file is refused");
    await drop(page, target, "broken.safetensors", "", Buffer.from("no file of this kind"));
    await eventually(async () => /not used/.test(await page.getByRole("alert").innerText()), "a broken file is refused");
    await drop(page, target, "net.onnx", "", Buffer.from("no picture"));
    await page.getByText("The file net.onnx is not used. Choose weights (.safetensors), a picture or names (.txt).").waitFor();
    await drop(page, target, "empty.txt", "text/plain", Buffer.from(" \n\n"));
    await page.getByText("The file empty.txt is not used: there is no name in it.").waitFor();
    await page.getByLabel("Network", { exact: true }).selectOption("squeezenet_1_1");
    await drop(page, target, "other.safetensors", "", other);
    await page.getByRole("alert").getByText(/they are not those of SqueezeNet 1\.1/).waitFor();
    // The language of a sentence is the page's, that of the library's words is English.
    await page.getByRole("button", { name: "한국어" }).click();
    await assertKorean(page.getByRole("alert"), /expected a tensor "conv\.kernel"/);
    await page.getByRole("button", { name: "English" }).click();
    // Of two files that come quickly the later one stays.
    await Promise.all([9, 8].map((place) => drop(page, target, "net.safetensors", "", squeezenet((last) => [[`${last}.bias`, place, 9]]))));
    await eventually(async () => /name 8\b/.test((await rows.first().innerText().catch(() => "")) ?? ""), "it goes on");
    await assertAccessible(page);
}));

test("digits: says which words make a mail look like spam", onPage("digits", async ({ page }) => {
    await page.getByRole("radio", { name: "Spam or not" }).check();
    const mail = page.getByLabel("A mail");
    await mail.waitFor();
    const probability = async () => parseFloat(/probability of ([\d.]+)/.exec(await answer(page).innerText())?.[1] ?? "NaN") / 100;
    await eventually(async () => (await probability()) > 0.8, "the example is spam");
    const weights = await page.locator("tbody tr").allInnerTexts();
    assert.equal(weights.length, 10);
    assert.ok(weights.some((row) => /for spam/.test(row)));
    assert.ok((await page.locator(".words span").count()) > 20);
    await page.getByRole("button", { name: "An example of a mail" }).click();
    await eventually(async () => (await probability()) < 0.2, "the other example is none");
    await mail.fill("Größe: FREE money 한국어 click");
    await eventually(async () => (await page.locator(".words span").allInnerTexts()).includes("FREE"), "words are found among other letters");
    assert.deepEqual(await page.locator(".words span").allInnerTexts(), ["Gr", "e", "FREE", "money", "click"]);
    await mail.fill("");
    await eventually(async () => /no word/.test(await answer(page).innerText()), "an empty mail has no probability");
    await mail.fill("word ".repeat(200));
    await eventually(async () => /first 128 of 200 words/.test(await answer(page).innerText()), "a long mail is cut");
    await page.getByRole("button", { name: "An example of spam" }).click();
    await assertAccessible(page);
    await assertFits(page);
    await screenshot(page, "digits mail");
}));

test("digits: a browser without relaxed SIMD gets another engine, which says the same", onPage("digits", async ({ page }) => {
    const says = async () => {
        await pad(page).waitFor();
        await page.getByRole("radio", { name: "Spam or not" }).check();
        return eventually(async () => /probability of [\d.]+/.exec(await answer(page).innerText())?.[0], "the example is read");
    };
    const files = [];
    page.on("request", (request) => files.push(request.url().split("/").at(-1)));
    const said = await says();
    assert.ok(files.includes("digits_spam.relaxed.wasm"));
    await page.getByRole("radio", { name: "Read a digit" }).check();
    await page.reload();
    await pad(page).waitFor();
    await page.workers()[0].evaluate(() => (WebAssembly.validate = () => false));
    files.length = 0;
    assert.equal(await says(), said);
    assert.deepEqual(files.filter((file) => file.startsWith("digits_spam")), ["digits_spam.wasm"]);
}));

test("digits: speaks Korean on all of its parts", onPage("digits", async ({ page }) => {
    const parts = { "숫자의 평면": "main:has(canvas.plane) .bars", "숫자 주문하기": ".drawn li", "내 신경망": ".drop", "스팸일까?": ".words span", "숫자 읽기": ".examples" };
    for (const [part, content] of Object.entries(parts)) {
        await page.locator(".choice label").filter({ hasText: part }).click();
        await page.locator(content).first().waitFor();
        await assertFits(page);
    }
    await page.getByRole("button", { name: "3의 예" }).click();
    await eventually(async () => /3\(으\)로 읽습니다/.test(await answer(page).innerText()), "the answer is Korean");
    await screenshot(page, "digits Korean");
}, { language: "ko", width: 360 }));
