// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with exported networks in ONNX Runtime and compares with what is expected of them:
//   node run.cjs FOLDER
// FOLDER/NAME.onnx has samples in FOLDER/NAME.json. Differences are relative to the number, to the root mean square of
// all, or to 1, whichever is largest. Names the cases that fail, and says in the last line how many there are.
const {readdirSync, readFileSync} = require("fs");
const ort = require("onnxruntime-node");

const folder = process.argv[2], tolerance = 1e-5;
const size = (shape) => shape.slice(1).reduce((a, b) => a * b, 1);

async function worstDifference(name) {
    const session = await ort.InferenceSession.create(`${folder}/${name}.onnx`,
        {intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: "basic", logSeverityLevel: 3});
    const {inputs, expected} = JSON.parse(readFileSync(`${folder}/${name}.json`));
    const feeds = {};
    session.inputMetadata.forEach((input, i) => {
        const samples = inputs[i].length / size(input.shape);
        feeds[input.name] = new ort.Tensor(input.type, input.type === "int64" ? BigInt64Array.from(inputs[i].map(BigInt))
            : Float32Array.from(inputs[i]), [samples, ...input.shape.slice(1)]);
    });
    const results = await session.run(feeds);
    if (session.outputNames.length !== expected.length) throw Error(`${session.outputNames.length} outputs`);
    let worst = 0;
    session.outputMetadata.forEach((output, i) => {
        const found = results[output.name].data;
        if (found.length !== expected[i].length) throw Error(`output ${i} has ${found.length} numbers`);
        if (results[output.name].dims.join() !== [found.length / size(output.shape), ...output.shape.slice(1)].join())
            throw Error(`output ${i} is ${results[output.name].dims}, and should be ${output.shape}`);
        const usual = Math.sqrt(expected[i].reduce((sum, each) => sum + each * each, 0) / expected[i].length);
        expected[i].forEach((number, k) => {
            const difference = Math.abs(found[k] - number);
            if (difference === 0) return;
            worst = Math.max(worst, difference / Math.max(1, usual, Math.abs(number)));
            if (Number.isNaN(difference)) worst = Infinity;
        });
    });
    await session.release();
    return worst;
}

(async () => {
    const names = readdirSync(folder).filter((file) => file.endsWith(".onnx")).map((file) => file.slice(0, -5)).sort();
    let failed = 0;
    for (const name of names) {
        let problem = "";
        try {
            const worst = await worstDifference(name);
            if (!(worst <= tolerance)) problem = `differs by ${worst}`;
        } catch (error) {
            problem = error.message;
        }
        if (problem === "") continue;
        ++failed;
        console.error(`${name}: ${problem}`);
    }
    console.log(`${names.length - failed} of ${names.length} networks`);
    process.exit(names.length > 0 && failed === 0 ? 0 : 1);
})();
