// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's worker: looks at examples, trains, predicts and writes files, each kind with an engine of its own.
import { SlicedLoop } from "../shared/slices";
import { serve } from "../shared/worker";
import { packProject } from "./archive";
import { Machine, MachineError, type Reading, type Scores } from "./machine";
import { decodePicture, drawSquare } from "./pictures";
import type { Kind } from "./project";
import type { ClassKeys, ExampleView, History, Offer, Outcome, Service, Sight } from "./service";
import { readPoints, seenPoints } from "./skeleton";
import { readWave } from "./wave";

/** Fewer points are no body: MoveNet answers for a chair as well. */
const leastPoints = 3;

interface Trunk {
    readonly engine: string;
    /** Weights that the engine needs, from the page's own folder or from the reader. */
    readonly weights: () => Promise<Uint8Array | undefined>;
}

/** What the trunk of an export is called. */
const exportedTrunk = "Teachable Machine";

let page = "";
let kept: ReadonlySet<string> = new Set();
const trunks = new Map<string, Trunk>();
const machines = new Map<string, Promise<Machine>>();
const examples = new Map<string, Reading>();
/** How often the examples of a kind were forgotten: what is read meanwhile is of another network below. */
const forgotten = new Map<Kind, number>();
let training: { stopped: boolean } | undefined;

const exampleKey = (kind: Kind, key: number): string => `${kind} ${key}`;
const fixedEngines: { readonly [Name in "sounds" | "poses"]: string } = { sounds: "teachable_sounds", poses: "teachable_poses" };

/** Engines whose trunks take weights of the reader's own: the first whose arrays are in the file is chosen. */
const ownTrunks = ["teachable_mobilenet", "teachable_pictures"] as const;

async function fetchBytes(path: string): Promise<Uint8Array> {
    const answer = await fetch(new URL(path, page));
    if (!answer.ok) throw new MachineError(`${path} cannot be read`);
    return new Uint8Array(await answer.arrayBuffer());
}

/** The files of weights beside the page: what was not there when it was built is not asked for. */
async function readKept(): Promise<ReadonlySet<string>> {
    const { files } = JSON.parse(new TextDecoder().decode(await fetchBytes("models/list.json"))) as { files: string[] };
    return new Set(files);
}

async function fetchPoints(): Promise<Uint8Array> {
    const file = "movenet.safetensors";
    if (!kept.has(file)) throw new MachineError(`models/${file} is not here: the pages were built without it`);
    return fetchBytes(`models/${file}`);
}

/** The machine of a kind; that of pictures stands on a network below that the reader chooses. */
function openMachine(kind: Kind, trunk: string): Promise<Machine> {
    const name = kind === "pictures" ? trunk : kind;
    const known = machines.get(name);
    if (known) return known;
    const opening = (async () => {
        const chosen = kind === "pictures" ? trunks.get(trunk) : undefined;
        if (kind === "pictures" && chosen === undefined) throw new MachineError(`there is no network ${trunk}`);
        const machine = await Machine.open(chosen?.engine ?? fixedEngines[kind as "sounds" | "poses"], page);
        const weights = chosen ? await chosen.weights() : machine.description.needsWeights ? await fetchPoints() : undefined;
        if (weights) machine.loadTrunk(weights);
        return machine;
    })();
    machines.set(name, opening);
    opening.catch(() => machines.delete(name));
    return opening;
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

function drawnParts(kind: Kind, reading: Reading): { points?: Float32Array; spectrogram?: Float32Array } {
    if (kind === "poses") return { points: reading.shown };
    return kind === "sounds" ? { spectrogram: reading.shown } : {};
}

const hasBody = (points: Float32Array): boolean => seenPoints(readPoints(points)).length >= leastPoints;

/** The machine that a project's buttons mean: the one that was used last for its kind. */
const current = new Map<Kind, Machine>();
async function useMachine(kind: Kind, trunk: string): Promise<Machine> {
    const machine = await openMachine(kind, trunk);
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
    return new Promise((resolve, reject) => {
        const loop: SlicedLoop<History> = new SlicedLoop(
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
}

function describeScores(scores: readonly Scores[], heldOut: boolean = scores.some((score) => score.heldOutLoss > 0)): History {
    return {
        loss: scores.map((score) => score.loss),
        accuracy: scores.map((score) => score.accuracy),
        heldOutLoss: heldOut ? scores.map((score) => score.heldOutLoss) : [],
        heldOutAccuracy: heldOut ? scores.map((score) => score.heldOutAccuracy) : [],
    };
}

const service: Service = {
    async open(address, kind): Promise<Offer> {
        if (page === "") {
            page = address;
            kept = await readKept();
            if (kept.has("centernet.safetensors")) trunks.set("CenterNet (MobileNet 3)", { engine: "teachable_pictures", weights: () => fetchBytes("models/centernet.safetensors") });
            trunks.set("64 x 64", { engine: "teachable_small", weights: async () => undefined });
        }
        const { description } = await openMachine(kind, [...trunks.keys()][0] ?? "");
        const [frames = 1, bands = 1] = description.shown;
        return { mostClasses: description.mostClasses, spectrogram: { frames, bands }, trunks: kind === "pictures" ? [...trunks.keys()] : [] };
    },
    async describe(kind, trunk, classes) {
        const machine = await openMachine(kind, trunk);
        const file = `${machine.description.trunk}.hpp`;
        const below = kept.has(file) ? new TextDecoder().decode(await fetchBytes(`models/${file}`)) : machine.description.trunk;
        return { head: machine.typeText(classes), trunk: below };
    },
    async addTrunk(name, file) {
        let wrong: unknown;
        for (const engine of ownTrunks) {
            try {
                const machine = await Machine.open(engine, page);
                machine.loadTrunk(file);
                // Another file of this name may have been there before.
                machines.set(name, Promise.resolve(machine));
                trunks.set(name, { engine, weights: async () => file });
                return name;
            } catch (error) {
                wrong = error;
            }
        }
        throw wrong;
    },
    async read(kind, trunk, key, file): Promise<ExampleView> {
        const begun = forgotten.get(kind);
        const machine = await useMachine(kind, trunk);
        const reading = kind === "sounds" ? machine.read(readWave(file)) : readPixels(machine, await decodePicture(new Blob([file.slice()])));
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
        machine.begin({ features: findFeatures(kind, classes), settings });
        const scores = await learn(machine, settings.epochs, show, mark);
        training = undefined;
        const seconds = (performance.now() - start) / 1000;
        machine.keepHead();
        const checked = machine.confusion(true);
        const heldOut = checked.some((count) => count > 0);
        return { history: describeScores(scores, heldOut), confusion: heldOut ? checked : machine.confusion(false), heldOut, seconds };
    },
    async stop() {
        if (training) training.stopped = true;
    },
    async seePicture(kind, trunk, pixels) {
        const machine = await useMachine(kind, trunk);
        return see(kind, machine, () => readPixels(machine, pixels));
    },
    async hearSound(samples) {
        const machine = await useMachine("sounds", "");
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
        (await useMachine(kind, trunk)).loadHead(head);
    },
    async adopt(model) {
        // Of sounds and poses the layers below are not in the file, or are others than those here.
        if (model.kind !== "pictures") return undefined;
        const machine = await Machine.open("teachable_exported", page);
        machine.loadExport(model);
        machines.set(exportedTrunk, Promise.resolve(machine));
        current.set("pictures", machine);
        return exportedTrunk;
    },
    async pack(stored) {
        return packProject(stored);
    },
};
serve(service);
