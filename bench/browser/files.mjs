// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the contenders read from the server, and random numbers that are the same for all of them.
import { Engine } from "../../examples/browser/source/shared/engine.ts";

async function answerTo(file) {
    const answer = await fetch(new URL(file, self.location.href));
    if (!answer.ok) throw new Error(`${file} cannot be read: ${answer.status}`);
    return answer;
}
export const readBytes = async (file) => new Uint8Array(await (await answerTo(file)).arrayBuffer());
export const readFloats = async (file) => new Float32Array((await readBytes(file)).buffer);
export const readValue = async (file) => (await answerTo(file)).json();

/** The engines of that name: with multiply-add instructions, where the browser has them, and without. */
export async function openEngines(name) {
    const result = [];
    for (const [variant, file] of [["strata", `${name}.relaxed.wasm`], ["strata, plain SIMD", `${name}.wasm`]]) {
        const bytes = await readBytes(`engines/${file}`);
        if (WebAssembly.validate(bytes)) result.push({ name: variant, engine: new Engine(await WebAssembly.compile(bytes)) });
    }
    return result;
}

/** Arrays of a safetensors file by name: {shape, numbers}, of 32-bit floats. */
export function tensorsOf(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset), length = Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const tensors = new Map();
    for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
        if (dtype !== "F32") continue;
        const [begin, end] = data_offsets.map((offset) => 8 + length + offset);
        tensors.set(name, { shape, numbers: new Float32Array(bytes.slice(begin, end).buffer) });
    }
    return tensors;
}

/** Numbers from 0 up to 1, evenly spread and always the same ones (mulberry32). */
export function drawNumbers(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}
