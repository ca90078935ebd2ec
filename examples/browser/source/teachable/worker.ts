// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's worker: looks at examples, trains, predicts and writes files, each kind with an engine of its own.
import { SlicedLoop } from "../shared/slices";
import { release, serve } from "../shared/worker";
import { packProject } from "./archive";
import { MachineError, type Machine, type Reading, type Scores } from "./machine";
import { decodePicture, drawSquare } from "./pictures";
import type { Kind } from "./project";
import { Trunks } from "./trunks";
import type { ClassKeys, ExampleView, History, Offer, Outcome, Service, Sight } from "./service";
import { readPoints, seenPoints } from "./skeleton";
import { readWave } from "./wave";

/** Fewer points are no body: MoveNet answers for a chair as well. */
const leastPoints = 3;

let page = "";
let trunks: Promise<Trunks> | undefined;
const examples = new Map<string, Reading>();
/** How often the examples of a kind were forgotten: what is read meanwhile is of another network below. */
const forgotten = new Map<Kind, number>();
let training: { stopped: boolean } | undefined;

const exampleKey = (kind: Kind, key: number): string => `${kind} ${key}`;
async function needTrunks(): Promise<Trunks> {
    if (trunks === undefined) throw new MachineError("the page was not opened");
    return trunks;
}

function findFeatures(kind: Kind, classes: readonly ClassKeys[]): Float32Array[][] {
    return classes.map((keys) => keys.flatMap((key) => examples.get(exampleKey(kind, key))?.features ?? []));
}

function readPixels(machine: Machine, pixels: ImageData): Reading {
    const { side } = machine;
    if (pixels.width === side && pixels.height === side) return machine.read(new Uint8Array(pixels.data.buffer));
    const source = new OffscreenCanvas(pixels.width, pixels.height);
    source.getContext("2d")?.putImageData(pixels, 0, 0);
    return machine.read(new Uint8Array(drawSquare(new OffscreenCanvas(side, side), source).data.buffer));
}

/** What an example's file holds; nothing where it is no picture or sound. */
async function decodeExample(kind: Kind, file: Uint8Array): Promise<ImageData | Float32Array | undefined> {
    try {
        return kind === "sounds" ? readWave(file) : await decodePicture(new Blob([file.slice()]));
    } catch {
        return undefined;
    }
}

function drawnParts(kind: Kind, reading: Reading): { points?: Float32Array; spectrogram?: Float32Array } {
    if (kind === "poses") return { points: reading.shown };
    return kind === "sounds" ? { spectrogram: reading.shown } : {};
}

const hasBody = (points: Float32Array): boolean => seenPoints(readPoints(points)).length >= leastPoints;

/** The machine that a project's buttons mean: the one that was used last for its kind. */
const current = new Map<Kind, Machine>();
async function useMachine(kind: Kind, trunk: string): Promise<Machine> {
    const machine = await (await needTrunks()).machine(kind, trunk);
    current.set(kind, machine);
    return machine;
}
function needMachine(kind: Kind): Machine {
    const machine = current.get(kind);
    if (machine === undefined) throw new MachineError("nothing was learnt yet");
    return machine;
}

function see(kind: Kind, machine: Machine, read: () => Reading): Sight {
    const start = performance.now();
    const reading = read();
    const parts = drawnParts(kind, reading);
    const shares = kind === "poses" && !hasBody(reading.shown) ? undefined : machine.predict();
    return { shares, ...parts, milliseconds: performance.now() - start };
}

/** Learns in slices, so that the worker hears the page between epochs; gives the losses behind each. */
function learn(machine: Machine, epochs: number, show: (history: History) => Promise<void>, mark: { stopped: boolean }): Promise<Scores[]> {
    const scores: Scores[] = [];
    let loop: SlicedLoop<History> | undefined;
    const learning = new Promise<Scores[]>((resolve, reject) => {
        loop = new SlicedLoop(
            () => {
                if (mark.stopped) return false;
                scores.push(machine.learn());
                return scores.length < epochs;
            },
            () => describeScores(scores),
            async (history, running) => {
                await show(history);
                if (!running) resolve(scores);
            },
            reject,
        );
        loop.start();
    });
    return learning.finally(() => loop?.close());
}

