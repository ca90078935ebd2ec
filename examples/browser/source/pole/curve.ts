// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The learning curve of any number of episodes, in some hundred points.

const mostPoints = 480;
const window = 100;

/** What is drawn: point i is of the episodes up to step * (i + 1). */
export type DrawnCurve = { step: number; each: Float32Array; means: Float32Array };

/** Means of as many episodes as make a point, and the mean of the last 100 at its end. */
export class LearningCurve {
    private step = 1;
    private each: number[] = [];
    private means: number[] = [];
    private sum = 0; // of the episodes that make no point yet
    private count = 0;
    private readonly latest = new Float64Array(window);
    private latestSum = 0;
    private episodes = 0;

    add(length: number): void {
        const place = this.episodes++ % window;
        this.latestSum += length - this.latest[place]!;
        this.latest[place] = length;
        this.sum += length;
        if (++this.count < this.step) return;
        this.each.push(this.sum / this.step);
        this.means.push(this.latestSum / Math.min(this.episodes, window));
        this.sum = this.count = 0;
        if (this.each.length === mostPoints) this.halve();
    }

    drawn(): DrawnCurve {
        return { step: this.step, each: Float32Array.from(this.each), means: Float32Array.from(this.means) };
    }

    private halve(): void {
        const half = mostPoints / 2;
        this.each = Array.from({ length: half }, (_, i) => (this.each[2 * i]! + this.each[2 * i + 1]!) / 2);
        this.means = Array.from({ length: half }, (_, i) => this.means[2 * i + 1]!);
        this.step *= 2;
    }
}
