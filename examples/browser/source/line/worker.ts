// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { LastingEngine } from "../shared/engine";
import { serve } from "../shared/worker";

type LineEngine = {
    fit_curve(x: number, y: number, points: number, degree: number, l2: number, drawn: number, drawnCount: number): number;
    draw_centers(points: number, count: number, clusters: number, seed: number): number;
    move_centers(points: number, count: number, centers: number, centersCount: number, steps: number): number;
    find_clusters(points: number, count: number, clusters: number, seed: number): number;
    find_boundary(points: number, count: number, labels: number, classes: number, degree: number, c: number, drawn: number, drawnCount: number): number;
    boundary_shares(): number;
    curve_program(x: number, y: number, points: number, degree: number, l2: number): number;
    cluster_program(points: number, count: number, clusters: number, seed: number): number;
    boundary_program(points: number, count: number, labels: number, classes: number, degree: number, c: number): number;
};

export type Curve = {
    /** The program that computes it, in C++. */
    program: string;
    rSquared: number;
    condition: number;
    rank: number;
    coefficients: Float64Array;
    fitted: Float64Array;
    drawn: Float64Array;
};

export type Clusters = { inertia: number; iterations: number; centers: Float64Array; labels: Int32Array };
export type FoundClusters = Clusters & { program: string };

export type Boundary = { accuracy: number; iterations: number; coefficients: Float64Array; shares: Float32Array; program: string };

let lasting: LastingEngine<LineEngine>;

const takeClusters = (numbers: Float64Array, clusters: number): Clusters => ({
    inertia: numbers[0]!,
    iterations: numbers[1]!,
    centers: numbers.slice(2, 2 + 2 * clusters),
    labels: Int32Array.from(numbers.subarray(2 + 2 * clusters)),
});

/** Points are x and y in turn: [points][2]. */
const service = {
    /** Loads the engine; whether it multiplies and adds in one instruction. */
    async open(base: string): Promise<boolean> {
        lasting = await LastingEngine.open<LineEngine>("line", base);
        return lasting.relaxed;
    },
    fitCurve(x: Float64Array, y: Float64Array, degree: number, l2: number, drawn: Float64Array): Curve {
        const { engine } = lasting;
        const [numbers, program] = engine.give(x, (xAddress, points) =>
            engine.give(y, (yAddress) =>
                engine.give(drawn, (drawnAddress, count) => [
                    engine.take(Float64Array, engine.functions.fit_curve(xAddress, yAddress, points, degree, l2, drawnAddress, count)),
                    engine.takeText(engine.functions.curve_program(xAddress, yAddress, points, degree, l2)),
                ] as const),
            ),
        );
        const fitted = 3 + degree + 1;
        return {
            program,
            rSquared: numbers[0]!,
            condition: numbers[1]!,
            rank: numbers[2]!,
            coefficients: numbers.slice(3, fitted),
            fitted: numbers.slice(fitted, fitted + x.length),
            drawn: numbers.slice(fitted + x.length),
        };
    },
    drawCenters(points: Float64Array, clusters: number, seed: number): Float64Array {
        const { engine } = lasting;
        return engine.give(points, (address, count) => engine.take(Float64Array, engine.functions.draw_centers(address, count, clusters, seed)));
    },
    moveCenters(points: Float64Array, centers: Float64Array, steps: number): Clusters {
        const { engine } = lasting;
        const numbers = engine.give(points, (address, count) =>
            engine.give(centers, (centersAddress, centersCount) =>
                engine.take(Float64Array, engine.functions.move_centers(address, count, centersAddress, centersCount, steps)),
            ),
        );
        return takeClusters(numbers, centers.length / 2);
    },
    findClusters(points: Float64Array, clusters: number, seed: number): FoundClusters {
        const { engine } = lasting;
        return engine.give(points, (address, count) => ({
            ...takeClusters(engine.take(Float64Array, engine.functions.find_clusters(address, count, clusters, seed)), clusters),
            program: engine.takeText(engine.functions.cluster_program(address, count, clusters, seed)),
        }));
    },
    findBoundary(points: Float64Array, labels: Int32Array, classes: number, degree: number, c: number, drawn: Float64Array): Boundary {
        const { engine } = lasting;
        return engine.give(points, (address, count) =>
            engine.give(labels, (labelsAddress) =>
                engine.give(drawn, (drawnAddress, drawnCount) => {
                    const numbers = engine.take(
                        Float64Array,
                        engine.functions.find_boundary(address, count, labelsAddress, classes, degree, c, drawnAddress, drawnCount),
                    );
                    return {
                        accuracy: numbers[0]!,
                        iterations: numbers[1]!,
                        coefficients: numbers.slice(2),
                        shares: engine.take(Float32Array, engine.functions.boundary_shares()),
                        program: engine.takeText(engine.functions.boundary_program(address, count, labelsAddress, classes, degree, c)),
                    };
                }),
            ),
        );
    },
};

export type LineService = typeof service;
serve(service);
