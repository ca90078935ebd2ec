// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the page knows: the points and choices, and what the engine made of them.
import { batch, computed, effect, signal } from "@preact/signals";
import { scaleLinear } from "d3-scale";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import { connect, latestOnly } from "../shared/worker";
import { dataOf, loadData, type DataName, type Point, type Task } from "./data";
import type { Boundary, Clusters, Curve, LineService } from "./worker";

export type Bounds = { x: [number, number]; y: [number, number] };
export type Residuals = "none" | "lines" | "squares";

const first = {
    task: "line" as string,
    data: "lab" as string,
    points: "", // own ones, as x,y,label;...
    degree: 1,
    ridge: -5, // the power of ten of λ; the least stands for none
    residuals: "lines" as string,
    k: 4,
    seed: 1,
    curving: 1,
    trust: 0, // the power of ten of C
};
export const leastRidge = first.ridge;
export const classNames = ["A", "B", "C", "D"] as const;
/** Cells of the picture of a boundary, on either side. */
export const cells = 60;

export const task = signal<Task>("line");
export const dataName = signal<DataName | "own">("lab");
export const axisNames = signal<readonly [string, string]>(["x", "y"]);
export const points = signal<readonly Point[]>([]);
export const bounds = signal<Bounds>({ x: [0, 10], y: [0, 10] });
export const degree = signal(first.degree);
export const ridge = signal(first.ridge);
export const residuals = signal<Residuals>("lines");
export const k = signal(first.k);
export const seed = signal(first.seed);
export const curving = signal(first.curving);
export const trust = signal(first.trust);
export const newLabel = signal(0);
export const tool = signal<"add" | "remove">("add");
/** The cross that the keyboard moves, in the plane's numbers. */
export const cursor = signal<readonly [number, number]>([0, 0]);
export const predictedX = signal(0);

export const l2 = computed(() => (ridge.value <= leastRidge ? 0 : Number((10 ** ridge.value).toPrecision(3))));
export const c = computed(() => Number((10 ** trust.value).toPrecision(3)));

export const relaxed = signal<boolean | undefined>(undefined); // once the engine is there
export const failure = signal("");
export type DrawnCurve = Curve & { x: Float64Array; points: readonly Point[]; l2: number; predicted: number };
export const curve = signal<DrawnCurve | undefined>(undefined);
export type ShownClusters = Partial<Clusters> & { centers: Float64Array; steps: number; settled: boolean; program?: string };
export const clusters = signal<ShownClusters | undefined>(undefined);
export const inertias = signal<readonly number[]>([]);
export const running = signal(false);
export type ShownBoundary = Boundary & { classes: readonly number[]; bounds: Bounds; atCursor: Float32Array };
export const boundary = signal<ShownBoundary | undefined>(undefined);

/** The labels that occur, ascending: what the engine counts from 0. */
export const presentClasses = computed(() => [...new Set(points.value.map((point) => point.label))].sort());

const worker = connect<LineService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
const say = (error: unknown) => (failure.value = error instanceof Error ? error.message : String(error));

function boundsOf(list: readonly Point[]): Bounds {
    const around = (numbers: number[]): [number, number] => {
        if (numbers.length === 0) return [0, 10];
        let low = Math.min(...numbers), high = Math.max(...numbers);
        const room = high > low ? 0.12 * (high - low) : Math.max(1, Math.abs(low) * 0.1);
        [low, high] = [low - room, high + room];
        return scaleLinear([low, high], [0, 1]).nice(8).domain() as [number, number];
    };
    return { x: around(list.map((point) => point.x)), y: around(list.map((point) => point.y)) };
}

/** A number as short as the plane can show it: between two of them no pixel lies. */
function short(value: number, [low, high]: [number, number]): number {
    const digits = Math.max(0, Math.ceil(3 - Math.log10(high - low)));
    return Number(value.toFixed(Math.min(digits, 12)));
}
const shortened = (point: Point): Point => ({ ...point, x: short(point.x, bounds.value.x), y: short(point.y, bounds.value.y) });

