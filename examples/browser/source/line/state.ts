// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the page knows: the points and choices, what the engine made of them, and the address that keeps it.
import { batch, effect } from "@preact/signals";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import { dataOf, type DataName, type Point, type Task } from "./data";
import { relaxed, say, worker } from "./engine";
import { boundary, c, curve, curving, degree, fit, l2, leastRidge, residuals, ridge, separate, trust } from "./fits";
import { clusters, enoughForClusters, k, keepCenters, placeCenters, running, seed, whileBusy } from "./groups";
import { bounds, boundsOf, cursor, dataName, isPlace, points, predictedX, presentClasses, setPoints, showData, task } from "./points";

export { failure, relaxed } from "./engine";
export * from "./fits";
export * from "./groups";
export * from "./points";

const first = {
    task: task.peek() as string,
    data: dataName.peek() as string,
    points: "", // own ones, as x,y,label;...
    degree: degree.peek(),
    ridge: ridge.peek(),
    residuals: residuals.peek() as string,
    k: k.peek(),
    seed: seed.peek(),
    curving: curving.peek(),
    trust: trust.peek(),
};

export function chooseData(name: DataName): void {
    batch(() => {
        showData(name);
        clusters.value = undefined;
    });
}

export function chooseTask(chosen: Task): void {
    batch(() => {
        task.value = chosen;
        running.value = false;
        const known = dataOf[chosen];
        // Points of a reader's own stay.
        if (dataName.value !== "own" && !known.includes(dataName.value)) chooseData(known[0]!);
    });
}

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
            data: dataName.value !== "own" ? dataName.value : points.value.length > 0 ? first.data : "empty",
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
        void dataName.value; // another set has no centers yet
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
