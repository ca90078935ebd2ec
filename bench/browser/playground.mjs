// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Epochs of the page Playground, each with the losses of both halves of 500 points, beside the core of TensorFlow's
// playground and TensorFlow.js.
import * as original from "playground-core";
import { openEngines } from "./files.mjs";
import { setWeights, tensorflow, tf } from "./tensorflow.mjs";

const rate = 0.03, compared = 20;
/** What the page calls x, y, their squares, their product and their sines. */
const seen = [(x) => x, (x, y) => y, (x) => x * x, (x, y) => y * y, (x, y) => x * y, Math.sin, (x, y) => Math.sin(y)];

/** The weights of the original's network in the order of Keras. */
function visitParameters(network, visit) {
    for (let layer = 1; layer < network.length; ++layer) {
        for (let k = 0; k < network[layer - 1].length; ++k) for (const node of network[layer]) visit(node.inputLinks[k], "weight");
        for (const node of network[layer]) visit(node, "bias");
    }
}

async function train(features, hidden, activation, batch = 10) {
    const engines = await openEngines("playground"), shape = [features, ...hidden, 1];
    const { engine } = engines[0], points = engine.giveText("circle", (...name) => engine.take(Float32Array, engine.functions.generate(...name, 500, 0, 7)));
    const names = engine.takeText(engine.functions.activation_names()).split(" ");
    const x = Array.from({ length: 500 }, (_, i) => seen.slice(0, features).map((each) => each(points[3 * i], points[3 * i + 1])));
    const y = Array.from({ length: 500 }, (_, i) => points[3 * i + 2]);
    let first;
    const contenders = engines.map(({ name, engine }) => {
        const { functions } = engine;
        engine.give(points, (address, count) => functions.set_points(address, count, 0.5, 0));
        engine.give(Int32Array.from({ length: features }, (_, i) => i), (...seen) =>
            engine.give(Int32Array.from(hidden), (...sizes) => functions.set_topology(...seen, ...sizes, names.indexOf(activation), 0, 0, 0, 7)));
        functions.set_learning(0, rate, 0, 0, batch);
        return {
            name, amount: 1,
            run: () => {
                functions.train(1);
                functions.measure();
            },
            output: () => {
                first ??= engine.take(Float32Array, functions.weights());
                functions.train(compared);
                return engine.take(Float32Array, functions.weights());
            },
        };
    });
    if (original.buildNetwork) {
        const { Activations, Errors, backProp, buildNetwork, forwardProp, updateWeights } = original;
        const network = buildNetwork(shape, Activations[activation.toUpperCase()], Activations.TANH, null, seen.slice(0, features).map(String));
        let next = 0;
        visitParameters(network, (place, name) => (place[name] = first ? first[next++] : 0));
        const loss = (begin, end) => {
            let sum = 0;
            for (let i = begin; i < end; ++i) sum += Errors.SQUARE.error(forwardProp(network, x[i]), y[i]);
            return sum / (end - begin);
        };
        const learn = () => {
            for (let i = 0; i < 250; ++i) {
                forwardProp(network, x[i]);
                backProp(network, y[i], Errors.SQUARE);
                if ((i + 1) % batch === 0) updateWeights(network, rate, 0);
            }
        };
        contenders.push({
            name: "TensorFlow Playground", amount: 1,
            run: () => {
                learn();
                loss(0, 250);
                loss(250, 500);
            },
            output: () => {
                next = 0;
                visitParameters(network, (place, name) => (place[name] = first[next++]));
                for (let epoch = 0; epoch < compared; ++epoch) learn();
                const result = [];
                visitParameters(network, (place, name) => result.push(place[name]));
                return Float32Array.from(result);
            },
        });
    }
    const half = (begin) => [tf.tensor(x.slice(begin, begin + 250)), tf.tensor(y.slice(begin, begin + 250), [250, 1])];
    const learnt = half(0), held = half(250);
    const network = tf.sequential({ layers: shape.slice(1).map((units, i) => tf.layers.dense({ units, activation: units === 1 ? "tanh" : activation, inputShape: [shape[i]] })) });
    network.compile({ optimizer: tf.train.sgd(rate), loss: (target, output) => output.sub(target).square().mul(0.5).mean() });
    const fit = () => network.fit(...learnt, { batchSize: batch, epochs: 1, shuffle: false, verbose: 0, yieldEvery: "never" });
    contenders.push({
        name: tensorflow, amount: 1,
        run: async () => {
            await fit();
            for (const each of [learnt, held]) network.evaluate(...each, { batchSize: 250 }).dataSync();
        },
        output: async () => {
            setWeights(network, first);
            for (let epoch = 0; epoch < compared; ++epoch) await fit();
            return Float32Array.from(network.getWeights().flatMap((each) => [...each.dataSync()]));
        },
    });
    return contenders;
}

export const cases = {
    "playground, 2-4-2-1, tanh, an epoch": () => train(2, [4, 2], "tanh"),
    "playground, 2-4-2-1, tanh, single points, an epoch": () => train(2, [4, 2], "tanh", 1),
    "playground, 4-8-8-1, relu, an epoch": () => train(4, [8, 8], "relu"),
    "playground, 7 and 6 x 8, tanh, an epoch": () => train(7, [8, 8, 8, 8, 8, 8], "tanh"),
};