function setPoints(list: readonly Point[]): void {
    batch(() => {
        points.value = list;
        dataName.value = "own";
    });
}
export const addPoint = (x: number, y: number): number => {
    setPoints([...points.value, shortened({ x, y, label: task.value === "classes" ? newLabel.value : 0 })]);
    return points.value.length - 1;
};
export const movePoint = (i: number, x: number, y: number): void => setPoints(points.value.map((point, j) => (j === i ? shortened({ ...point, x, y }) : point)));
/** Whether a point may lie there: squares of such numbers are finite, and so are axes. */
export const isPlace = (value: number | undefined): boolean => value !== undefined && Math.abs(value) <= 1e100;
/** A point of which a number was typed: as it was typed, wherever it lies. */
export const typePoint = (i: number, x: number, y: number): void =>
    batch(() => {
        setPoints(points.value.map((point, j) => (j === i ? { ...point, x, y } : point)));
        bounds.value = boundsOf(points.value);
    });
export const labelPoint = (i: number, label: number): void => setPoints(points.value.map((point, j) => (j === i ? { ...point, label } : point)));
export const removePoint = (i: number): void => setPoints(points.value.filter((_, j) => j !== i));
export const removeAll = (): void => setPoints([]);

export function chooseData(name: DataName): void {
    const data = loadData(name);
    batch(() => {
        points.value = data.points;
        dataName.value = name;
        axisNames.value = [data.xName ?? "x", data.yName ?? "y"];
        bounds.value = boundsOf(data.points);
        cursor.value = [middle(bounds.value.x), middle(bounds.value.y)];
        predictedX.value = short(middle(bounds.value.x), bounds.value.x);
        clusters.value = undefined;
    });
}
const middle = ([low, high]: [number, number]) => (low + high) / 2;

export function chooseTask(chosen: Task): void {
    batch(() => {
        task.value = chosen;
        running.value = false;
        const known = dataOf[chosen];
        // Points of a reader's own stay.
        if (dataName.value !== "own" && !known.includes(dataName.value)) chooseData(known[0]!);
    });
}

const coordinates = (list: readonly Point[]) => Float64Array.from(list.flatMap(({ x, y }) => [x, y]));

// The line

const fit = latestOnly(
    async ({ list, degree, l2, bounds, predictedX }: { list: readonly Point[]; degree: number; l2: number; bounds: Bounds; predictedX: number }) => {
        const count = 200;
        const x = Float64Array.from({ length: count + 1 }, (_, i) => bounds.x[0] + ((bounds.x[1] - bounds.x[0]) * i) / count);
        const asked = Float64Array.of(...x, predictedX);
        const found = await worker.fitCurve(Float64Array.from(list, (p) => p.x), Float64Array.from(list, (p) => p.y), degree, l2, asked);
        return { ...found, drawn: found.drawn.slice(0, -1), predicted: found.drawn.at(-1)!, x, points: list, l2 };
    },
    (found) => batch(() => {
        curve.value = found;
        failure.value = "";
    }),
    say,
);

// Groups

/** What one has to do first, where there are too few points. */
export const enoughForClusters = computed(() => points.value.length >= k.value);

/** Of groups, centers alone stay where they are while points move. */
function keepCenters(): void {
    inertias.value = [];
    const shown = clusters.peek();
    if (shown) clusters.value = { centers: shown.centers, steps: shown.steps, settled: false };
}

/** Hands an answer to `take` unless another number of groups is wanted meanwhile. */
async function answerFor<Answer>(ask: (list: Float64Array, count: number) => Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    const [asked, count] = [points.value, k.value];
    const answer = await ask(coordinates(asked), count);
    if (k.value !== count || !enoughForClusters.value) return;
    batch(() => {
        take(answer);
        if (points.value !== asked) keepCenters();
    });
}

async function whileBusy(work: () => Promise<void>): Promise<void> {
    try {
        await work();
        failure.value = "";
    } catch (error) {
        say(error);
    }
}

export const drawCenters = () => whileBusy(async () => {
    running.value = false;
    seed.value += 1;
    await placeCenters();
});

