// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The points, and the plane on which they lie.
import { batch, computed, signal } from "@preact/signals";
import { scaleLinear } from "d3-scale";
import { loadData, type DataName, type Point, type Task } from "./data";

export type Bounds = { x: [number, number]; y: [number, number] };
export const classNames = ["A", "B", "C", "D"] as const;

export const task = signal<Task>("line");
export const dataName = signal<DataName | "own">("lab");
export const axisNames = signal<readonly [string, string]>(["x", "y"]);
export const points = signal<readonly Point[]>([]);
export const bounds = signal<Bounds>({ x: [0, 10], y: [0, 10] });
export const newLabel = signal(0);
export const tool = signal<"add" | "remove">("add");
/** The cross that the keyboard moves, in the plane's numbers. */
export const cursor = signal<readonly [number, number]>([0, 0]);
export const predictedX = signal(0);

/** The labels that occur, ascending: what the engine counts from 0. */
export const presentClasses = computed(() => [...new Set(points.value.map((point) => point.label))].sort());

export function boundsOf(list: readonly Point[]): Bounds {
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

export function setPoints(list: readonly Point[]): void {
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

/** Shows points to begin with. */
export function showData(name: DataName): void {
    const data = loadData(name);
    batch(() => {
        points.value = data.points;
        dataName.value = name;
        axisNames.value = [data.xName ?? "x", data.yName ?? "y"];
        bounds.value = boundsOf(data.points);
        cursor.value = [middle(bounds.value.x), middle(bounds.value.y)];
        predictedX.value = short(middle(bounds.value.x), bounds.value.x);
    });
}
const middle = ([low, high]: [number, number]) => (low + high) / 2;

/** Points as the engine takes them: x and y in turn. */
export const coordinates = (list: readonly Point[]) => Float64Array.from(list.flatMap(({ x, y }) => [x, y]));
