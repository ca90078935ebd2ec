// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Times the MNIST network in WebAssembly:
//   node browser.mjs PROGRAM.wasm DIRECTORY one|many
//   node browser.mjs PROGRAM.wasm DIRECTORY BATCH IMAGES EPOCHS
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [program, directory, mode, ...numbers] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1" });
const compiled = await WebAssembly.compile(readFileSync(program));
const instance = await WebAssembly.instantiate(compiled, { wasi_snapshot_preview1: wasi.wasiImport });
wasi.initialize(instance);
const engine = instance.exports;

const bytes = (name) => readFileSync(`${directory}/${name}`);
const put = (place, values) => new Float32Array(engine.memory.buffer, place, values.length).set(values);
function load(part, limit) {
    const labels = bytes(`${part}_y.u8`).subarray(0, limit);
    const pixels = bytes(`${part}_x.u8`).subarray(0, labels.length * 784);
    engine.reserve(labels.length);
    put(engine.images(), Float32Array.from(pixels, (pixel) => pixel / 255));
    put(engine.labels(), labels);
    return labels.length;
}
function seconds(work) {
    const begin = performance.now();
    work();
    return (performance.now() - begin) / 1e3;
}

const weights = bytes("weights.f32");
put(engine.weights(), new Float32Array(weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length)));
engine.start();

if (numbers.length === 0) {
    const atOnce = mode === "many" ? 256 : 1, images = load("test", mode === "many" ? 4096 : 512);
    const predict = () => {
        for (let i = 0; i < images; i += atOnce)
            if (atOnce === 1) engine.predict(i);
            else engine.predict_batch(i, atOnce);
    };
    const times = Array.from({ length: 11 }, () => seconds(predict) / images);
    console.log(`seconds ${times.slice(2).sort((a, b) => a - b)[4].toFixed(9)}`);
    console.log(`first ${Math.max(...new Float32Array(engine.memory.buffer, engine.predictions(), 10)).toFixed(5)}`);
} else {
    const [batch, images, epochs] = [mode, ...numbers].map(Number);
    load("test");
    console.log(`initial_loss ${engine.measure_loss().toFixed(5)}`);
    load("train", images);
    const times = Array.from({ length: epochs }, () => seconds(() => engine.train(batch)));
    console.log(`seconds ${Math.min(...times).toFixed(6)}\nupdates ${Math.ceil(images / batch)}`);
    load("test");
    console.log(`accuracy ${engine.measure_accuracy().toFixed(4)}`);
}
