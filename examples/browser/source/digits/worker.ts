// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { EngineError, LastingEngine, readBytes, type Engine } from "../shared/engine";
import { serve } from "../shared/worker";
import decoderWeights from "../../models/digit_decoder.safetensors?url";
import encoderWeights from "../../models/digit_encoder.safetensors?url";
import generatorWeights from "../../models/digit_generator.safetensors?url";
import readerWeights from "../../models/digit_reader.safetensors?url";
import spamWeights from "../../models/spam_reader.safetensors?url";
import spamWords from "../../models/spam_words.txt?url";

type DigitsEngine = {
    describe(network: number): number;
    load(network: number, bytes: number, size: number): number;
    draw(points: number, lengths: number, strokes: number, smallest: number): number;
    set_image(pixels: number): void;
    read_digit(): number;
    repeat_read(times: number): void;
    encode(): number;
    decode(x: number, y: number): number;
    decode_plane(steps: number, reach: number): number;
    generate(digit: number, hand: number): number;
};
type SpamEngine = {
    describe(): number;
    load(bytes: number, size: number): number;
    set_words(text: number, size: number): void;
    weigh(text: number, size: number): number;
    stage_numbers(): number;
};
type PictureEngine = {
    describe(): number;
    load(bytes: number, size: number): number;
    set_picture(pixels: number, width: number, height: number, scaling: number): void;
    classify(): number;
    look(): number;
    stage_numbers(begin: number, count: number): number;
};

/** How a network is written in C++, and what the library says of it. */
export type NetworkText = { type: string; summary: string; plan: string; parameters: number };
export type Layer = { label: string; shape: number[] };
/** Layers and the numbers that they made of a sample, one layer after another. */
export type Seen = { layers: Layer[]; values: Float32Array };
/** The image that the reader sees, and what its layers make of it. */
export type Reading = { image: Float32Array; seen: Float32Array };
export type WeighedText = {
    words: { begin: number; end: number; known: boolean; weight: number }[];
    count: number;
    score: number;
    probability: number;
    seen: Seen;
};
export type Description = NetworkText & { layers: (Layer & { name: string; parameters: number })[] };
export type Classified = { probabilities: Float32Array; milliseconds: number };

const networks = { reader: 0, encoder: 1, decoder: 2, generator: 3 } as const;
export type DigitNetwork = keyof typeof networks;

let digits: LastingEngine<DigitsEngine>;
let spam: Promise<LastingEngine<SpamEngine>> | undefined;
let pictures: LastingEngine<PictureEngine> | undefined;
let base = "";

const expectNothing = (problem: string): void => {
    if (problem) throw new EngineError("missing", problem); // weights of the page are those of its engines
};

/** The time of one prediction: of as many as some 10 ms take. */
function measureReader(engine: Engine<DigitsEngine>): number {
    const begin = performance.now();
    let times = 0;
    do {
        engine.functions.repeat_read(8);
        times += 8;
    } while (performance.now() < begin + 10);
    return (1000 * (performance.now() - begin)) / times;
}

async function openSpam(): Promise<LastingEngine<SpamEngine>> {
    const [weights, words] = await Promise.all([readBytes(spamWeights), readBytes(spamWords)]);
    return LastingEngine.open<SpamEngine>("digits_spam", base, (engine) => {
        expectNothing(engine.give(weights, (address, size) => engine.takeText(engine.functions.load(address, size))));
        engine.give(words, (address, size) => engine.functions.set_words(address, size));
    });
}
/** Its engine, which is opened once; one that could not be had is asked for again. */
async function useSpam(): Promise<Engine<SpamEngine>> {
    const opening = (spam ??= openSpam());
    try {
        return (await opening).engine;
    } catch (error) {
        if (spam === opening) spam = undefined;
        throw error;
    }
}

function needPictures(): Engine<PictureEngine> {
    if (!pictures) throw new EngineError("refused", "there is no network yet");
    return pictures.engine;
}

