// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the worker and the engine exchange: settings in, measures out.
import type { Engine } from "../shared/engine";
import { activationNames, featureNames, featuresOf, goals, layersOf, optimizerNames, readPoints, type Settings } from "./state";

export type PlaygroundEngine = {
    generate(name: number, length: number, count: number, noise: number, seed: number): number;
    set_points(points: number, count: number, share: number, stays: number): number;
    set_topology(
        seen: number, seenCount: number, hidden: number, hiddenCount: number, activation: number, formula: number, formulaLength: number, goal: number,
        seed: number,
    ): number;
    found_text(): number;
    derivative_text(formula: number, length: number): number;
    set_learning(optimizer: number, rate: number, l1: number, l2: number, batch: number): void;
    reset(): void;
    train(epochs: number): number;
    epochs(): number;
    measure(): number;
    weights(): number;
    set_weights(numbers: number, count: number): void;
    draw_units(side: number): number;
    draw_unit(side: number, unit: number): number;
    draw_feature(side: number, number: number): number;
    type_text(): number;
    program_text(): number;
};

/** What is wrong with a formula: see formula_error of the engine. */
export type FormulaFault = { place: number; expected: number; found: string };

const classSamples = 500;
const numberSamples = 1200;

// Of what differs between settings, each part makes something anew.
export const dataKey = (s: Settings) => [s.goal === "numbers", s.data, s.noise, s.share, s.dataSeed, s.points].join("|");
export const topologyKey = (s: Settings) => [s.goal, s.features, s.layers, s.activation, s.activation === "own" ? s.formula : "", s.seed].join("|");
export const learningKey = (s: Settings) => [s.optimizer, s.rate, s.penalty, s.penaltyRate, s.batch].join("|");

/** A number that looks drawn, of each place in a list. */
function drawn(place: number): number {
    let bits = Math.imul(place + 1, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
    return (bits ^ (bits >>> 13)) >>> 0;
}
/** Own points in an order in which a new one leaves the others nearly where they were: the first are for training. */
function ownPoints(s: Settings): Float32Array {
    const all = readPoints(s.points).map((point, place) => ({ ...point, key: drawn(place) }));
    all.sort((a, b) => a.key - b.key);
    return Float32Array.from(all.flatMap(({ x, y, label }) => [x, y, s.goal === "numbers" ? label : label < 0 ? -1 : 1]));
}
/** Gives a data set or the reader's own points: all of them, [count][x, y, label], and how many of those are for training. */
export function givePoints(engine: Engine<PlaygroundEngine>, s: Settings, stays: boolean): { points: Float32Array; trainCount: number } {
    const points =
        s.data === "own"
            ? ownPoints(s)
            : engine.giveText(s.data, (address, length) =>
                  engine.take(
                      Float32Array,
                      engine.functions.generate(address, length, s.goal === "numbers" ? numberSamples : classSamples, s.noise / 100, s.dataSeed),
                  ),
              );
    return { points, trainCount: engine.give(points, (address, count) => engine.functions.set_points(address, count, s.share / 100, stays ? 1 : 0)) };
}
export function giveTopology(engine: Engine<PlaygroundEngine>, s: Settings): FormulaFault | undefined {
    const seen = Int32Array.from(featuresOf(s), (name) => featureNames.indexOf(name));
    const answer = engine.give(seen, (seenAddress, seenCount) =>
        engine.give(Int32Array.from(layersOf(s)), (hiddenAddress, hiddenCount) =>
            engine.giveText(s.formula, (formulaAddress, formulaLength) =>
                engine.take(
                    Float64Array,
                    engine.functions.set_topology(
                        seenAddress, seenCount, hiddenAddress, hiddenCount, (activationNames as readonly string[]).indexOf(s.activation), formulaAddress,
                        formulaLength, (goals as readonly string[]).indexOf(s.goal), s.seed,
                    ),
                ),
            ),
        ),
    );
    return answer.length ? { place: answer[0]!, expected: answer[1]!, found: engine.takeText(engine.functions.found_text()) } : undefined;
}
export function giveLearning(engine: Engine<PlaygroundEngine>, s: Settings): void {
    // The page's rate is TensorFlow's: of half the squares.
    const l1 = s.penalty === "l1" ? s.penaltyRate : 0;
    const l2 = s.penalty === "l2" ? s.penaltyRate / 2 : 0;
    engine.functions.set_learning((optimizerNames as readonly string[]).indexOf(s.optimizer), s.rate, l1, l2, s.batch);
}

/** The losses now, and why they are no numbers, where they are none. */
export type Measured = {
    epoch: number;
    diverged: boolean;
    trainLoss: number;
    testLoss: number;
    /** An x of which the user's formula has no value, where the losses are no numbers for that. */
    withoutValue: number | undefined;
};
export function measure(engine: Engine<PlaygroundEngine>): Measured {
    const [epoch, diverged, trainLoss, testLoss, withoutValue] = engine.take(Float64Array, engine.functions.measure());
    return { epoch: epoch!, diverged: diverged !== 0, trainLoss: trainLoss!, testLoss: testLoss!, withoutValue };
}
