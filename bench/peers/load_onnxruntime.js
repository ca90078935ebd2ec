// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// From a model file to the first prediction in ONNX Runtime: node load_onnxruntime.js DIRECTORY
const fs = require("fs");
const ort = require("onnxruntime-node");

const directory = process.argv[2];
const peak = () => (/VmHWM:\s*(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1] / 1024).toFixed(1);

(async () => {
    const bytes = new Uint8Array(fs.readFileSync(`${directory}/x.f32`)).buffer;
    const x = new ort.Tensor("float32", new Float32Array(bytes), [1, bytes.byteLength / 4]);
    console.log(`megabytes_before ${peak()}`);
    const processor = process.cpuUsage(), begin = performance.now();
    const session = await ort.InferenceSession.create(`${directory}/network.onnx`, {
        intraOpNumThreads: Number(process.env.BENCH_THREADS), interOpNumThreads: 1});
    const loading = performance.now() - begin;
    const {y} = await session.run({x});
    const milliseconds = performance.now() - begin, spent = process.cpuUsage(processor);
    console.log(`milliseconds ${milliseconds.toFixed(2)}`);
    console.log(`processor_ms ${((spent.user + spent.system) / 1e3).toFixed(2)}`);
    console.log(`megabytes ${peak()}`);
    console.log(`loading_ms ${loading.toFixed(2)}`);
    console.log(`first ${Math.max(...y.data).toFixed(4)}`);
})();