const service = {
    /** Loads the engine and the weights; whether it multiplies and adds in one instruction. */
    async open(page: string): Promise<boolean> {
        base = page;
        const files = await Promise.all([readerWeights, encoderWeights, decoderWeights, generatorWeights].map((address) => readBytes(address)));
        digits = await LastingEngine.open<DigitsEngine>("digits", base, (engine) => {
            for (const [network, file] of files.entries())
                expectNothing(engine.give(file, (address, size) => engine.takeText(engine.functions.load(network, address, size))));
        });
        return digits.relaxed;
    },
    describe(network: DigitNetwork): Description {
        const { engine } = digits;
        return engine.takeValue<Description>(engine.functions.describe(networks[network]));
    },

    /** Strokes as x, y in turn, and how many points each has, in shares of the paper. */
    read(points: Float32Array, lengths: Uint32Array): Reading {
        const { engine } = digits;
        const image = engine.give(points, (address) =>
            engine.give(lengths, (lengthsAddress, strokes) =>
                // Below a tenth of the paper a drawing is not made larger.
                engine.take(Float32Array, engine.functions.draw(address, lengthsAddress, strokes, 0.1)),
            ),
        );
        return { image, seen: engine.take(Float32Array, engine.functions.read_digit()) };
    },
    /** Microseconds of one prediction of the reader. */
    measure(): number {
        return measureReader(digits.engine);
    },
    /** What the reader makes of an image of 28 x 28. */
    readImage(image: Float32Array): Float32Array {
        const { engine } = digits;
        engine.give(image, (address) => engine.functions.set_image(address));
        return engine.take(Float32Array, engine.functions.read_digit());
    },
    /** Where an image is in the plane: x, y, and the logarithms of the variances. */
    encode(image: Float32Array): Float32Array {
        const { engine } = digits;
        engine.give(image, (address) => engine.functions.set_image(address));
        return engine.take(Float32Array, engine.functions.encode());
    },
    decode(x: number, y: number): Float32Array {
        const { engine } = digits;
        return engine.take(Float32Array, engine.functions.decode(x, y));
    },
    plane(steps: number, reach: number): Float32Array {
        const { engine } = digits;
        return engine.take(Float32Array, engine.functions.decode_plane(steps, reach));
    },
    generate(digit: number, hand: number): Float32Array {
        const { engine } = digits;
        return engine.take(Float32Array, engine.functions.generate(digit, hand));
    },

    async describeSpam(): Promise<NetworkText> {
        const engine = await useSpam();
        return engine.takeValue<NetworkText>(engine.functions.describe());
    },
    async weigh(text: string): Promise<WeighedText> {
        const engine = await useSpam();
        const { stages, ...weighed } = engine.giveText(text, (address, size) =>
            engine.takeValue<Omit<WeighedText, "seen"> & { stages: Layer[] }>(engine.functions.weigh(address, size)),
        );
        return { ...weighed, seen: { layers: stages, values: engine.take(Float32Array, engine.functions.stage_numbers()) } };
    },

    /** Loads the engine of a classifier and gives it weights. What is wrong with them, or nothing. One after another. */
    async openPictures(name: string, weights: Uint8Array): Promise<{ problem: string; text: NetworkText }> {
        pictures = undefined; // the memory of the one before is let go
        let problem = "";
        const give = (engine: Engine<PictureEngine>) => {
            problem = engine.give(weights, (address, size) => engine.takeText(engine.functions.load(address, size)));
        };
        pictures = await LastingEngine.open<PictureEngine>(`digits_${name}`, base, give);
        const { engine } = pictures;
        return { problem, text: engine.takeValue<NetworkText>(engine.functions.describe()) };
    },
    /** Pixels as bytes of red, green, blue and opacity; mean and deviation of the three colours. */
    classify(pixels: Uint8Array, width: number, height: number, scaling: Float32Array): Classified {
        const engine = needPictures();
        engine.give(pixels, (address) => engine.give(scaling, (scalingAddress) => engine.functions.set_picture(address, width, height, scalingAddress)));
        const begin = performance.now();
        const view = engine.functions.classify();
        const milliseconds = performance.now() - begin;
        return { probabilities: engine.take(Float32Array, view), milliseconds };
    },
    /** What the stages make of the picture that was classified last: what they are, and where their numbers begin. */
    look(): (Layer & { begin: number })[] {
        const engine = needPictures();
        return engine.takeValue<(Layer & { begin: number })[]>(engine.functions.look());
    },
    stageNumbers(begin: number, count: number): Float32Array {
        const engine = needPictures();
        return engine.take(Float32Array, engine.functions.stage_numbers(begin, count));
    },
};

export type DigitsService = typeof service;
serve(service);
