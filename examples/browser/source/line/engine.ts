// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The worker, and what the page says where it fails.
import { signal } from "@preact/signals";
import { problemOf, type Problem } from "../shared/problem";
import { texts } from "../shared/texts";
import { connect } from "../shared/worker";
import { lineTexts } from "./texts";
import type { LineService } from "./worker";

const t = texts(lineTexts);
export const worker = connect<LineService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
export const relaxed = signal<boolean | undefined>(undefined); // once the engine is there
export const failure = signal<Problem | undefined>(undefined);
export const say = (error: unknown): void => {
    failure.value = problemOf(error, () => t.value.stopped);
};