async function placeCenters(): Promise<void> {
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

// Classes

const separate = latestOnly(
    async ({ list, present, curving, c, bounds, cursor }: { list: readonly Point[]; present: readonly number[]; curving: number; c: number; bounds: Bounds; cursor: readonly [number, number] }) => {
        const labels = Int32Array.from(list, (point) => present.indexOf(point.label));
        const grid = new Float64Array(2 * (cells * cells + 1));
        for (let row = 0, i = 0; row < cells; ++row)
            for (let column = 0; column < cells; ++column) {
                grid[i++] = bounds.x[0] + ((column + 0.5) / cells) * (bounds.x[1] - bounds.x[0]);
                grid[i++] = bounds.y[1] - ((row + 0.5) / cells) * (bounds.y[1] - bounds.y[0]);
            }
        grid.set(cursor, 2 * cells * cells);
        const found = await worker.findBoundary(coordinates(list), labels, present.length, curving, c, grid);
        const end = cells * cells * present.length;
        return { ...found, shares: found.shares.slice(0, end), atCursor: found.shares.slice(end), classes: present, bounds };
    },
    (found) => batch(() => {
        boundary.value = found;
        failure.value = "";
    }),
    say,
);

// The address

const writePoints = (list: readonly Point[]) => list.map(({ x, y, label }) => [x, y, ...(label ? [label] : [])].join(",")).join(";");
function readPoints(text: string): Point[] {
    return text.split(";").flatMap((one) => {
        const [x, y, label = 0] = one.split(",").map(Number);
        return isPlace(x) && isPlace(y) && [0, 1, 2, 3].includes(label) ? [{ x: x!, y: y!, label }] : [];
    });
}
const whole = (value: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(value)));

function readState(): void {
    const read = readAddress(first);
    batch(() => {
        task.value = Object.hasOwn(dataOf, read.task) ? (read.task as Task) : "line";
        degree.value = whole(read.degree, 1, 8);
        ridge.value = Math.min(4, Math.max(leastRidge, read.ridge));
        residuals.value = read.residuals === "none" || read.residuals === "squares" ? read.residuals : "lines";
        k.value = whole(read.k, 1, 8);
        seed.value = whole(read.seed, 0, 2 ** 31 - 1);
        curving.value = whole(read.curving, 1, 3);
        trust.value = Math.min(4, Math.max(-4, read.trust));
        const known: readonly string[] = dataOf[task.value];
        chooseData((known.includes(read.data) ? read.data : known[0]) as DataName);
        const own = readPoints(read.points);
        if (own.length > 0) {
            bounds.value = boundsOf(own);
            setPoints(own);
        }
    });
}

export function begin(): void {
    readState();
    watchAddress(readState);
    effect(() =>
        writeAddress(first, {
            task: task.value,
            data: dataName.value === "own" ? first.data : dataName.value,
            points: dataName.value === "own" ? writePoints(points.value) : "",
            degree: degree.value,
            ridge: ridge.value,
            residuals: residuals.value,
            k: k.value,
            seed: seed.value,
            curving: curving.value,
            trust: trust.value,
        }),
    );
    worker.open(document.baseURI).then((found) => (relaxed.value = found), say);
    effect(() => {
        if (relaxed.value === undefined || task.value !== "line") return;
        if (points.value.length === 0) {
            fit(undefined);
            curve.value = undefined;
        } else fit({ list: points.value, degree: degree.value, l2: l2.value, bounds: bounds.value, predictedX: predictedX.value });
    });
    effect(() => {
        if (relaxed.value === undefined || task.value !== "classes") return;
        if (presentClasses.value.length < 2) {
            separate(undefined);
            boundary.value = undefined;
        } else
            separate({ list: points.value, present: presentClasses.value, curving: curving.value, c: c.value, bounds: bounds.value, cursor: cursor.value });
    });
    // Centers without points are none; others stay where they are while points move.
    effect(() => {
        if (relaxed.value === undefined || task.value !== "clusters") return;
        const centers = clusters.peek()?.centers.length;
        if (!enoughForClusters.value) clusters.value = undefined;
        else if (centers !== 2 * k.value) void whileBusy(placeCenters);
    });
    effect(() => {
        void points.value;
        keepCenters();
    });
}
