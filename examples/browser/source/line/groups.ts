// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The groups that the points form, by k-means.
import { batch, computed, signal } from "@preact/signals";
import { failure, say, worker } from "./engine";
import { coordinates, dataName, points } from "./points";
import type { Clusters } from "./worker";

export const k = signal(4);
export const seed = signal(1);
export type ShownClusters = Partial<Clusters> & { centers: Float64Array; steps: number; settled: boolean; program?: string };
export const clusters = signal<ShownClusters | undefined>(undefined);
export const inertias = signal<readonly number[]>([]);
export const running = signal(false);

/** Whether there is a point for each group. */
export const enoughForClusters = computed(() => points.value.length >= k.value);

/** Of groups, centers alone stay where they are while points move. */
export function keepCenters(): void {
    inertias.value = [];
    const shown = clusters.peek();
    if (shown) clusters.value = { centers: shown.centers, steps: shown.steps, settled: false };
}

/** Hands an answer to `take` unless another number of groups, or another data set, is wanted meanwhile. */
async function answerFor<Answer>(ask: (list: Float64Array, count: number) => Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    const [asked, count, name] = [points.value, k.value, dataName.value];
    const answer = await ask(coordinates(asked), count);
    const isOther = dataName.value !== name && dataName.value !== "own"; // which changed points become
    if (k.value !== count || isOther || !enoughForClusters.value) return;
    batch(() => {
        take(answer);
        if (points.value !== asked) keepCenters();
    });
}

export async function whileBusy(work: () => Promise<void>): Promise<void> {
    try {
        await work();
        failure.value = undefined;
    } catch (error) {
        say(error);
    }
}

export const drawCenters = () => whileBusy(async () => {
    running.value = false;
    seed.value += 1;
    await placeCenters();
});

export async function placeCenters(): Promise<void> {
    if (!enoughForClusters.value) return;
    await answerFor(
        (list, count) => worker.drawCenters(list, count, seed.value),
        (centers) => (clusters.value = { centers, steps: 0, settled: false }),
    );
}

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>) => a.length === b.length && Array.from(a).every((value, i) => value === b[i]);

/** Moves the centers once. */
export const stepClusters = () => whileBusy(async () => {
    if (!enoughForClusters.value) return;
    if (!clusters.value || clusters.value.centers.length !== 2 * k.value) return placeCenters();
    const before = clusters.value;
    await answerFor(
        (list) => worker.moveCenters(list, before.centers, 1),
        (found) => {
            const settled = sameNumbers(found.centers, before.centers);
            clusters.value = { ...found, steps: before.steps + (settled ? 0 : 1), settled };
        },
    );
});

let runNumber = 0; // of the loop that steps: one begun again does not go on beside the one before

/** Steps slowly enough to watch. */
export async function runClusters(): Promise<void> {
    running.value = true;
    const own = ++runNumber;
    while (running.value && own === runNumber && enoughForClusters.value) {
        await stepClusters();
        if (clusters.value?.settled || failure.value) break;
        await new Promise((resolve) => setTimeout(resolve, matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 350));
    }
    if (own === runNumber) running.value = false;
}

/** The best of ten runs, and for comparison that of every number of groups. */
export const findBest = () => whileBusy(async () => {
    running.value = false;
    if (!enoughForClusters.value) return;
    await answerFor(
        async (list, count) => {
            const found = await worker.findClusters(list, count, seed.value);
            const all: number[] = [];
            for (let each = 1; each <= Math.min(8, list.length / 2); ++each) all.push((await worker.findClusters(list, each, seed.value)).inertia);
            return { found, all };
        },
        ({ found, all }) => {
            clusters.value = { ...found, steps: found.iterations, settled: true };
            inertias.value = all;
        },
    );
});
