// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The state of a page in its address, behind #: what differs from the page's first state.

/** A state of numbers, truths and words. */
export type State = Record<string, string | number | boolean>;

/** The state that the address names; what it does not name, or names wrongly, is as in `first`. */
export function readAddress<S extends State>(first: S): S {
    const named = new URLSearchParams(location.hash.slice(1));
    const state: State = { ...first };
    for (const [name, fallback] of Object.entries(first)) {
        const text = named.get(name);
        if (text === null) continue;
        if (typeof fallback === "number") {
            const value = Number(text);
            if (text !== "" && Number.isFinite(value)) state[name] = value;
        } else if (typeof fallback === "boolean") {
            if (text === "true" || text === "false") state[name] = text === "true";
        } else state[name] = text;
    }
    return state as S;
}

/** Writes the state to the address, without a step in the browser's history. */
export function writeAddress<S extends State>(first: S, state: S): void {
    const named = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value !== first[name]) named.set(name, String(value));
    const hash = named.toString();
    const address = location.pathname + location.search + (hash ? `#${hash}` : "");
    if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", address);
}

/** Calls `changed` where the reader changes the address behind #. */
export function watchAddress(changed: () => void): void {
    addEventListener("hashchange", changed);
}
