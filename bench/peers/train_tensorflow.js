// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The MNIST network in TensorFlow.js, as in the browser: node train_tensorflow.js DIRECTORY BATCH IMAGES EPOCHS
const fs = require("fs");
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");

const [directory, batch, images, epochs] = [process.argv[2], ...process.argv.slice(3).map(Number)];

const read = (part, limit) => {
    const pixels = fs.readFileSync(`${directory}/${part}_x.u8`), labels = fs.readFileSync(`${directory}/${part}_y.u8`);
    const count = Math.min(limit, labels.length);
    return [tf.tensor2d(Float32Array.from(pixels.subarray(0, count * 784), (pixel) => pixel / 255), [count, 784]),
            tf.tensor1d(Float32Array.from(labels.subarray(0, count)))];
};

(async () => {
    wasm.setThreadsCount(Number(process.env.BENCH_THREADS));
    await tf.setBackend("wasm"); // several times as fast as its backend in plain JavaScript
    const [x, y] = read("train", images), [testX, testY] = read("test", 10000);
    const net = tf.sequential({layers: [
        tf.layers.dense({units: 512, activation: "relu", inputShape: [784]}), tf.layers.dropout({rate: 0.2}),
        tf.layers.dense({units: 10, activation: "softmax"})]});
    const bytes = fs.readFileSync(`${directory}/weights.f32`);
    const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    let next = 0;
    net.setWeights([[784, 512], [512], [512, 10], [10]].map((shape) => {
        const size = shape.reduce((a, b) => a * b);
        return tf.tensor(all.slice(next, (next += size)), shape);
    }));
    net.compile({optimizer: tf.train.adam(0.001), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"]});
    const evaluate = () => net.evaluate(testX, testY, {batchSize: 500}).map((each) => each.dataSync()[0]);
    console.log(`initial_loss ${evaluate()[0].toFixed(5)}`);
    let fastest = Infinity;
    for (let epoch = 0; epoch < epochs; ++epoch) {
        const begin = performance.now();
        await net.fit(x, y, {batchSize: batch, epochs: 1, verbose: 0, yieldEvery: "never"});
        fastest = Math.min(fastest, (performance.now() - begin) / 1e3);
    }
    console.log(`seconds ${fastest.toFixed(6)}\nupdates ${Math.ceil(images / batch)}`);
    console.log(`accuracy ${evaluate()[1].toFixed(4)}`);
})();
