// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Makes what Teachable Machine exports of a picture project ("TensorFlow.js, download"), in the format that its library
// writes (googlecreativelab/teachablemachine-community): MobileNet v2 of width 0.35 with Keras's names, the mean over
// places, and two dense layers, the second without a bias. And what it exports of a sound project (tensorflow/tfjs-models,
// speech-commands, whose network it is). The weights are made up, the same ones always.

/** Rows of MobileNet v2: outputs before scaling the width, blocks, stride of the first. */
const rows = [[24, 2, 2], [32, 3, 2], [64, 4, 2], [96, 3, 1], [160, 3, 2], [320, 1, 1]];
/** Keras's rule: a multiple of 8, not a tenth below what was asked for. */
const scaled = (channels) => {
    const wanted = 0.35 * channels, rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
    return rounded < 0.9 * wanted ? rounded + 8 : rounded;
};

/** The layers of the trunk as Keras writes a model's configuration. */
function describeTrunk() {
    const layers = [{
        class_name: "InputLayer", name: "input_1", inbound_nodes: [],
        config: { batch_input_shape: [null, 224, 224, 3], dtype: "float32", sparse: false, name: "input_1" },
    }];
    const weights = [];
    let last = "input_1", channels = 3;
    const add = (class_name, name, config, sources = [last]) => {
        layers.push({ class_name, name, config: { name, trainable: true, ...config },
                      inbound_nodes: [sources.map((source) => [source, 0, 0, {}])] });
        last = name;
    };
    const convolve = (name, filters, kernel, strides) => {
        add("Conv2D", name, { filters, kernel_size: [kernel, kernel], strides: [strides, strides], padding: strides > 1 ? "valid" : "same",
                              data_format: "channels_last", dilation_rate: [1, 1], activation: "linear", use_bias: false });
        weights.push([`${name}/kernel`, [kernel, kernel, channels, filters]]);
        channels = filters;
    };
    const filter = (name, strides) => {
        add("DepthwiseConv2D", name, { kernel_size: [3, 3], strides: [strides, strides], padding: strides > 1 ? "valid" : "same",
                                       data_format: "channels_last", dilation_rate: [1, 1], activation: "linear", use_bias: false, depth_multiplier: 1 });
        weights.push([`${name}/depthwise_kernel`, [3, 3, channels, 1]]);
    };
    const normalize = (name) => {
        add("BatchNormalization", name, { axis: -1, momentum: 0.999, epsilon: 0.001, center: true, scale: true });
        for (const array of ["gamma", "beta", "moving_mean", "moving_variance"]) weights.push([`${name}/${array}`, [channels]]);
    };
    const pad = (name) => add("ZeroPadding2D", name, { padding: [[0, 1], [0, 1]], data_format: "channels_last" });
    const limit = (name) => add("ReLU", name, { max_value: 6 });
    const block = (name, filters, strides, expands) => {
        const first = last, before = channels;
        if (expands) {
            convolve(`${name}_expand`, 6 * channels, 1, 1);
            normalize(`${name}_expand_BN`);
            limit(`${name}_expand_relu`);
        }
        if (strides > 1) pad(`${name}_pad`);
        filter(`${name}_depthwise`, strides);
        normalize(`${name}_depthwise_BN`);
        limit(`${name}_depthwise_relu`);
        convolve(`${name}_project`, filters, 1, 1);
        normalize(`${name}_project_BN`);
        if (strides === 1 && before === filters) add("Add", `${name}_add`, {}, [first, last]);
    };
    pad("Conv1_pad");
    convolve("Conv1", scaled(32), 3, 2);
    normalize("bn_Conv1");
    limit("Conv1_relu");
    block("expanded_conv", scaled(16), 1, false);
    let number = 0;
    for (const [filters, blocks, strides] of rows)
        for (let i = 0; i < blocks; ++i) block(`block_${++number}`, scaled(filters), i === 0 ? strides : 1, true);
    convolve("Conv_1", 1280, 1, 1);
    normalize("Conv_1_bn");
    limit("out_relu");
    return { layers, weights, last };
}

/** Numbers 0 to 1 by Knuth's and Lewis's quick generator. */
function makeGenerator(seed) {
    let state = seed;
    return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Numbers that keep the values between layers of one size. */
function makeNumbers(name, shape, next) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const inputs = name.endsWith("depthwise_kernel") ? 9 : count / shape[shape.length - 1];
    const spread = Math.sqrt(6 / inputs);
    const array = name.slice(name.lastIndexOf("/") + 1);
    return Float32Array.from({ length: count }, () => {
        const number = next();
        if (array.endsWith("kernel")) return spread * (2 * number - 1);
        if (array === "gamma" || array === "moving_variance") return 0.5 + number;
        return 0.2 * (2 * number - 1);
    });
}

/** The files of a model whose arrays are these, [name, shape] each: a text, and a Uint8Array for weights.bin. */
function describeModel(modelTopology, arrays, version) {
    const next = makeGenerator(7);
    const numbers = arrays.map(([name, shape]) => makeNumbers(name, shape, next));
    return {
        "model.json": JSON.stringify({
            modelTopology, format: "layers-model", generatedBy: `TensorFlow.js tfjs-layers v${version}`, convertedBy: null,
            weightsManifest: [{ paths: ["./weights.bin"], weights: arrays.map(([name, shape]) => ({ name, shape, dtype: "float32" })) }],
        }),
        "weights.bin": new Uint8Array(Buffer.concat(numbers.map((each) => new Uint8Array(each.buffer)))),
    };
}