function describeScores(scores: readonly Scores[], heldOut: boolean = scores.some((score) => score.heldOutLoss > 0)): History {
    return {
        loss: scores.map((score) => score.loss),
        accuracy: scores.map((score) => score.accuracy),
        heldOutLoss: heldOut ? scores.map((score) => score.heldOutLoss) : [],
        heldOutAccuracy: heldOut ? scores.map((score) => score.heldOutAccuracy) : [],
    };
}

async function makeOffer(kind: Kind, machine: Machine): Promise<Offer> {
    const { mostClasses, shown, rate, input } = machine.description;
    const [frames = 1, bands = 1] = shown;
    return { mostClasses, spectrogram: { frames, bands }, sound: { rate: rate ?? 0, samples: input[0] ?? 0 }, trunks: (await needTrunks()).names(kind) };
}

const service: Service = {
    async open(address, kind, trunk): Promise<Offer> {
        page = address;
        const opening = (trunks ??= Trunks.open(address));
        opening.catch(() => (trunks = undefined));
        return makeOffer(kind, await (await opening).machine(kind, trunk));
    },
    async describe(kind, trunk, classes) {
        const known = await needTrunks();
        const machine = await known.machine(kind, trunk);
        return { head: machine.typeText(classes), trunk: await known.describe(machine) };
    },
    async addTrunk(name, file) {
        await (await needTrunks()).add(name, file);
        return name;
    },
    async read(kind, trunk, key, file): Promise<ExampleView | "unreadable"> {
        const begun = forgotten.get(kind);
        const machine = await useMachine(kind, trunk);
        const input = await decodeExample(kind, file);
        if (input === undefined) return "unreadable";
        const reading = input instanceof ImageData ? readPixels(machine, input) : machine.read(input);
        const usable = kind !== "poses" || hasBody(reading.shown);
        if (usable && forgotten.get(kind) === begun) examples.set(exampleKey(kind, key), reading);
        return { ...drawnParts(kind, reading), usable };
    },
    async forget(kind) {
        forgotten.set(kind, (forgotten.get(kind) ?? 0) + 1);
        for (const key of [...examples.keys()]) if (key.startsWith(`${kind} `)) examples.delete(key);
    },
    async train(kind, trunk, classes, settings, show): Promise<Outcome> {
        const machine = await useMachine(kind, trunk);
        const start = performance.now();
        const mark = { stopped: false };
        training = mark;
        try {
            machine.begin({ features: findFeatures(kind, classes), settings });
            const scores = await learn(machine, settings.epochs, show, mark);
            const seconds = (performance.now() - start) / 1000;
            machine.keepHead();
            const checked = machine.confusion(true);
            const heldOut = checked.some((count) => count > 0);
            return { history: describeScores(scores, heldOut), confusion: heldOut ? checked : machine.confusion(false), heldOut, seconds };
        } finally {
            training = undefined;
            release(show);
        }
    },
    async stop() {
        if (training) training.stopped = true;
    },
    async seePicture(kind, trunk, pixels) {
        const machine = await useMachine(kind, trunk);
        return see(kind, machine, () => readPixels(machine, pixels));
    },
    async hearSound(trunk, samples) {
        const machine = await useMachine("sounds", trunk);
        return see("sounds", machine, () => machine.read(samples));
    },
    async save(kind, format, names) {
        const machine = needMachine(kind);
        return format === "onnx" ? machine.saveOnnx(names, page) : machine.save(format, names);
    },
    async saveExamples(kind, trunk, classes, names) {
        return (await useMachine(kind, trunk)).saveExamples(findFeatures(kind, classes), names);
    },
    async load(kind, trunk, head) {
        const machine = await (await needTrunks()).machine(kind, trunk);
        machine.loadHead(head);
        current.set(kind, machine);
    },
    async adopt(model) {
        const trunk = await (await needTrunks()).adopt(model);
        return trunk === undefined ? undefined : { trunk, offer: await makeOffer(model.kind, await useMachine(model.kind, trunk)) };
    },
    async pack(stored) {
        return packProject(stored);
    },
};
serve(service);
