// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Points to begin with.
import longleyTable from "../../../longley.csv?raw";

export type Point = { x: number; y: number; label: number };
export type Task = "line" | "clusters" | "classes";
export type DataName = "lab" | "heights" | "stopping" | "longley" | "anscombe1" | "anscombe2" | "anscombe3" | "clouds" | "moons" | "rings" | "corners" | "empty";
export type Data = { points: Point[]; xName?: string; yName?: string };

/** Sets of points for each task, the first to begin with. */
export const dataOf: Record<Task, readonly DataName[]> = {
    line: ["lab", "heights", "stopping", "longley", "anscombe1", "anscombe2", "anscombe3", "empty"],
    clusters: ["clouds", "moons", "rings", "empty"],
    classes: ["moons", "rings", "corners", "clouds", "empty"],
};

const pairs = (x: readonly number[], y: readonly number[]): Point[] => x.map((value, i) => ({ x: value, y: y[i]!, label: 0 }));

/** Numbers that are the same each time: points are examples, not experiments (mulberry32). */
function makeRandom(seed: number) {
    let state = seed;
    const uniform = () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return { uniform, normal };
}

const rounded = (value: number) => Math.round(value * 100) / 100;
const scatter = (count: number, seed: number, place: (i: number, random: ReturnType<typeof makeRandom>) => Point): Point[] => {
    const random = makeRandom(seed);
    return Array.from({ length: count }, (_, i) => {
        const { x, y, label } = place(i, random);
        return { x: rounded(x), y: rounded(y), label };
    });
};

// F. J. Anscombe, "Graphs in statistical analysis", The American Statistician 27 (1973).
const anscombeX = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];

export function loadData(name: DataName): Data {
    switch (name) {
        case "lab":
            return { points: pairs([1, 2, 3, 4, 5], [1, 2, 1.6, 3.8, 2.3]) };
        case "heights":
            return { points: pairs([174, 152, 138, 128, 186], [71, 55, 46, 38, 88]), xName: "cm", yName: "kg" };
        case "stopping": // v t + v^2 / (2 g friction), as examples/stopping_distance.cpp measures
            return {
                points: scatter(40, 5, (_, random) => {
                    const x = 20 + 110 * random.uniform();
                    const speed = x / 3.6;
                    return { x, y: speed * 1 + speed ** 2 / (2 * 9.81 * 0.7) + 3 * random.normal(), label: 0 };
                }),
                xName: "km/h",
                yName: "m",
            };
        case "longley": {
            const [head, ...rows] = longleyTable.trim().split(/\r?\n/).map((row) => row.split(","));
            const x = head!.indexOf("gnp"), y = head!.indexOf("employed");
            return {
                points: rows.map((row) => ({ x: Number(row[x]) / 1000, y: Number(row[y]) / 1000, label: 0 })),
                xName: "GNP, 10⁹ $",
                yName: "10⁶",
            };
        }
        case "anscombe1":
            return { points: pairs(anscombeX, [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]) };
        case "anscombe2":
            return { points: pairs(anscombeX, [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74]) };
        case "anscombe3":
            return { points: pairs(anscombeX, [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]) };
        case "clouds": {
            const middles = [[2, 2], [7, 3], [3, 7], [8, 8]] as const;
            return {
                points: scatter(120, 7, (i, random) => {
                    const [x, y] = middles[i % 4]!;
                    return { x: x + 0.8 * random.normal(), y: y + 0.8 * random.normal(), label: i % 4 };
                }),
            };
        }
        case "moons":
            return {
                points: scatter(100, 3, (i, random) => {
                    const angle = Math.PI * random.uniform(), label = i % 2;
                    const x = label ? 5 + 2.5 - 2.5 * Math.cos(angle) : 2.5 + 2.5 - 2.5 * Math.cos(angle);
                    const y = label ? 5 - 2.6 * Math.sin(angle) + 0.9 : 5 + 2.6 * Math.sin(angle) - 0.9;
                    return { x: x + 0.3 * random.normal(), y: y + 0.3 * random.normal(), label };
                }),
            };
        case "rings":
            return {
                points: scatter(100, 11, (i, random) => {
                    const angle = 2 * Math.PI * random.uniform(), label = i % 2, radius = label ? 3.6 : 1.2;
                    return { x: 5 + radius * Math.cos(angle) + 0.35 * random.normal(), y: 5 + radius * Math.sin(angle) + 0.35 * random.normal(), label };
                }),
            };
        case "corners":
            return {
                points: scatter(100, 13, (_, random) => {
                    const x = 10 * random.uniform(), y = 10 * random.uniform();
                    return { x, y, label: Number(x > 5) ^ Number(y > 5) };
                }),
            };
        case "empty":
            return { points: [] };
    }
}
