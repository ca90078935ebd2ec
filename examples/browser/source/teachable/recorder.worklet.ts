// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Runs on the audio thread: hands the microphone's samples to the page, some 2048 a message.

declare class AudioWorkletProcessor {
    readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class Recorder extends AudioWorkletProcessor {
    private block = new Float32Array(2048);
    private filled = 0;

    process(inputs: Float32Array[][]): boolean {
        const channel = inputs[0]?.[0];
        if (channel === undefined) return true;
        for (const sample of channel) {
            this.block[this.filled++] = sample;
            if (this.filled < this.block.length) continue;
            this.port.postMessage(this.block, [this.block.buffer]);
            this.block = new Float32Array(2048);
            this.filled = 0;
        }
        return true;
    }
}
registerProcessor("recorder", Recorder);
