// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Makes what Teachable Machine exports of a picture project ("TensorFlow.js, download"), in the format that its library
// writes (googlecreativelab/teachablemachine-community): MobileNet v2 of width 0.35 with Keras's names, the mean over
// places, and two dense layers, the second without a bias. The weights are made up, the same ones always.

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

/** Numbers that keep the values between layers of one size, by Knuth's and Lewis's quick generator. */
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

/** Files of an export by their names: texts, and a Uint8Array for weights.bin. */
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
    let state = 7;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const numbers = arrays.map(([name, shape]) => makeNumbers(name, shape, next));
    const weights = new Uint8Array(4 * numbers.reduce((sum, each) => sum + each.length, 0));
    let place = 0;
    for (const each of numbers) {
        weights.set(new Uint8Array(each.buffer), place);
        place += each.byteLength;
    }
    return {
        "model.json": JSON.stringify({
            modelTopology, format: "layers-model", generatedBy: "TensorFlow.js tfjs-layers v1.3.1", convertedBy: null,
            weightsManifest: [{ paths: ["./weights.bin"], weights: arrays.map(([name, shape]) => ({ name, shape, dtype: "float32" })) }],
        }),
        "weights.bin": weights,
        "metadata.json": JSON.stringify({
            tfjsVersion: "1.3.1", tmVersion: "2.4.7", packageVersion: "0.8.4-alpha2", packageName: "@teachablemachine/image",
            timeStamp: "2026-01-01T00:00:00.000Z", userMetadata: {}, modelName: "tm-my-image-model", labels, imageSize: 224,
        }),
    };
}
