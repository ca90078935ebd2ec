// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The processor's time that a worker of a page has taken, which other programs on the machine do not change much.
import { readFileSync, readdirSync } from "node:fs";

const read = (file) => {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return ""; // a process or thread that has ended meanwhile
    }
};
const children = (process) =>
    readdirSync("/proc").filter((each) => /^\d+$/.test(each) && new RegExp(`^PPid:\\s*${process}$`, "m").test(read(`/proc/${each}/status`)));

/** A function that gives the seconds of the one worker that this program's browser runs; undefined where Linux does not say. */
export function workerClock() {
    try {
        const processes = [String(process.pid)];
        for (const each of processes) processes.push(...children(each)); // grows
        const threads = processes.flatMap((each) => readdirSync(`/proc/${each}/task`).map((thread) => `/proc/${each}/task/${thread}`));
        const found = threads.filter((each) => read(`${each}/comm`).startsWith("DedicatedWorker"));
        if (found.length !== 1) return undefined;
        const seconds = () => Number(read(`${found[0]}/schedstat`).split(" ")[0]) / 1e9;
        return seconds() > 0 ? seconds : undefined;
    } catch {
        return undefined;
    }
}
