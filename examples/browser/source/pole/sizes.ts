// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the page and its worker agree upon.

/** What the reader can change while an agent learns. */
export type Settings = { gravity: number; length: number; push: number; rate: number; discount: number; exploration: number };

/** Neurons of the networks that the engine has, by their numbers in its function `create`. */
export const widths = [4, 32, 128] as const;

export const mapColumns = 41;
export const mapRows = 41;

/** The cart that is shown. Lengths of attempts are in seconds. */
export type Shown = {
    position: number;
    velocity: number;
    angle: number;
    angularVelocity: number;
    seconds: number;
    fallen: boolean;
    force: number;
    chanceOfRight: number;
    value: number;
    longestOfAgent: number;
    longestOfReader: number;
};
