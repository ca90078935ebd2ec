// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network in TensorFlow.js: node predict_tensorflow.js DIRECTORY one|many|start
const fs = require("fs");
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");

const [directory, mode] = process.argv.slice(2);

(async () => {
    wasm.setThreadsCount(Number(process.env.BENCH_THREADS));
    await tf.setBackend("wasm");
    const net = tf.sequential({layers: [tf.layers.dense({units: 512, activation: "relu", inputShape: [784]}),
                                        tf.layers.dense({units: 10, activation: "softmax"})]});
    const bytes = fs.readFileSync(`${directory}/weights.f32`);
    const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    let next = 0;
    net.setWeights([[784, 512], [512], [512, 10], [10]].map((shape) => {
        const size = shape.reduce((a, b) => a * b);
        return tf.tensor(all.slice(next, (next += size)), shape);
    }));
    const pixels = fs.readFileSync(`${directory}/test_x.u8`), atOnce = mode === "many" ? 256 : 1;
    const images = mode === "start" ? 1 : mode === "one" ? 512 : 4096, batches = [];
    for (let i = 0; i < images; i += atOnce)
        batches.push(tf.tensor2d(Float32Array.from(pixels.subarray(i * 784, (i + atOnce) * 784), (pixel) => pixel / 255), [atOnce, 784]));
    const predict = (x) => tf.tidy(() => net.predict(x).dataSync());
    const times = [];
    for (let run = 0; run < (mode === "start" ? 0 : 11); ++run) {
        const begin = performance.now();
        for (const x of batches) predict(x);
        times.push((performance.now() - begin) / 1e3 / images);
    }
    if (times.length > 0) console.log(`seconds ${times.slice(2).sort((a, b) => a - b)[4].toFixed(9)}`);
    console.log(`first ${Math.max(...predict(batches[0]).slice(0, 10)).toFixed(5)}`);
})();
