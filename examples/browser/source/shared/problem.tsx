// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What went wrong: a sentence in the reader's language that says what failed and what to do. Behind it, where there are
// any, stand the words of the library or the browser, which are English.
import { thrownOf } from "./engine";
import { both, texts } from "./texts";

const t = texts(
    both(
        {
            missing: "A part of this page cannot be loaded. Check the connection and load the page again.",
            memory: "There is not enough memory. Try less at once, or close other tabs.",
            unknown: "Something went wrong that this page does not know. Load the page again.",
        },
        {
            missing: "페이지의 일부를 불러올 수 없습니다. 연결을 확인하고 페이지를 다시 불러오세요.",
            memory: "메모리가 모자랍니다. 한 번에 더 적게 해 보거나 다른 탭을 닫으세요.",
            unknown: "이 페이지가 모르는 문제가 생겼습니다. 페이지를 다시 불러오세요.",
        },
    ),
);

/** `say` makes the sentence in the language that is chosen; `words` are English. */
export type Problem = { readonly say: () => string; readonly words?: string };

/** An error of which the page itself knows what to say. */
export class PageError extends Error {
    constructor(readonly say: () => string) {
        super(say());
    }
}

/** Kinds of errors of which a page knows what failed, since it had asked an engine for it. */
const engineKinds: ReadonlySet<string> = new Set(["trap", "dead", "refused"]);

/** What to say of an error; `stopped` is the page's sentence for what an engine says: the library's errors, traps, refusals. */
export function problemOf(error: unknown, stopped: () => string): Problem {
    if (error instanceof PageError) return { say: error.say };
    const { kind, message: words } = thrownOf(error);
    if (kind === "missing") return { say: () => t.value.missing, words };
    if (kind === "memory") return { say: () => t.value.memory, words };
    // The library's kinds are names of C++: std::length_error.
    if (engineKinds.has(kind) || kind.includes("::")) return { say: stopped, words };
    return { say: () => t.value.unknown, words };
}

/** Tells the reader of a problem, where there is one. */
export function ProblemText({ problem }: { problem: Problem | undefined }) {
    return (
        <p role="alert" class="error">
            {problem?.say()}
            {problem?.words && <span lang="en">{problem.words}</span>}
        </p>
    );
}
