// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Networks for MNIST's digits: a dense one predicts and learns, a convolutional one predicts.
import { drawNumbers, openEngines, readBytes, readFloats } from "./files.mjs";
import { setWeights, tensorflow, tf } from "./tensorflow.mjs";

/** Images [count, 784] from 0 to 1, and labels. */
async function readImages(part, count) {
    const pixels = (await readBytes(`data/${part}_x.u8`)).subarray(0, count * 784);
    return { x: Float32Array.from(pixels, (pixel) => pixel / 255), y: Float32Array.from((await readBytes(`data/${part}_y.u8`)).subarray(0, count)) };
}
const dense = (dropout = []) =>
    tf.sequential({ layers: [tf.layers.dense({ units: 512, activation: "relu", inputShape: [784] }), ...dropout,
                             tf.layers.dense({ units: 10, activation: "softmax" })] });
/** examples/networks/mnist_cnn.hpp, without dropout, which predicts nothing else. */
const convolutional = () =>
    tf.sequential({ layers: [
        tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
        tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
        tf.layers.maxPooling2d({ poolSize: 2 }), tf.layers.flatten(),
        tf.layers.dense({ units: 128, activation: "relu" }), tf.layers.dense({ units: 10, activation: "softmax" })] });

/** Predictions of images, so many at once, by every contender. */
async function predictions({ engines, predict, network, shape, x, atOnce }) {
    const images = x.length / 784, batches = [];
    for (let i = 0; i < images; i += atOnce) batches.push(tf.tensor(x.slice(i * 784, (i + atOnce) * 784), [atOnce, ...shape]));
    const contenders = engines.map(({ name, engine }) => ({
        name, amount: images,
        run: () => {
            for (let i = 0; i < images; i += atOnce) engine.functions[predict](i, atOnce);
        },
        output: () => engine.take(Float32Array, engine.functions.predictions()),
    }));
    const all = new Float32Array(images * 10);
    contenders.push({
        name: tensorflow, amount: images,
        run: () => batches.forEach((batch, place) => all.set(tf.tidy(() => network.predict(batch).dataSync()), place * atOnce * 10)),
        output: () => all,
    });
    for (const { run } of contenders) run();
    return contenders;
}

async function predictDense(atOnce, isBright = false) {
    const { x } = await readImages("test", atOnce === 1 ? 64 : 1024), weights = await readFloats("data/weights.f32");
    // strata leaves out pixels that are 0.
    if (isBright) x.forEach((pixel, place) => (x[place] = Math.max(pixel, 1 / 255)));
    const engines = await openEngines("browser"), network = dense();
    setWeights(network, weights);
    for (const { engine } of engines) {
        engine.give(x, engine.functions.take_images);
        engine.give(weights, engine.functions.start_dense);
    }
    return predictions({ engines, predict: "predict_dense", network, shape: [784], x, atOnce });
}

async function predictConvolutional(atOnce) {
    const { x } = await readImages("test", atOnce === 1 ? 8 : 64), network = convolutional(), draw = drawNumbers(7);
    const weights = Float32Array.from(network.getWeights().flatMap(({ shape, size }) => {
        const fans = shape.length === 1 ? 100 : size / shape.at(-1);
        return Array.from({ length: size }, () => (2 * draw() - 1) * Math.sqrt(6 / fans));
    }));
    setWeights(network, weights);
    const engines = await openEngines("browser");
    for (const { engine } of engines) {
        engine.give(x, engine.functions.take_images);
        engine.give(weights, engine.functions.start_convolutional);
    }
    return predictions({ engines, predict: "predict_convolutional", network, shape: [28, 28, 1], x, atOnce });
}

/** Epochs with Adam. Before, each contender has learnt some images in their order. */
async function train(hasDropout, batchSize = 32, images = 3200) {
    const { x, y } = await readImages("train", images), weights = await readFloats("data/weights.f32");
    const engines = await openEngines("browser"), contenders = [];
    const train = hasDropout ? "train_textbook" : "train_plain";
    for (const { name, engine } of engines) {
        engine.give(x, engine.functions.take_images);
        engine.give(y, engine.functions.take_labels);
        engine.give(weights, engine.functions.start_dense);
        contenders.push({
            name, amount: 1,
            run: () => engine.functions[train](batchSize, 1),
            output: () => {
                engine.functions.train_plain(batchSize, 0);
                engine.functions.predict_dense(0, 256);
                return engine.take(Float32Array, engine.functions.predictions()).slice(0, 2560);
            },
        });
    }
    const start = (dropout, epsilon) => {
        const network = dense(dropout);
        setWeights(network, weights);
        network.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, epsilon), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
        return network;
    };
    const tensors = [tf.tensor(x, [images, 784]), tf.tensor(y, [images])];
    const fit = (network, shuffle) => network.fit(...tensors, { batchSize, epochs: 1, verbose: 0, yieldEvery: "never", shuffle });
    const network = hasDropout ? start([tf.layers.dropout({ rate: 0.2 })]) : start([], 1e-12);
    contenders.push({
        name: tensorflow, amount: 1,
        run: () => fit(network, true),
        output: async () => {
            const other = start([], 1e-12);
            await fit(other, false);
            return tf.tidy(() => other.predict(tensors[0].slice(0, 256)).dataSync());
        },
    });
    return contenders;
}

export const cases = {
    "dense, one at a time": () => predictDense(1),
    "dense, 256 at once, each": () => predictDense(256),
    "dense, 256 at once, no pixel dark": () => predictDense(256, true),
    "dense, an epoch of 3,200, batch 32": () => train(false),
    "dense with dropout, an epoch": () => train(true),
    "convnet, one at a time": () => predictConvolutional(1),
    "convnet, 32 at once, each": () => predictConvolutional(32),
};
