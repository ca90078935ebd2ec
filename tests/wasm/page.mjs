// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Calls an engine as a page does, and looks what it answers: node page.mjs PAGE.wasm
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const compiled = await WebAssembly.compile(readFileSync(process.argv[2]));

async function open() {
    const wasi = new WASI({ version: "preview1" });
    const shown = [];
    const text = (start, length) => {
        const bytes = new Uint8Array(engine.memory.buffer, start);
        return new TextDecoder().decode(bytes.slice(0, length ?? bytes.indexOf(0)));
    };
    const page = {
        fail(kind, message) {
            throw new Error(`${text(kind)}: ${text(message)}`);
        },
        show: (start, length) => shown.push(text(start, length)),
    };
    const instance = await WebAssembly.instantiate(compiled, { wasi_snapshot_preview1: wasi.wasiImport, page });
    wasi.initialize(instance);
    const engine = instance.exports;
    engine.create();
    return { engine, shown, predict };

    function predict(...sample) {
        new Float32Array(engine.memory.buffer, engine.sample(), 2).set(sample);
        return new Float32Array(engine.memory.buffer, engine.predict(), 2).slice();
    }
}

const { engine, shown, predict } = await open();
const before = predict(0, 1);
assert.ok(Math.abs(before[0] + before[1] - 1) < 1e-6);

// It learns, silently at first.
assert.ok(engine.train(300, 0.05) < 0.05);
assert.deepEqual(shown, []);
for (const [a, b] of [[0, 0], [0, 1], [1, 0], [1, 1]])
    assert.ok(predict(a, b)[a ^ b] > 0.9);
engine.show_progress();
engine.train(1, 0.05);
assert.match(shown.join(""), /^Epoch 1\/1\n2\/2 - 0s [0-9.]+[mu]?s\/step - loss: [0-9.e-]+\n$/);

// An error's text is the page's to show, and the network is as it was.
engine.handle_errors();
const learnt = predict(0, 1);
assert.throws(() => engine.set_weights(7),
              { message: "std::invalid_argument: set_weights: expected 42 weights, found 7" });
assert.throws(() => engine.restore(8),
              { message: /^strata::data_error: the snapshot, at byte 8: expected "\{"__metadata__":.*, found "z"__metadata__":/ });
assert.throws(() => engine.train(5, 1e38), { message: /^strata::diverged: the loss became inf in epoch 1, step 2/ });
assert.deepEqual(predict(0, 1), learnt);
assert.ok(engine.train(1, 0.01) < 0.05);

// Where nobody handles errors they end the program.
const { engine: other } = await open();
assert.throws(() => other.set_weights(7), WebAssembly.RuntimeError);
