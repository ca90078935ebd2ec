// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Maps of what units make of the plane, in the colours of the two classes.
import { useLayoutEffect, useRef } from "preact/hooks";

type Color = readonly [number, number, number];
const negative: Color = [214, 96, 10];
const middle: Color = [240, 240, 240];
const positive: Color = [26, 95, 180];
export const colorText = (value: number): string => `rgb(${mixed(value).join(" ")})`;
function mixed(value: number): Color {
    const share = Math.min(1, Math.abs(value));
    const end = value < 0 ? negative : positive;
    return [0, 1, 2].map((i) => Math.round(middle[i]! + (end[i]! - middle[i]!) * share)) as unknown as Color;
}

/** Draws a map of values into a canvas of that side. `isShare`: they are shares from 0 to 1. */
export function paint(canvas: HTMLCanvasElement, values: Float32Array, side: number, twoColors: boolean, isShare: boolean): void {
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    if (!context) return;
    const image = context.createImageData(side, side);
    for (let i = 0; i < side * side; ++i) {
        const value = isShare ? 2 * values[i]! - 1 : values[i]!;
        const [red, green, blue] = mixed(twoColors ? (value < 0 ? -1 : 1) : Number.isFinite(value) ? value : 0);
        image.data.set([red, green, blue, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
}

/** A small map, for what surrounds it to name. */
export function UnitMap(props: { values: Float32Array; side: number; twoColors: boolean; isShare: boolean }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useLayoutEffect(() => {
        if (canvas.current) paint(canvas.current, props.values, props.side, props.twoColors, props.isShare);
    });
    return <canvas ref={canvas} class="unit-map" aria-hidden="true" />;
}
