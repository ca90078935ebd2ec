// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// TensorFlow.js with its backend in WebAssembly: 128-bit registers, one thread.
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

export { tf };
export const tensorflow = "TensorFlow.js";

/** Starts the backend. Its threads need a page that is isolated from other origins, which this one is not. */
export async function openTensorflow() {
    setWasmPaths(new URL("tensorflow/", self.location.href).href);
    setThreadsCount(1);
    if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js has no backend in WebAssembly");
    await tf.ready();
    return { simd: await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"), version: tf.version.tfjs };
}

/** Gives a network of layers its weights, one array behind the other. */
export function setWeights(network, weights) {
    let next = 0;
    network.setWeights(
        network.getWeights().map(({ shape, size }) => tf.tensor(weights.slice(next, (next += size)), shape)),
    );
    if (next !== weights.length) throw new Error(`expected ${next} weights, found ${weights.length}`);
}
