// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the worker of this page does for it.
import type { MachineExport } from "./machine_export";
import type { StoredProject } from "./archive";
import type { Kind, Settings } from "./project";

export interface SoundShape {
    readonly rate: number;
    readonly samples: number;
}

/** What the machine of a kind can, known once it is open. */
export interface Offer {
    readonly mostClasses: number;
    /** Points in time and tones of a spectrogram. */
    readonly spectrogram: { readonly frames: number; readonly bands: number };
    /** What is read of a sound: so many samples, and how many are a second. */
    readonly sound: SoundShape;
    /** The networks below that can be chosen: the first is what a new project takes. */
    readonly trunks: readonly string[];
}

/** What is shown of an example beside its file. */
export interface ExampleView {
    /** MoveNet's 17 rows of y, x and score. */
    readonly points?: Float32Array;
    /** Loudness [frames, bands]. */
    readonly spectrogram?: Float32Array;
    /** Whether it can be learnt from: a pose without a body cannot. */
    readonly usable: boolean;
}

/** What the machine makes of something new. */
export interface Sight {
    /** How sure it is of each class, or nothing before it was trained. */
    readonly shares: Float32Array | undefined;
    readonly points?: Float32Array;
    readonly spectrogram?: Float32Array;
    readonly milliseconds: number;
}

/** The examples of one class, by the keys under which they were read. */
export type ClassKeys = readonly number[];

/** Losses and accuracies (0..1) behind each epoch; of what is held out, nothing where nothing is. */
export interface History {
    readonly loss: readonly number[];
    readonly accuracy: readonly number[];
    readonly heldOutLoss: readonly number[];
    readonly heldOutAccuracy: readonly number[];
}

/** What training came to. */
export interface Outcome {
    readonly history: History;
    /** How often examples of a class (row) were taken for each (column). */
    readonly confusion: Float32Array;
    /** Whether these examples were held out. */
    readonly heldOut: boolean;
    readonly seconds: number;
}

export interface NetworkTypes {
    readonly head: string;
    /** Empty where inputs are learnt from as they are. */
    readonly trunk: string;
}

/** A model that was taken: the name of its network below, and what it offers. */
export interface Adopted {
    readonly trunk: string;
    readonly offer: Offer;
}

export type ExportFormat = "safetensors" | "onnx" | "header";

export interface Service {
    /** Opens the machine of a kind on a network below, the first where none is named. `page` is the page's address, which has the engines beside it. */
    open(page: string, kind: Kind, trunk: string): Promise<Offer>;
    /** The C++ types of the network that learns so many classes of this kind, and of the one below it. */
    describe(kind: Kind, trunk: string, classes: number): Promise<NetworkTypes>;
    /** Takes weights of a network below that the reader has; its name. */
    addTrunk(name: string, file: Uint8Array): Promise<string>;
    /** Reads an example and keeps what the network learns from. "unreadable": the file is no picture or sound. */
    read(kind: Kind, trunk: string, key: number, file: Uint8Array): Promise<ExampleView | "unreadable">;
    /** Forgets all examples of a kind. */
    forget(kind: Kind): Promise<void>;
    /** Learns, and shows each state that the page has time for; ends early behind `stop`. */
    train(kind: Kind, trunk: string, classes: readonly ClassKeys[], settings: Settings, show: (history: History) => Promise<void>): Promise<Outcome>;
    stop(): Promise<void>;
    seePicture(kind: Kind, trunk: string, pixels: ImageData): Promise<Sight>;
    hearSound(trunk: string, samples: Float32Array): Promise<Sight>;
    save(kind: Kind, format: ExportFormat, names: readonly string[]): Promise<Uint8Array>;
    /** What the head learns from, of all examples, as safetensors: features [examples, features] and labels. */
    saveExamples(kind: Kind, trunk: string, classes: readonly ClassKeys[], names: readonly string[]): Promise<Uint8Array>;
    /** Takes a head that was saved. */
    load(kind: Kind, trunk: string, head: Uint8Array): Promise<void>;
    /** Takes a model of Teachable Machine, or nothing where it cannot be used as it is. */
    adopt(model: MachineExport): Promise<Adopted | undefined>;
    pack(stored: StoredProject): Promise<Uint8Array>;
}
