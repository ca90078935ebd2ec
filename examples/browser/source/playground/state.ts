// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the page's reader chooses, all of it in the address: a link gives the same numbers again.
import type { State } from "../shared/address";

export const goals = ["squared", "likely", "numbers"] as const;
export type Goal = (typeof goals)[number];
export const classData = ["circle", "xor", "gauss", "spiral"] as const;
export const numberData = ["plane", "hills"] as const;
export type DataName = (typeof classData)[number] | (typeof numberData)[number] | "own";
export const featureNames = ["x", "y", "xx", "yy", "xy", "sinx", "siny"] as const;
export type FeatureName = (typeof featureNames)[number];
export const activationNames = [
    "relu", "tanh", "sigmoid", "linear", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign", "hard_sigmoid",
] as const;
export const optimizerNames = [
    "sgd", "sgd_momentum", "sgd_nesterov", "adam", "adamw", "adam_amsgrad", "nadam", "adamax", "lion", "rmsprop", "rmsprop_momentum",
    "rmsprop_centered", "adagrad", "adadelta", "ftrl", "lamb", "lars",
] as const;
export const penalties = ["none", "l1", "l2"] as const;
export type Penalty = (typeof penalties)[number];
export const mostLayers = 6;
export const mostUnits = 8;
/** The half side of the square that is shown. */
export const halfSide = 6;

export const first = {
    goal: "squared" as string,
    data: "circle" as string,
    noise: 0, // percent
    share: 50, // percent
    dataSeed: 1,
    seed: 1,
    features: "x,y",
    layers: "4,2",
    activation: "tanh" as string,
    formula: "x * sigmoid(x)",
    optimizer: "sgd" as string,
    rate: 0.03,
    penalty: "none" as string,
    penaltyRate: 0.001,
    batch: 10,
    test: false as boolean,
    steps: false as boolean, // the heat map in two colours
    pace: 1, // epochs a frame; 0: as many as there is time for
    points: "", // own ones
} satisfies State;
export type Settings = typeof first;

const isOneOf = (list: readonly string[], value: string) => list.includes(value);
const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
const whole = (value: number, least: number, most: number) => Math.round(within(value, least, most));

/** Settings that fit together, whatever the address says. */
export function mended(given: Settings): Settings {
    const goal = isOneOf(goals, given.goal) ? given.goal : first.goal;
    const offered = [...(goal === "numbers" ? numberData : classData), "own"];
    const features = featureNames.filter((name) => given.features.split(",").includes(name));
    const layers = given.layers
        .split(",")
        .map(Number)
        .filter((units) => Number.isInteger(units) && units >= 1 && units <= mostUnits)
        .slice(0, mostLayers);
    return {
        goal,
        data: isOneOf(offered, given.data) ? given.data : offered[0]!,
        noise: whole(given.noise, 0, 50),
        share: whole(given.share, 10, 90),
        dataSeed: whole(given.dataSeed, 0, 2 ** 32 - 1),
        seed: whole(given.seed, 0, 2 ** 32 - 1),
        features: features.length ? features.join(",") : first.features,
        layers: layers.join(","),
        activation: isOneOf([...activationNames, "own"], given.activation) ? given.activation : first.activation,
        formula: given.formula.slice(0, 200),
        optimizer: isOneOf(optimizerNames, given.optimizer) ? given.optimizer : first.optimizer,
        rate: given.rate > 0 ? within(given.rate, 1e-5, 10) : first.rate,
        penalty: isOneOf(penalties, given.penalty) ? given.penalty : first.penalty,
        penaltyRate: given.penaltyRate > 0 ? within(given.penaltyRate, 1e-5, 10) : first.penaltyRate,
        batch: whole(given.batch, 1, 30),
        test: given.test,
        steps: given.steps,
        pace: isOneOf(["0", "1", "10", "100"], String(given.pace)) ? given.pace : first.pace,
        points: given.points.slice(0, 5 * mostPoints),
    };
}

export const layersOf = (settings: Settings): number[] => (settings.layers ? settings.layers.split(",").map(Number) : []);
export const featuresOf = (settings: Settings): FeatureName[] => settings.features.split(",") as FeatureName[];

/** A point of the plane and its target. */
export type Point = { x: number; y: number; label: number };
export const mostPoints = 600;

// Two characters a coordinate, and one for the target.
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const cells = 4095;
const written = (value: number, half: number) => {
    const cell = whole(((value + half) / (2 * half)) * cells, 0, cells);
    return digits[cell >> 6]! + digits[cell & 63]!;
};
const read = (text: string, half: number) => ((digits.indexOf(text[0]!) * 64 + digits.indexOf(text[1]!)) / cells) * 2 * half - half;

export const writePoints = (points: readonly Point[]): string =>
    points
        .slice(0, mostPoints)
        .map(({ x, y, label }) => written(x, halfSide) + written(y, halfSide) + digits[whole((label + 1) * 31, 0, 62)]!)
        .join("");
export function readPoints(text: string): Point[] {
    const points: Point[] = [];
    for (let i = 0; i + 5 <= text.length; i += 5) {
        const part = text.slice(i, i + 5);
        if ([...part].every((one) => digits.includes(one)))
            points.push({ x: read(part, halfSide), y: read(part.slice(2), halfSide), label: digits.indexOf(part[4]!) / 31 - 1 });
    }
    return points;
}

/** Sides of the maps, in cells. */
export const smallSide = 16;
export const largeSide = 80;
