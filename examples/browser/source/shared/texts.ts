// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's language and its texts: ?lang= says which, or the last choice, or the browser.
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";

export type Language = "en" | "ko";
export const languages: Record<Language, string> = { en: "English", ko: "한국어" };

/** Texts, and functions of numbers or names that make texts. */
export type Texts = { [name: string]: string | ((...given: never[]) => string) | Texts };

/** Storage that a browser may refuse. */
const remember = (language: Language): void => {
    try {
        localStorage.setItem("language", language);
    } catch {
        // The choice is not kept then.
    }
};
const remembered = (): string | null => {
    try {
        return localStorage.getItem("language");
    } catch {
        return null;
    }
};

function firstLanguage(): Language {
    const wanted = [new URLSearchParams(location.search).get("lang"), remembered(), ...navigator.languages];
    for (const one of wanted) {
        const short = one?.slice(0, 2).toLowerCase();
        if (short === "en" || short === "ko") return short;
    }
    return "en";
}

export const language = signal<Language>(firstLanguage());
effect(() => {
    document.documentElement.lang = language.value;
});

export function chooseLanguage(chosen: Language): void {
    language.value = chosen;
    remember(chosen);
    const address = new URL(location.href);
    address.searchParams.set("lang", chosen);
    history.replaceState(history.state, "", address);
}

/** Texts in both languages: what one has and the other lacks does not compile. */
export function both<T extends Texts>(en: T, ko: NoInfer<Widened<T>>): Record<Language, Widened<T>> {
    return { en: en as unknown as Widened<T>, ko };
}
type Widened<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends (...given: infer G) => string ? (...given: G) => string : Widened<T[K]> };

/** The texts of the chosen language: `const t = texts(both({...}, {...}))`, and `t.value.title` in a component. */
export function texts<T>(all: Record<Language, T>): ReadonlySignal<T> {
    return computed(() => all[language.value]);
}

/** A number as the language writes it, with so many significant digits; 1.5E-9 where it would have a row of zeros. */
export function number(value: number, digits = 4): string {
    const size = Math.abs(value);
    const notation = Number.isFinite(size) && size > 0 && (size < 1e-7 || size >= 1e12) ? "scientific" : "standard";
    return new Intl.NumberFormat(language.value, { maximumSignificantDigits: digits, notation }).format(value);
}
/** A whole number, or one with so many digits behind the point. */
export function fixed(value: number, digits = 0): string {
    return new Intl.NumberFormat(language.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
