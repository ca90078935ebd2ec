// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network in ONNX Runtime: node predict_onnxruntime.js DIRECTORY one|many|start. Its session is
// asynchronous, which is part of what a call costs from JavaScript.
const fs = require("fs");
const ort = require("onnxruntime-node");

const [directory, mode] = process.argv.slice(2);

(async () => {
    const session = await ort.InferenceSession.create(`${directory}/network.onnx`, {
        intraOpNumThreads: Number(process.env.BENCH_THREADS), interOpNumThreads: 1, graphOptimizationLevel: "all"});
    const pixels = fs.readFileSync(`${directory}/test_x.u8`), atOnce = mode === "many" ? 256 : 1;
    const images = mode === "start" ? 1 : mode === "one" ? 2048 : 4096, batches = [];
    for (let i = 0; i < images; i += atOnce)
        batches.push(new ort.Tensor("float32", Float32Array.from(pixels.subarray(i * 784, (i + atOnce) * 784), (pixel) => pixel / 255), [atOnce, 784]));
    const times = [];
    for (let run = 0; run < (mode === "start" ? 0 : 11); ++run) {
        const begin = performance.now();
        for (const x of batches) await session.run({x});
        times.push((performance.now() - begin) / 1e3 / images);
    }
    if (times.length > 0) console.log(`seconds ${times.slice(2).sort((a, b) => a - b)[4].toFixed(9)}`);
    const {y} = await session.run({x: batches[0]});
    console.log(`first ${Math.max(...y.data.slice(0, 10)).toFixed(5)}`);
})();
