// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Colours of the style sheet, for canvases.
import { signal } from "@preact/signals";

/** Changes where the reader's system turns dark or light: what is drawn with colours has to be drawn again. */
export const scheme = signal(0);
const known = new Map<string, string>();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    known.clear();
    ++scheme.value;
});

/** The value of a variable of the style sheet: color("--text"). */
export function color(name: string): string {
    let value = known.get(name);
    if (value === undefined) {
        value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        known.set(name, value);
    }
    return value;
}

type Stop = readonly [place: number, red: number, green: number, blue: number];
// From dark blue to yellow, evenly brighter, so that they are told apart without colours, too.
const valueStops: readonly Stop[] = [
    [0, 38, 24, 92],
    [0.35, 44, 96, 140],
    [0.65, 42, 158, 134],
    [0.85, 134, 206, 86],
    [1, 250, 230, 60],
];
// From blue by white to orange: to the left, either, to the right.
const sideStops: readonly Stop[] = [
    [0, 26, 95, 180],
    [0.5, 242, 242, 242],
    [1, 214, 92, 10],
];

function mix(stops: readonly Stop[], share: number): readonly [number, number, number] {
    const place = Math.min(Math.max(share, 0), 1);
    const next = Math.max(1, stops.findIndex(([end]) => end >= place));
    const [from, ...first] = stops[next - 1]!;
    const [to, ...second] = stops[next]!;
    const part = (place - from) / (to - from);
    return [0, 1, 2].map((i) => first[i]! + part * (second[i]! - first[i]!)) as unknown as [number, number, number];
}

/** 0: falls at once, 1: stands for good. */
export const valueColor = (value: number): readonly [number, number, number] => mix(valueStops, value);
/** The chance of a push to the right. */
export const sideColor = (chance: number): readonly [number, number, number] => mix(sideStops, chance);

/** The same as CSS, from left to right. */
export function gradient(colorOf: (share: number) => readonly [number, number, number]): string {
    const steps = Array.from({ length: 11 }, (_, i) => `rgb(${colorOf(i / 10).map(Math.round).join(" ")})`);
    return `linear-gradient(to right, ${steps.join(", ")})`;
}
