// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The camera and the microphone. Each is opened when the reader asks for it and closed when nothing shows it any more.
import recorderAddress from "./recorder.worklet.ts?worker&url";
import type { SoundShape } from "./service";
import { quantize, soundRate } from "./wave";

/** Why there is no picture or sound: each has a sentence of its own. */
export type Trouble = "refused" | "absent" | "busy" | "insecure" | "failed";

export class DeviceError extends Error {
    constructor(
        readonly trouble: Trouble,
        message: string,
    ) {
        super(message);
        this.name = "DeviceError";
    }
}

const troubles: Record<string, Trouble> = {
    NotAllowedError: "refused",
    SecurityError: "refused",
    NotFoundError: "absent",
    OverconstrainedError: "absent",
    NotReadableError: "busy",
    AbortError: "busy",
};

async function openStream(wanted: MediaStreamConstraints): Promise<MediaStream> {
    if (!navigator.mediaDevices?.getUserMedia) throw new DeviceError("insecure", "the browser offers no devices here");
    try {
        return await navigator.mediaDevices.getUserMedia(wanted);
    } catch (error) {
        const name = error instanceof Error ? error.name : "";
        throw new DeviceError(troubles[name] ?? "failed", error instanceof Error ? error.message : String(error));
    }
}

function closeStream(stream: MediaStream): void {
    for (const track of stream.getTracks()) track.stop();
}

/** A camera that several views may show: opened by the first that asks, closed by the last that goes. */
export class Camera {
    private stream: Promise<MediaStream> | undefined;
    private views = 0;
    private facing: "user" | "environment" = "user";

    open(): Promise<MediaStream> {
        this.views += 1;
        this.stream ??= openStream({ video: { facingMode: this.facing, width: { ideal: 640 }, height: { ideal: 480 } }, audio: false });
        const opened = this.stream;
        opened.catch(() => {
            if (this.stream === opened) this.stream = undefined;
        });
        return opened;
    }

    close(): void {
        this.views = Math.max(0, this.views - 1);
        if (this.views > 0) return;
        this.stream?.then(closeStream, () => {});
        this.stream = undefined;
    }
}

/** What a microphone keeps: no network below reads more at once. */
export const longestSeconds = 1.1;

/** The last second and a little more that a microphone heard. */
export class Microphone {
    private stream: MediaStream | undefined;
    private context: AudioContext | undefined;
    private last = new Float32Array(0);
    private opening: Promise<void> | undefined;
    private views = 0;
    /** How often it was closed: what opened meanwhile is closed again. */
    private closings = 0;
    /** Samples heard since the microphone was opened. */
    private heard = 0;
    private readonly listeners = new Set<() => void>();

    async open(): Promise<void> {
        this.views += 1;
        const opening = (this.opening ??= this.start());
        try {
            await opening;
        } catch (error) {
            if (this.opening === opening) this.opening = undefined;
            throw error;
        }
        if (this.views === 0) this.stop();
    }

    close(): void {
        this.views = Math.max(0, this.views - 1);
        if (this.views === 0) this.stop();
    }

    /** Calls `listener` with each block of samples; returns what ends it. */
    listen(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** How many seconds were heard. */
    get seconds(): number {
        return this.context === undefined ? 0 : this.heard / this.context.sampleRate;
    }

    /** The loudest of the last tenth of a second, in 0..1. */
    get level(): number {
        const tenth = Math.ceil((this.context?.sampleRate ?? 0) / 10);
        return this.last.subarray(this.last.length - tenth).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    }

    /** The last samples at that rate, as an example has them: one channel of 16 bits. */
    async takeSound({ rate, samples }: SoundShape): Promise<Float32Array> {
        const context = this.context;
        if (context === undefined) throw new DeviceError("failed", "the microphone is closed");
        const length = Math.min(this.last.length, Math.ceil((samples / rate) * context.sampleRate));
        const buffer = new AudioBuffer({ length, numberOfChannels: 1, sampleRate: context.sampleRate });
        buffer.copyToChannel(this.last.subarray(this.last.length - length), 0);
        return quantize(await resample(buffer, samples, rate));
    }

    private async start(): Promise<void> {
        const begun = this.closings;
        // What makes speech clearer to a listener changes the sounds that are to be told apart.
        const constraints = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
        const stream = await openStream({ audio: constraints, video: false });
        const context = new AudioContext();
        try {
            await context.audioWorklet.addModule(recorderAddress);
            await context.resume();
        } catch (error) {
            closeStream(stream);
            void context.close();
            throw new DeviceError("failed", error instanceof Error ? error.message : String(error));
        }
        if (begun !== this.closings) {
            closeStream(stream);
            void context.close();
            return;
        }
        this.stream = stream;
        this.context = context;
        this.last = new Float32Array(Math.ceil(longestSeconds * context.sampleRate));
        this.heard = 0;
        const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
        node.port.onmessage = (event: MessageEvent<Float32Array>) => this.add(event.data);
        context.createMediaStreamSource(stream).connect(node);
    }

    private add(block: Float32Array): void {
        this.last.copyWithin(0, block.length);
        this.last.set(block, this.last.length - block.length);
        this.heard += block.length;
        for (const listener of this.listeners) listener();
    }

    private stop(): void {
        this.closings += 1;
        if (this.stream !== undefined) closeStream(this.stream);
        void this.context?.close();
        this.stream = undefined;
        this.context = undefined;
        this.opening = undefined;
    }
}

/** A sound of one channel, `length` samples long, at that rate; the browser's filters make it so. */
async function resample(buffer: AudioBuffer, length: number, rate: number): Promise<Float32Array> {
    const context = new OfflineAudioContext(1, Math.max(1, length), rate);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    source.start();
    return (await context.startRendering()).getChannelData(0);
}

/** An example at another rate; where it is shorter than what is read, there is silence before it. */
export async function fitSound(example: Float32Array<ArrayBuffer>, { rate, samples }: SoundShape): Promise<Float32Array> {
    const buffer = new AudioBuffer({ length: example.length, numberOfChannels: 1, sampleRate: soundRate });
    buffer.copyToChannel(example, 0);
    const length = Math.min(samples, Math.round((example.length / soundRate) * rate));
    const fitted = new Float32Array(samples);
    fitted.set(await resample(buffer, length, rate), samples - length);
    return fitted;
}

/** A file of sound that the browser can decode, at that rate. */
export async function decodeSound(file: Uint8Array, rate: number = soundRate): Promise<Float32Array> {
    const context = new OfflineAudioContext(1, 1, rate);
    const buffer = await context.decodeAudioData(file.slice().buffer);
    return quantize(await resample(buffer, Math.round(buffer.duration * rate), rate));
}
