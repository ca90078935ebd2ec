// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The curve through the points, and the boundary between their classes.
import { batch, computed, signal } from "@preact/signals";
import { latestOnly } from "../shared/worker";
import type { Point } from "./data";
import { failure, say, worker } from "./engine";
import { coordinates, type Bounds } from "./points";
import type { Boundary, Curve } from "./worker";

export type Residuals = "none" | "lines" | "squares";
export const leastRidge = -5;
/** Cells of the picture of a boundary, on either side. */
export const cells = 60;

export const degree = signal(1);
export const ridge = signal(leastRidge); // the power of ten of λ; the least stands for none
export const residuals = signal<Residuals>("lines");
export const curving = signal(1);
export const trust = signal(0); // the power of ten of C

export const l2 = computed(() => (ridge.value <= leastRidge ? 0 : Number((10 ** ridge.value).toPrecision(3))));
export const c = computed(() => Number((10 ** trust.value).toPrecision(3)));

export type DrawnCurve = Curve & { x: Float64Array; points: readonly Point[]; l2: number; predicted: number };
export const curve = signal<DrawnCurve | undefined>(undefined);
export type ShownBoundary = Boundary & { classes: readonly number[]; bounds: Bounds; atCursor: Float32Array };
export const boundary = signal<ShownBoundary | undefined>(undefined);

export const fit = latestOnly(
    async ({ list, degree, l2, bounds, predictedX }: { list: readonly Point[]; degree: number; l2: number; bounds: Bounds; predictedX: number }) => {
        const count = 200;
        const x = Float64Array.from({ length: count + 1 }, (_, i) => bounds.x[0] + ((bounds.x[1] - bounds.x[0]) * i) / count);
        const asked = Float64Array.of(...x, predictedX);
        const found = await worker.fitCurve(Float64Array.from(list, (p) => p.x), Float64Array.from(list, (p) => p.y), degree, l2, asked);
        return { ...found, drawn: found.drawn.slice(0, -1), predicted: found.drawn.at(-1)!, x, points: list, l2 };
    },
    (found) => batch(() => {
        curve.value = found;
        failure.value = undefined;
    }),
    say,
);

export const separate = latestOnly(
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
        failure.value = undefined;
    }),
    say,
);
