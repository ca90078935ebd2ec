// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The engines of the Teachable machine beside TensorFlow.js with the same models: a trunk reads a picture, and a small
// network learns classes from what the trunk makes of pictures.
import { drawNumbers, openEngines, readBytes, readValue, tensorsOf } from "./files.mjs";
import { setWeights, tensorflow, tf } from "./tensorflow.mjs";

/** RGBA bytes of a smooth picture, different for every seed. */
function drawPicture(side, seed) {
    const draw = drawNumbers(seed), bytes = new Uint8Array(side * side * 4);
    const waves = Array.from({ length: 3 }, () => [draw() * 12, draw() * 12, draw() * 7, 60 + 60 * draw()]);
    for (let y = 0; y < side; ++y)
        for (let x = 0; x < side; ++x) {
            waves.forEach(([a, b, c, size], colour) => (bytes[(y * side + x) * 4 + colour] = 128 + size * Math.sin((a * x + b * y) / side + c)));
            bytes[(y * side + x) * 4 + 3] = 255;
        }
    return bytes;
}
const colours = (picture, side) =>
    tf.tensor(Float32Array.from({ length: side * side * 3 }, (_, place) => picture[Math.floor(place / 3) * 4 + (place % 3)]), [1, side, side, 3]);

/** Engines that have learnt from npm's @vladmandic/human. */
async function openTrunks(name, weights) {
    const engines = await openEngines(name), bytes = await readBytes(`models/${weights}.safetensors`);
    for (const { engine } of engines) {
        const wrong = engine.takeText(engine.give(bytes, engine.functions.load_trunk));
        if (wrong) throw new Error(wrong);
    }
    return engines;
}
/** The package's own model for pictures of another size than its file says. */
async function openGraph(name, side) {
    const model = await readValue(`graphs/${name}.json`), { weightsManifest, ...rest } = model;
    for (const node of model.modelTopology.node)
        if (node.op === "Placeholder") node.attr.shape.shape.dim = [1, side, side, 3].map((size) => ({ size: String(size) }));
    const weightData = (await readBytes(`graphs/${weightsManifest[0].paths[0]}`)).buffer;
    return tf.loadGraphModel(tf.io.fromMemory({ ...rest, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData }));
}

/** TensorFlow.js is given the picture's numbers as it wants them; the engine reads the canvas's bytes itself. */
async function readPicture(name, weights, side, graph, output) {
    const picture = drawPicture(side, 3), model = await openGraph(graph, side), tensor = colours(picture, side);
    const contenders = (await openTrunks(name, weights)).map(({ name, engine }) => {
        const address = engine.functions.allocate(picture.length);
        new Uint8Array(engine.memory.buffer, address, picture.length).set(picture);
        return {
            name, amount: 1,
            run: () => engine.functions.read_input(address, picture.length),
            output: () => {
                engine.functions.read_input(address, picture.length);
                return engine.take(Float32Array, engine.functions[output]());
            },
        };
    });
    return [...contenders, readPictureByGraph(model, tensor)];
}
function readPictureByGraph(model, tensor) {
    const input = model.inputs[0], features = "tower_0/extern1/hard_swish/mul_1";
    const isTrunk = model.modelTopology?.node?.some(({ name }) => name === features) ?? input.name.startsWith("tower_0");
    const picture = tensor.cast(input.dtype);
    const output = () =>
        tf.tidy(() => {
            const result = model.execute({ [input.name]: picture }, isTrunk ? features : undefined);
            return isTrunk ? result.mean([1, 2]).dataSync() : result.dataSync();
        });
    return { name: tensorflow, amount: 1, run: output, output };
}

/** Epochs of the network that learns three classes of 20 pictures, batch 16, 3 of each held out. */
async function trainHead() {
    const side = 224, engines = await openTrunks("teachable_pictures", "centernet"), rows = [], labels = [];
    for (const { engine } of engines)
        for (let i = 0; i < 60; ++i) {
            engine.give(drawPicture(side, Math.floor(i / 20) * 1000 + i % 20), engine.functions.read_input);
            engine.functions.add(Math.floor(i / 20));
            if (engine !== engines[0].engine) continue;
            rows.push(engine.take(Float32Array, engine.functions.features()));
            labels.push(Math.floor(i / 20));
        }
    const size = rows[0].length, features = tf.tensor(Float32Array.from(rows.flatMap((row) => [...row])), [60, size]), classes = tf.tensor1d(labels);
    let first;
    const contenders = engines.map(({ name, engine }) => ({
        name, amount: 1,
        // All examples at once, five times: then their order changes nothing but digits.
        output: () => {
            engine.functions.begin(3, 60, 0.001, 7, 0);
            first ??= tensorsOf(engine.take(Uint8Array, engine.functions.save_weights()));
            for (let epoch = 0; epoch < 5; ++epoch) engine.functions.learn();
            const result = engine.take(Float32Array, engine.functions.predict());
            engine.functions.begin(3, 16, 0.001, 7, 0.15);
            return result;
        },
        run: () => engine.functions.learn(),
    }));
    const start = () => {
        const network = tf.sequential({ layers: [tf.layers.dense({ units: 100, activation: "relu", inputShape: [size] }),
                                                 tf.layers.dense({ units: 3, activation: "softmax" })] });
        network.compile({ optimizer: tf.train.adam(0.001), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
        setWeights(network, Float32Array.from(["dense.kernel", "dense.bias", "dense_1.kernel", "dense_1.bias"].flatMap((name) => [...first.get(name).numbers])));
        return network;
    };
    const fit = (network, options) => network.fit(features, classes, { epochs: 1, verbose: 0, yieldEvery: "never", ...options });
    let network;
    contenders.push({
        name: tensorflow, amount: 1,
        output: async () => {
            network = start();
            const other = start();
            for (let epoch = 0; epoch < 5; ++epoch) await fit(other, { batchSize: 60 });
            return tf.tidy(() => other.predict(features.slice(59)).dataSync());
        },
        run: () => fit(network, { batchSize: 16, validationSplit: 0.15 }),
    });
    return contenders;
}

export const cases = {
    "centernet, a picture": () => readPicture("teachable_pictures", "centernet", 224, "centernet", "features"),
    "MoveNet, a picture": () => readPicture("teachable_poses", "movenet", 192, "movenet-lightning", "shown"),
    "Teachable machine, an epoch": trainHead,
};
