// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What an engine of this page offers: engines/teachable_page.hpp says what each function does.

type Address = number;
type View = number;

export type TeachableFunctions = {
    describe(): View;
    load_trunk(bytes: Address, count: number): View;
    read_input(numbers: Address, count: number): number;
    features(): View;
    shown(): View;
    add_features(label: number, numbers: Address, count: number): View;
    clear(): void;
    begin(classes: number, batch: number, rate: number, seed: number, heldOut: number): View;
    learn(): View;
    classes(): number;
    confusion(heldOut: number): View;
    predict(): View;
    type_text(classes: number): View;
    set_names(text: Address, length: number): void;
    save_weights(): View;
    load_weights(bytes: Address, count: number): View;
    save_project(): View;
    /** Of the engines of exports alone. */
    load_export(model: Address, length: number, weights: Address, count: number): View;
    save_onnx(): View;
    save_header(): View;
};

/** What the engine teachable_whole offers. */
export type WholeFunctions = {
    join_onnx(trunk: Address, trunkCount: number, head: Address, headCount: number): View;
    problem(): View;
};

/** What `describe` says. */
export type EngineDescription = {
    readonly kind: string;
    readonly input: readonly number[];
    readonly bytes: boolean;
    /** Samples a second, of sounds. */
    readonly rate?: number;
    readonly features: number;
    readonly shown: readonly number[];
    readonly mostClasses: number;
    readonly needsWeights: boolean;
    readonly trunk: string;
    readonly head: string;
    readonly parameters: number;
};
