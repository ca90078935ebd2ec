// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Models of others in ONNX Runtime: node imported_onnxruntime.js DIRECTORY voice|detector|direction. Says how far it is
// from what strata left in the directory.
const fs = require("fs");
const ort = require("onnxruntime-node");

const [directory, name] = process.argv.slice(2);
const shapes = {detector: [1, 3, 640, 640], direction: [1, 3, 48, 192]};

function floats(file) {
    const bytes = fs.readFileSync(`${directory}/${file}`);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function say(times, results) {
    const wanted = floats(`${name}.y`);
    times.sort((a, b) => a - b);
    console.log(`milliseconds ${times[times.length >> 1].toFixed(6)}`);
    console.log(`difference ${results.reduce((most, y, i) => Math.max(most, Math.abs(y - wanted[i])), 0).toExponential(2)}`);
}

// As @ricky0123/vad-web's Silero does: the last 64 samples before 512 new ones, and the state from call to call.
async function detectVoice(session) {
    const signal = floats("speech.f32"), sr = new ort.Tensor("int64", [16000n]), times = [];
    let voices;
    for (let round = 0; round < 3; ++round) {
        let state = new ort.Tensor("float32", new Float32Array(256), [2, 1, 128]), context = new Float32Array(64);
        voices = [];
        for (let begin = 0; begin + 512 <= signal.length; begin += 512) {
            const chunk = new Float32Array(576);
            chunk.set(context, 0);
            chunk.set(signal.subarray(begin, begin + 512), 64);
            context = chunk.slice(-64);
            const input = new ort.Tensor("float32", chunk, [1, 576]), start = performance.now();
            const result = await session.run({input, state, sr});
            times.push(performance.now() - start);
            state = result.stateN;
            voices.push(result.output.data[0]);
        }
    }
    say(times, voices);
}

async function readImage(session) {
    const x = {[session.inputNames[0]]: new ort.Tensor("float32", floats(`${name}.x`), shapes[name])}, times = [];
    let result;
    for (let run = 0; run < 3; ++run) result = await session.run(x);
    for (let spent = 0; times.length < 10 || (times.length < 1000 && spent < 2e3); spent += times.at(-1)) {
        const start = performance.now();
        result = await session.run(x);
        times.push(performance.now() - start);
    }
    say(times, result[session.outputNames[0]].data);
}

(async () => {
    const session = await ort.InferenceSession.create(`${directory}/${name}.onnx`, {
        intraOpNumThreads: Number(process.env.BENCH_THREADS), interOpNumThreads: 1, graphOptimizationLevel: "all"});
    await (name === "voice" ? detectVoice : readImage)(session);
})();