/** Files of an export of pictures by their names. */
export function makeMachineExport(labels) {
    const trunk = describeTrunk();
    const dense = (name, units, activation, use_bias, more = {}) => ({
        class_name: "Dense", config: { units, activation, use_bias, kernel_initializer: { class_name: "VarianceScaling",
            config: { scale: 1, mode: "fan_in", distribution: "normal", seed: null } }, name, trainable: true, ...more },
    });
    const sequence = (name, layers) => ({ class_name: "Sequential", config: { name, layers } });
    const modelTopology = {
        ...sequence("sequential_4", [
            sequence("sequential_1", [
                { class_name: "Model", config: { name: "model1", layers: trunk.layers, input_layers: [["input_1", 0, 0]],
                                                 output_layers: [[trunk.last, 0, 0]] } },
                { class_name: "GlobalAveragePooling2D", config: { data_format: "channels_last", name: "global_average_pooling2d_GlobalAveragePooling2D1",
                                                                  trainable: true } },
            ]),
            sequence("sequential_3", [
                dense("dense_Dense1", 100, "relu", true, { batch_input_shape: [null, 1280], dtype: "float32" }),
                dense("dense_Dense2", labels.length, "softmax", false),
            ]),
        ]),
        keras_version: "tfjs-layers 1.3.1", backend: "tensor_flow.js",
    };
    const arrays = [...trunk.weights, ["dense_Dense1/kernel", [1280, 100]], ["dense_Dense1/bias", [100]],
                    ["dense_Dense2/kernel", [100, labels.length]]];
    return {
        ...describeModel(modelTopology, arrays, "1.3.1"),
        "metadata.json": JSON.stringify({
            tfjsVersion: "1.3.1", tmVersion: "2.4.7", packageVersion: "0.8.4-alpha2", packageName: "@teachablemachine/image",
            timeStamp: "2026-01-01T00:00:00.000Z", userMetadata: {}, modelName: "tm-my-image-model", labels, imageSize: 224,
        }),
    };
}

/** Files of an export of sounds by their names. */
export function makeSoundsExport(labels) {
    const layers = [], arrays = [];
    let last = "conv2d_1_input";
    const add = (class_name, name, config) => {
        layers.push({ class_name, name, config: { name, trainable: false, ...config }, inbound_nodes: last === name ? [] : [[[last, 0, 0, {}]]] });
        last = name;
    };
    add("InputLayer", last, { batch_input_shape: [null, 43, 232, 1], dtype: "float32", sparse: false });
    const convolve = (number, pitches, channels, filters, strides) => {
        add("Conv2D", `conv2d_${number}`, { filters, kernel_size: [2, pitches], strides: [1, 1], padding: "valid", data_format: "channels_last",
                                             dilation_rate: [1, 1], activation: "relu", use_bias: true });
        add("MaxPooling2D", `max_pooling2d_${number}`, { pool_size: [2, 2], strides, padding: "valid", data_format: "channels_last" });
        arrays.push([`conv2d_${number}/kernel`, [2, pitches, channels, filters]], [`conv2d_${number}/bias`, [filters]]);
    };
    convolve(1, 8, 1, 8, [2, 2]);
    convolve(2, 4, 8, 32, [2, 2]);
    convolve(3, 4, 32, 32, [2, 2]);
    convolve(4, 4, 32, 32, [1, 2]);
    add("Flatten", "flatten_1", {});
    add("Dropout", "dropout_1", { rate: 0.25 });
    add("Dense", "dense_1", { units: 2000, activation: "relu", use_bias: true });
    add("Sequential", "sequential_2", { layers: [{ class_name: "Dense", config: {
        units: labels.length, activation: "softmax", use_bias: true, name: "NewHeadDense", trainable: true, batch_input_shape: [null, 2000], dtype: "float32" } }] });
    arrays.push(["dense_1/kernel", [704, 2000]], ["dense_1/bias", [2000]], ["NewHeadDense/kernel", [2000, labels.length]], ["NewHeadDense/bias", [labels.length]]);
    const modelTopology = {
        class_name: "Model", config: { name: "model2", layers, input_layers: [["conv2d_1_input", 0, 0]], output_layers: [["sequential_2", 1, 0]] },
        keras_version: "tfjs-layers 1.3.1", backend: "tensor_flow.js",
    };
    return {
        ...describeModel(modelTopology, arrays, "1.3.1"),
        "metadata.json": JSON.stringify({
            tfjsSpeechCommandsVersion: "0.4.0", modelName: "TMv2", timeStamp: "2026-01-01T00:00:00.000Z", wordLabels: labels,
        }),
    };
}

/** Samples that such a model looks at once, at 44,100 a second. */
export const soundSamples = 45056;

/** A sound of 16 bits: a tone that rises, another one, some noise; and a part of silence, if that is wanted. */
export function makeSound(hasSilence) {
    const next = makeGenerator(11);
    return Int16Array.from({ length: soundSamples }, (_, place) => {
        const time = place / 44100;
        const value = 0.3 * Math.sin(2 * Math.PI * (300 + 900 * time) * time) + 0.1 * Math.sin(2 * Math.PI * 2200 * time) + 0.02 * (2 * next() - 1);
        return hasSilence && place > 20000 && place < 30000 ? 0 : Math.round(32767 * value);
    });
}

/** A WAV file of one channel, 44,100 samples a second. */
export function writeSound(samples) {
    const head = Buffer.alloc(44);
    head.write("RIFF", 0);
    head.writeUInt32LE(36 + 2 * samples.length, 4);
    head.write("WAVEfmt ", 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(44100, 24);
    head.writeUInt32LE(88200, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write("data", 36);
    head.writeUInt32LE(2 * samples.length, 40);
    return Buffer.concat([head, Buffer.from(samples.buffer)]);
}
