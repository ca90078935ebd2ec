// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Turns the models of npm's @vladmandic/human, graph models of TensorFlow.js, into weights for the engines:
//     node trunks.mjs PACKAGE OUTPUT    writes OUTPUT/centernet.safetensors and OUTPUT/movenet.safetensors
//
// import_model does this for any model; it would have to be compiled first, for a minute, to copy numbers that both
// files have in the same order. The names are those that its headers, engines/centernet.hpp and engines/movenet.hpp,
// give: layers of a kind are counted as a walk from the ends meets them, what they read first. The numbers stay float16.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const trunks = {
    centernet: { model: "centernet", ends: ["tower_0/extern1/hard_swish/mul_1"], weights: 1751064 },
    movenet: {
        model: "movenet-lightning",
        ends: ["center_0/conv2d_4", "kpt_heatmap_0/conv2d_5", "kpt_regress_0/conv2d_6", "kpt_offset_0/conv2d_7"]
            .map((head) => `StatefulPartitionedCall/${head}/BiasAdd`),
        weights: 2317974,
    },
};
/** What a convolution is called, and its kernel. */
const kinds = {
    Conv2D: ["conv", "kernel"],
    _FusedConv2D: ["conv", "kernel"],
    DepthwiseConv2dNative: ["depthwise_conv", "depthwise_kernel"],
    FusedDepthwiseConv2dNative: ["depthwise_conv", "depthwise_kernel"],
};
const size = (shape) => shape.reduce((product, extent) => product * extent, 1);

/** The tensors of a model by name: shape and the bytes of float16. */
function readTensors(model, folder) {
    const tensors = new Map();
    for (const group of model.weightsManifest) {
        const bytes = Buffer.concat(group.paths.map((file) => readFileSync(path.join(folder, file))));
        let place = 0;
        for (const { name, shape, dtype, quantization } of group.weights) {
            const isHalf = quantization?.dtype === "float16";
            const length = size(shape) * (isHalf ? 2 : 4);
            if (isHalf && dtype === "float32") tensors.set(name, { shape, bytes: bytes.subarray(place, place + length) });
            place += length;
        }
        if (place !== bytes.length) throw new Error(`expected ${place} bytes of weights, found ${bytes.length}`);
    }
    return tensors;
}

/** Names of the network's arrays and the tensors that hold them, in the order of its layers. */
function nameArrays(model, ends) {
    const nodes = new Map(model.modelTopology.node.map((node) => [node.name, node]));
    const arrays = [], counts = {}, seen = new Set();
    const walk = (name) => {
        const node = nodes.get(name.split(":")[0]);
        if (!node || seen.has(node.name)) return;
        seen.add(node.name);
        const kind = kinds[node.op];
        // A kernel and a bias are constants that the layer itself reads.
        (node.input ?? []).forEach((input, place) => !kind || place === 0 ? walk(input) : undefined);
        if (!kind) return;
        const number = counts[kind[0]] ?? 0;
        counts[kind[0]] = number + 1;
        const layer = number === 0 ? kind[0] : `${kind[0]}_${number}`;
        arrays.push([`${layer}.${kind[1]}`, node.input[1]]);
        if (node.input.length > 2) arrays.push([`${layer}.bias`, node.input[2]]);
    };
    ends.forEach(walk);
    return arrays;
}

const [packageFolder, output] = process.argv.slice(2);
if (!output) {
    console.error("node trunks.mjs PACKAGE OUTPUT");
    process.exit(2);
}
const folder = path.join(packageFolder, "models");
mkdirSync(output, { recursive: true });
for (const [name, { model: file, ends, weights }] of Object.entries(trunks)) {
    const model = JSON.parse(readFileSync(path.join(folder, `${file}.json`), "utf8"));
    const tensors = readTensors(model, folder);
    const header = { __metadata__: { origin: `${file}.json of @vladmandic/human` } }, pieces = [];
    let end = 0;
    for (const [array, tensor] of nameArrays(model, ends)) {
        const { shape, bytes } = tensors.get(tensor);
        header[array] = { dtype: "F16", shape, data_offsets: [end, end + bytes.length] };
        end += bytes.length;
        pieces.push(bytes);
    }
    if (end !== 2 * weights) throw new Error(`${file}: expected ${weights} weights, found ${end / 2}`);
    let text = JSON.stringify(header);
    text = text.padEnd(Math.ceil(text.length / 8) * 8);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(path.join(output, `${name}.safetensors`), Buffer.concat([length, Buffer.from(text), ...pieces]));
    console.log(`${name}.safetensors: ${weights} weights, ${8 + text.length + end} bytes`);
}
