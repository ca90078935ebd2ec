// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import type { Point, Stroke } from "./pad";

/** A curve of an ellipse, from one angle to another, in quarters of a turn clockwise from the right. */
function arc(x: number, y: number, width: number, height: number, from: number, to: number): Point[] {
    const steps = Math.ceil(8 * Math.abs(to - from));
    return Array.from({ length: steps + 1 }, (_, i) => {
        const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 2;
        return [x + width * Math.cos(angle), y + height * Math.sin(angle)] as const;
    });
}

/** A digit of each kind as a hand may write it. */
export const examples: readonly (readonly Stroke[])[] = [
    [arc(0.5, 0.5, 0.2, 0.3, 3, -1)],
    [[[0.42, 0.3], [0.52, 0.2], [0.5, 0.5], [0.48, 0.8]]],
    [[...arc(0.5, 0.36, 0.19, 0.16, 2, 4.5), [0.33, 0.78], [0.72, 0.77]]],
    [[...arc(0.48, 0.35, 0.17, 0.15, 2.3, 5), ...arc(0.48, 0.65, 0.2, 0.15, 3, 5.7)]],
    [[[0.36, 0.2], [0.33, 0.5], [0.7, 0.5]], [[0.64, 0.2], [0.6, 0.85]]],
    [[[0.68, 0.2], [0.4, 0.2], [0.36, 0.46], ...arc(0.47, 0.61, 0.19, 0.18, 3, 5.8)]],
    [[[0.6, 0.18], [0.45, 0.35], [0.36, 0.6], ...arc(0.5, 0.65, 0.16, 0.15, 2, -2)]],
    [[[0.3, 0.22], [0.7, 0.22], [0.56, 0.5], [0.46, 0.82]]],
    [[...arc(0.5, 0.35, 0.15, 0.15, 4.3, 1.2), ...arc(0.5, 0.66, 0.17, 0.16, 3, 7), [0.62, 0.46]]],
    [[...arc(0.5, 0.37, 0.16, 0.16, 0, -4), [0.65, 0.55], [0.6, 0.84]]],
];
