// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Networks of sequences in ONNX Runtime: node sequence_onnxruntime.js DIRECTORY lstm_1|lstm_32|encoder. Its session is
// asynchronous, which is part of what a call costs from JavaScript.
const fs = require("fs");
const ort = require("onnxruntime-node");

const [directory, mode] = process.argv.slice(2);
const name = mode.split("_")[0];

function floats(file) {
    const bytes = fs.readFileSync(file);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function input() {
    if (name === "encoder")
        return new ort.Tensor("float32", floats(`${directory}/encoder.x`), [16, 256, 128]);
    const bytes = fs.readFileSync(`${directory}/lstm.x`), samples = Number(mode.split("_")[1]);
    const tokens = new Int32Array(bytes.buffer, bytes.byteOffset, samples * 200);
    return new ort.Tensor("int64", BigInt64Array.from(tokens, BigInt), [samples, 200]);
}

(async () => {
    const session = await ort.InferenceSession.create(`${directory}/${name}.onnx`, {
        intraOpNumThreads: Number(process.env.BENCH_THREADS), interOpNumThreads: 1, graphOptimizationLevel: "all"});
    const x = input(), {y} = await session.run({x}), wanted = floats(`${directory}/${name}.y`);
    let largest = 0, size = 0;
    y.data.forEach((value, i) => {
        largest = Math.max(largest, Math.abs(value - wanted[i]));
        size = Math.max(size, Math.abs(wanted[i]));
    });
    console.log(`difference ${(largest / size).toExponential(2)}`);
    const once = async () => {
        const begin = performance.now();
        await session.run({x});
        return (performance.now() - begin) / 1e3;
    };
    await once();
    const runs = Math.round(Math.min(Math.max(0.5 / (await once()), 5), 1001)), times = [];
    for (let run = 0; run < runs; ++run) times.push(await once());
    times.sort((a, b) => a - b);
    console.log(`seconds ${times[runs >> 1].toFixed(9)}`);
})();
