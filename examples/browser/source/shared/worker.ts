// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Both sides of a page and its worker: `serve` in worker.ts of a page, `connect` in the page itself.
import * as Comlink from "comlink";
import { EngineError, thrownOf } from "./engine";

// An error's kind is lost on the way to the page otherwise.
Comlink.transferHandlers.set("throw", {
    ...(Comlink.transferHandlers.get("throw") as Comlink.TransferHandler<unknown, unknown>),
    serialize: (value) => {
        const thrown = (value as { value: unknown }).value;
        return [{ ...thrownOf(thrown), stack: thrown instanceof Error ? thrown.stack : undefined }, []];
    },
    deserialize: (value) => {
        const { kind, message, stack } = value as { kind: string; message: string; stack?: string };
        throw Object.assign(new EngineError(kind, message), { stack });
    },
});

/** Offers an object's functions to the page. */
export const serve = (offered: object): void => Comlink.expose(offered);

/** The page's view of what a worker serves. */
export function connect<Service>(worker: Worker): Comlink.Remote<Service> {
    return Comlink.wrap<Service>(worker);
}

/** A function of the page that a worker can call. */
export const callback = <F extends (...given: never[]) => unknown>(called: F): F => Comlink.proxy(called);

/** What a worker does behind the last call of such a function: its channel stays open otherwise. */
export const release = (called: (...given: never[]) => unknown): void => (called as Partial<Comlink.ProxyMethods>)[Comlink.releaseProxy]?.();

/** Waits for the next frame: what a page returns from a callback that draws, so that a worker sends one snapshot a frame. */
export const nextFrame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

/**
 * Runs the latest of many requests: while one is under way, of those that come only the last is kept.
 * `take` gets the results that are still wanted, `fail` the errors. A request of `undefined` is none: no result of
 * those before is wanted any more.
 */
export function latestOnly<Request, Result>(
    ask: (request: Request) => Promise<Result>,
    take: (result: Result, request: Request) => void,
    fail: (error: unknown) => void,
): (request: Request | undefined) => void {
    let waiting: { request: Request | undefined } | undefined;
    let busy = false;
    const run = async () => {
        busy = true;
        while (waiting) {
            const { request } = waiting;
            waiting = undefined;
            if (request === undefined) continue;
            try {
                const result = await ask(request);
                if (!waiting) take(result, request);
            } catch (error) {
                if (!waiting) fail(error);
            }
        }
        busy = false;
    };
    return (request) => {
        waiting = { request };
        if (!busy) void run();
    };
}
