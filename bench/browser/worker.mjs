// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// A worker of the page, where a page's engines run too. It opens a case and lets its contenders work, on demand of run.mjs.
import { cases as mnist } from "./mnist.mjs";
import { cases as playground } from "./playground.mjs";
import { cases as teachable } from "./teachable.mjs";
import { openTensorflow } from "./tensorflow.mjs";

const cases = { ...mnist, ...playground, ...teachable };
let contenders = [];

/** The largest difference of two arrays of numbers. */
function largestDifference(some, others) {
    if (some.length !== others.length) throw new Error(`expected ${some.length} numbers, found ${others.length}`);
    return some.reduce((largest, each, place) => Math.max(largest, Math.abs(each - others[place])), 0);
}

const commands = {
    list: () => Object.keys(cases),
    /** Opens a case: the contenders' names, and how far the numbers of each are from those of the first. */
    async open(name) {
        const backend = await openTensorflow(), outputs = [];
        contenders = await cases[name]();
        for (const { output } of contenders) outputs.push(await output());
        return { backend, contenders: contenders.map((each, place) => ({ name: each.name, difference: largestDifference(outputs[0], outputs[place]) })) };
    },
    /** Lets a contender work so many times: the seconds that one of what it does took, a prediction or an epoch. */
    async run(place, count) {
        const { run, amount } = contenders[place], begin = performance.now();
        for (let i = 0; i < count; ++i) {
            const result = run();
            if (result instanceof Promise) await result;
        }
        const seconds = (performance.now() - begin) / 1e3;
        return { seconds, amount: count * amount };
    },
};

self.onmessage = async ({ data: [command, ...given] }) => {
    try {
        self.postMessage({ answer: await commands[command](...given) });
    } catch (error) {
        self.postMessage({ error: error.stack ?? String(error) });
    }
};
