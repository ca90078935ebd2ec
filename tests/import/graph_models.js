// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Runs models of @vladmandic/human by TensorFlow.js on two made-up images: graph_models.js MODELS OUTPUT MODEL...
// writes a folder with a case.json for each, and the images and results as .npy.
const fs = require("fs");
const path = require("path");
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");

// Of a model whose file ends in what no network computes: where its network ends.
const ends = {
    "movenet-lightning": ["center_0/conv2d_4", "kpt_heatmap_0/conv2d_5", "kpt_regress_0/conv2d_6", "kpt_offset_0/conv2d_7"]
        .map((head) => `StatefulPartitionedCall/${head}/BiasAdd`),
};

function writeArray(file, shape, numbers) {
    const fixed = 10; // magic, version, length of the text
    let text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
    text = text.padEnd(Math.ceil((fixed + text.length + 1) / 64) * 64 - fixed - 1) + "\n";
    const head = Buffer.alloc(fixed);
    head.write("\x93NUMPY\x01\x00", "latin1");
    head.writeUInt16LE(text.length, 8);
    fs.writeFileSync(file, Buffer.concat([head, Buffer.from(text, "latin1"), Buffer.from(Float32Array.from(numbers).buffer)]));
}

async function load(file) {
    const model = JSON.parse(fs.readFileSync(file));
    const bytes = Buffer.concat(model.weightsManifest.flatMap((group) => group.paths)
        .map((part) => fs.readFileSync(path.join(path.dirname(file), part))));
    return tf.loadGraphModel({load: async () => ({
        modelTopology: model.modelTopology, format: model.format, signature: model.signature,
        weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
        weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    })});
}

(async () => {
    const [models, output, ...names] = process.argv.slice(2);
    wasm.setThreadsCount(1);
    await tf.setBackend("wasm");
    for (const name of names) {
        const file = path.resolve(models, `${name}.json`), folder = path.join(output, name);
        const model = await load(file), outputs = ends[name] || model.outputNodes;
        const [{shape, dtype}] = model.inputs, image = shape.slice(1), size = image.reduce((a, b) => a * b);
        let state = 1; // Knuth's and Lewis's quick generator
        const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
        const images = [0, 1].map(() => Float32Array.from({length: size}, () => dtype === "int32" ? Math.floor(256 * next()) : 2 * next() - 1));
        const results = images.map((numbers) => model.execute(tf.tensor(numbers, [1, ...image], dtype), outputs))
            .map((result) => (Array.isArray(result) ? result : [result]));
        fs.mkdirSync(folder, {recursive: true});
        writeArray(path.join(folder, "input.npy"), [2, ...image], images.flatMap((each) => [...each]));
        results[0].forEach((first, i) => writeArray(path.join(folder, `output_${i}.npy`), [2, first.size],
            results.flatMap((result) => [...result[i].dataSync()])));
        fs.writeFileSync(path.join(folder, "case.json"), JSON.stringify({
            source: {files: [{file}]}, outputs, inputs: [{file: "input.npy"}],
            expected: outputs.map((_, i) => ({file: `output_${i}.npy`})), tolerance: {abs: 1e-3, rel: 0},
        }));
    }
})();
