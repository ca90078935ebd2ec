// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Says what TensorFlow.js and the browser's own AnalyserNode make of the sounds of machine_export.mjs: the numbers that
// teachable.test.mjs expects. By hand, where one of these changes:
//   npm install --prefix DIRECTORY --ignore-scripts @tensorflow/tfjs@4.22.0
//   STRATA_PACKAGES=build/browser/node_modules node tests/browser/machine_peer.mjs DIRECTORY
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { makeSound, makeSoundsExport, soundSamples } from "./machine_export.mjs";

const { chromium } = createRequire(join(resolve(process.env.STRATA_PACKAGES), "package.json"))("playwright-core");
const executablePath = process.env.STRATA_CHROMIUM ?? execFileSync("which", ["chromium"]).toString().trim();
const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
const page = await browser.newPage();
await page.addScriptTag({ path: join(resolve(process.argv[2]), "node_modules/@tensorflow/tfjs/dist/tf.min.js") });
const files = makeSoundsExport(["Background Noise", "One", "Two"]);
for (const hasSilence of [false, true]) {
    const shares = await page.evaluate(async ([model, weights, numbers, length]) => {
        const [frames, bins] = [43, 232];
        const context = new OfflineAudioContext(1, length + 256, 44100);
        const buffer = new AudioBuffer({ length, numberOfChannels: 1, sampleRate: 44100 });
        buffer.copyToChannel(Float32Array.from(numbers, (number) => number / 32768), 0);
        const source = new AudioBufferSourceNode(context, { buffer });
        const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
        source.connect(analyser).connect(context.destination);
        const heard = [];
        for (let frame = 0; frame < frames; ++frame) {
            // Rendering stops behind the next 128 samples.
            void context.suspend((2048 + 1024 * frame - 64) / 44100).then(() => {
                const levels = new Float32Array(1024);
                analyser.getFloatFrequencyData(levels);
                if (levels[0] !== -Infinity) heard.push(levels.slice(0, bins));
                return context.resume();
            });
        }
        source.start();
        await context.startRendering();
        const all = new Float32Array(frames * bins);
        heard.forEach((levels, place) => all.set(levels, (frames - heard.length + place) * bins));
        const { modelTopology, weightsManifest } = JSON.parse(model);
        const weightData = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0)).buffer;
        await tf.setBackend("cpu");
        const network = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }));
        const x = tf.tensor(all, [1, frames, bins, 1]);
        const { mean, variance } = tf.moments(x);
        const shares = await network.predict(tf.div(tf.sub(x, mean), tf.add(tf.sqrt(variance), tf.backend().epsilon()))).data();
        return [heard.length, ...shares];
    }, [files["model.json"], Buffer.from(files["weights.bin"]).toString("base64"), [...makeSound(hasSilence)], soundSamples]);
    console.log(hasSilence ? "with silence:" : "without:", shares.join(", "));
}
await browser.close();
