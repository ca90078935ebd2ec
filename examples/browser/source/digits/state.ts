// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The worker, and what several parts of the page share.
import { computed, signal } from "@preact/signals";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import { problemOf, type Problem } from "../shared/problem";
import { texts } from "../shared/texts";
import { connect, latestOnly } from "../shared/worker";
import type { Stroke } from "./pad";
import { digitsTexts } from "./texts";
import type { Description, DigitNetwork, DigitsService, Reading } from "./worker";

const t = texts(digitsTexts);
export const worker = connect<DigitsService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));

export const tabs = ["reader", "plane", "orders", "pictures", "mail"] as const;
export type Tab = (typeof tabs)[number];

const first = { tab: "reader", x: 0, y: 0, wish: "2026", hand: 1 };
const named = readAddress(first);
const tabOf = (name: string): Tab => tabs.find((tab) => tab === name) ?? "reader";

export const tab = signal<Tab>(tabOf(named.tab));
export const place = signal<readonly [x: number, y: number]>([named.x, named.y]);
export const wish = signal(named.wish);
export const hand = signal(named.hand);
watchAddress(() => {
    const changed = readAddress(first);
    tab.value = tabOf(changed.tab);
    place.value = [changed.x, changed.y];
    wish.value = changed.wish;
    hand.value = changed.hand;
});
export const keepAddress = (): void => writeAddress(first, { tab: tab.value, x: place.value[0], y: place.value[1], wish: wish.value, hand: hand.value });

/** What the engine has: nothing until it is loaded. */
export const descriptions = signal<Record<DigitNetwork, Description> | undefined>(undefined);
export const relaxed = signal(false);
export const trouble = signal<Problem | undefined>(undefined);

export const strokes = signal<readonly Stroke[]>([]);
export const reading = signal<Reading | undefined>(undefined);
export const microseconds = signal<number | undefined>(undefined);

/** The likeliest of the last ten numbers, and how likely it is. */
export function likeliest(seen: Float32Array): { digit: number; share: number; shares: Float32Array } {
    const shares = seen.subarray(seen.length - 10);
    let digit = 0;
    for (let i = 1; i < 10; ++i) if (shares[i]! > shares[digit]!) digit = i;
    return { digit, share: shares[digit]!, shares };
}
export const answer = computed(() => (reading.value && strokes.value.length ? likeliest(reading.value.seen) : undefined));

/** Says on the page what went wrong. */
export function tell(error: unknown): void {
    trouble.value = problemOf(error, () => t.value.stopped);
}

/** Runs one call after another, and drops those that have been overtaken: live drawings ask more often than they are answered. */
export const latest = <Given>(run: (given: Given) => Promise<void>): ((given: Given) => void) => latestOnly<Given, void>(run, () => {}, tell);
