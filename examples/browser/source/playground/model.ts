// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's state, and what its controls do to it.
import { batch, computed, signal } from "@preact/signals";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import { problemOf, type Problem } from "../shared/problem";
import { callback, connect, nextFrame } from "../shared/worker";
import { featuresOf, first, layersOf, mended, mostLayers, mostUnits, readPoints, writePoints, type FeatureName, type Point, type Settings } from "./state";
import { t } from "./texts";
import type { Configured, PlaygroundService, Snapshot } from "./worker";

const worker = connect<PlaygroundService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));

export const settings = signal<Settings>(mended(readAddress(first)));
export const configured = signal<Configured | undefined>(undefined);
export const snapshot = signal<Snapshot | undefined>(undefined);
export const running = signal(false);
export const problem = signal<Problem | undefined>(undefined);
/** The unit whose map is large and whose weights can be changed: its layer and its number there; none: the output. */
export const chosen = signal<{ layer: number; unit: number } | undefined>(undefined);
/** The weight that a line of the network leads to, by its source. */
export const chosenWeight = signal<number | undefined>(undefined);
export const program = signal("");
export const programIsOpen = signal(false);
export const samples = signal<Record<string, Float32Array>>({});

/** Units of each layer, from the features to the output. */
export const widths = computed(() => [featuresOf(settings.value).length, ...layersOf(settings.value), 1]);
export const outputLayer = computed(() => widths.value.length - 2);
export const chosenUnit = computed(() => {
    const found = chosen.value;
    if (found && found.layer <= outputLayer.value && found.unit < widths.value[found.layer + 1]!) return found;
    return { layer: outputLayer.value, unit: 0 };
});
/** Where a unit is among those of all layers. */
export const placeOf = (layer: number, unit: number): number => widths.value.slice(1, layer + 1).reduce((sum, units) => sum + units, 0) + unit;
/** Where a weight, or behind the last input a bias, is in a snapshot's weights. */
export function weightPlace(layer: number, input: number, unit: number): number {
    let place = 0;
    for (let i = 0; i < layer; ++i) place += (widths.value[i]! + 1) * widths.value[i + 1]!;
    return place + input * widths.value[layer + 1]! + unit;
}

export const weightCount = computed(() => widths.value.slice(1).reduce((sum, units, layer) => sum + (widths.value[layer]! + 1) * units, 0));

async function take(given: Promise<Snapshot>): Promise<void> {
    snapshot.value = await given;
    await writeProgram();
}
export async function writeProgram(): Promise<void> {
    if (programIsOpen.value && !running.value) program.value = await worker.program();
}

let sending = false;
let waiting = false;
async function send(): Promise<void> {
    waiting = true;
    if (sending) return;
    sending = true;
    // What changed while an engine failed is sent all the same.
    while (waiting) {
        waiting = false;
        try {
            const answer = await worker.configure(settings.value);
            batch(() => {
                configured.value = answer;
                snapshot.value = answer.snapshot;
            });
            if (!waiting) await writeProgram();
        } catch (error) {
            report(error);
        }
    }
    sending = false;
}
function report(error: unknown): void {
    running.value = false;
    problem.value = problemOf(error, () => t.value.stopped);
}

/** Changes some of the settings: the address and the engine follow. */
export function change(changed: Partial<Settings>): void {
    settings.value = mended({ ...settings.value, ...changed });
    writeAddress(first, settings.value);
    void send();
}

export async function open(): Promise<void> {
    try {
        await worker.open(
            document.baseURI,
            callback(async (now: Snapshot, goesOn: boolean) => {
                batch(() => {
                    // A picture that was on its way when the reader paused.
                    if (running.value) snapshot.value = now;
                    if (!goesOn && now.diverged) running.value = false;
                });
                await nextFrame();
            }),
            callback(report),
        );
        await send();
        for (const name of ["circle", "xor", "gauss", "spiral", "plane", "hills"])
            samples.value = { ...samples.value, [name]: await worker.sample(name, name === "plane" || name === "hills" ? 300 : 160) };
    } catch (error) {
        report(error);
    }
    watchAddress(() => {
        settings.value = mended(readAddress(first));
        void send();
    });
}

export async function play(): Promise<void> {
    problem.value = undefined;
    running.value = true;
    await worker.play().catch(report);
}
export async function pause(): Promise<void> {
    running.value = false;
    await take(worker.pause()).catch(report);
}
export async function step(): Promise<void> {
    running.value = false;
    await worker.pause().catch(report);
    await take(worker.step(1)).catch(report);
}
export async function reset(): Promise<void> {
    await pause();
    problem.value = undefined;
    await take(worker.reset()).catch(report);
}
export async function choose(layer: number, unit: number, input?: number): Promise<void> {
    chosen.value = { layer, unit };
    chosenWeight.value = input;
    await take(worker.choose(placeOf(layer, unit))).catch(report);
}
export async function setWeight(place: number, value: number): Promise<void> {
    await take(worker.setWeight(place, value)).catch(report);
}

export function toggleFeature(name: FeatureName): void {
    const now = featuresOf(settings.value);
    const next = now.includes(name) ? now.filter((other) => other !== name) : [...now, name];
    if (next.length) change({ features: next.join(",") });
}
export function changeLayers(count: number): void {
    const layers = layersOf(settings.value);
    if (count < 0 || count > mostLayers) return;
    change({ layers: (count > layers.length ? [...layers, 2] : layers.slice(0, count)).join(",") });
}
export function changeUnits(layer: number, by: number): void {
    const layers = layersOf(settings.value);
    const units = layers[layer]! + by;
    if (units < 1 || units > mostUnits) return;
    layers[layer] = units;
    change({ layers: layers.join(",") });
}

/** The points that are shown, as own ones. */
function shownPoints(): Point[] {
    if (settings.value.data === "own") return readPoints(settings.value.points);
    const numbers = configured.value?.points ?? new Float32Array();
    return Array.from({ length: numbers.length / 3 }, (_, i) => ({ x: numbers[3 * i]!, y: numbers[3 * i + 1]!, label: numbers[3 * i + 2]! }));
}
/** Adds a point, or with a label of 0 takes away those that are near. From then on points are the reader's own. */
export function draw(x: number, y: number, label: number): void {
    if (settings.value.data !== "own") return;
    const near = 0.4;
    const points = shownPoints();
    const left = label === 0 ? points.filter((point) => Math.hypot(point.x - x, point.y - y) > near) : [...points, { x, y, label }];
    change({ points: writePoints(left) });
}
export const clear = (): void => change({ data: "own", points: "" });
