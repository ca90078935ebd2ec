// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The worker, what the reader chose, and what the worker shows of the cart and its agent.
import { computed, effect, signal } from "@preact/signals";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import type { Thrown } from "../shared/engine";
import { problemOf, type Problem } from "../shared/problem";
import { callback, connect, nextFrame } from "../shared/worker";
import type { DrawnCurve } from "./curve";
import type { Side } from "./picture";
import { widths, type Settings, type Shown } from "./sizes";
import { t } from "./texts";
import type { Driver, PoleService, Progress, Snapshot } from "./worker";

export const worker = connect<PoleService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));

export const fastest = 1_000_000; // the slider's end: as fast as it can
const first = { width: 32, seed: 1, gravity: 9.8, length: 1, push: 10, rate: 0.002, discount: 0.99, exploration: 0.01, speed: 5000, pace: 1 };
const bounds: Record<keyof typeof first, readonly [number, number]> = {
    width: [4, 128],
    seed: [0, 4294967295],
    gravity: [0, 30],
    length: [0.2, 2],
    push: [1, 30],
    rate: [0.0001, 0.1],
    discount: [0, 0.999],
    exploration: [0, 0.5],
    speed: [100, fastest],
    pace: [0.1, 2],
};

/** What the address says, as far as it is possible. */
function readState(): typeof first {
    const named = readAddress(first);
    for (const name of Object.keys(bounds) as (keyof typeof first)[])
        if (named[name] < bounds[name][0] || named[name] > bounds[name][1]) named[name] = first[name];
    if (!widths.some((width) => width === named.width)) named.width = first.width;
    if (!Number.isInteger(named.seed)) named.seed = first.seed;
    return named;
}

export const state = signal(readState());
export const settings = computed<Settings>(() => {
    const { gravity, length, push, rate, discount, exploration } = state.value;
    return { gravity, length, push, rate, discount, exploration };
});
effect(() => writeAddress(first, state.value));

export const opened = signal(false);
export const failure = signal<Problem | undefined>(undefined);
export const type = signal("");
export const shown = signal<Shown | undefined>(undefined);
export const progress = signal<Progress>({ steps: 0, lessons: 0, episodes: 0, mean: 0, solvedEpisode: 0 });
export const rate = signal(0);
export const learning = signal(false);
export const curve = signal<DrawnCurve>({ step: 1, each: new Float32Array(), means: new Float32Array() });
export const values = signal(new Float32Array());
export const chances = signal(new Float32Array());
export const driver = signal<Driver>("agent");
export const moving = signal(!matchMedia("(prefers-reduced-motion: reduce)").matches);
/** How long the pole stood that the reader held, in seconds, once it has fallen. */
export const fallenAfter = signal<number | undefined>(undefined);
export const described = signal<Shown | undefined>(undefined); // the cart as texts tell it, less often than it moves

const tell = (error: unknown): void => {
    failure.value = problemOf(error, () => t.value.stopped);
};
/** Lets the worker do something, and says what went wrong where it fails. */
export const ask = (answer: Promise<unknown>): void => void answer.catch(tell);

function draw(snapshot: Snapshot): Promise<void> {
    if (driver.peek() === "reader" && snapshot.shown.fallen && shown.peek()?.fallen === false) fallenAfter.value = snapshot.shown.seconds;
    shown.value = snapshot.shown;
    if (snapshot.curve && snapshot.map) {
        described.value = snapshot.shown;
        progress.value = snapshot.progress;
        rate.value = snapshot.stepsPerSecond;
        curve.value = snapshot.curve;
        const half = snapshot.map.length / 2;
        values.value = snapshot.map.slice(0, half);
        chances.value = snapshot.map.slice(half);
    }
    return nextFrame();
}

export async function restart(): Promise<void> {
    learning.value = false;
    failure.value = undefined;
    fallenAfter.value = undefined;
    const { width, seed } = state.value;
    type.value = await worker.begin(widths.findIndex((one) => one === width), seed, settings.value);
}

export function learn(on: boolean): void {
    learning.value = on;
    ask(worker.learn(on));
}

/** Changes what the reader chose; what cannot change while an agent learns starts over. */
export function choose(change: Partial<typeof first>): void {
    state.value = { ...state.value, ...change };
    if (!opened.value) return; // the engine opens with what is chosen then
    if ("width" in change || "seed" in change) ask(restart());
    else if ("speed" in change) ask(setSpeed());
    else if ("pace" in change) ask(setPace());
    else ask(worker.change(settings.value));
}
const setSpeed = () => worker.setSpeed(state.value.speed >= fastest ? Infinity : state.value.speed);
export const setPace = () => worker.setPace(moving.value ? state.value.pace : 0);

export function press(side: Side): void {
    if (driver.value === "reader") ask(worker.hold(side * state.value.push));
    else ask(worker.poke(side * state.value.push * 1.5));
}
export const release = () => ask(worker.hold(0));

async function begin(): Promise<void> {
    await worker.open(document.baseURI);
    await worker.listen(
        callback(draw),
        callback((thrown: Thrown) => {
            learning.value = false;
            tell(thrown);
        }),
    );
    // Nothing moves where nobody sees it; who learns goes on.
    const watchSight = () => ask(worker.setSeen(!document.hidden));
    document.addEventListener("visibilitychange", watchSight);
    watchSight();
    await follow();
    opened.value = true;
}

/** Begins anew with what the address says, or with other choices. */
async function follow(): Promise<void> {
    await setSpeed();
    await setPace();
    await restart();
}

/** Takes back what the reader chose, and begins anew. */
export function chooseFirst(): void {
    state.value = first;
    ask(follow());
}

ask(begin());
watchAddress(() => {
    state.value = readState();
    ask(follow());
});
