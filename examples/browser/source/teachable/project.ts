// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What a user of the teachable machine has made: classes with names, their examples, and how they are learnt.
// A project is never changed in place: each function gives a new one, so that a view redraws what differs and nothing else.

/** What the examples are: pictures and poses are stored as PNG, sounds as WAV. */
export type Kind = "pictures" | "sounds" | "poses";
export const kinds: readonly Kind[] = ["pictures", "sounds", "poses"];

/** One example: the file as it is stored, and a key that no other example or class of the project has. */
export interface Example {
    readonly key: number;
    readonly file: Uint8Array;
}

export interface Class {
    readonly key: number;
    readonly name: string;
    readonly examples: readonly Example[];
}

/** How the head learns. */
export interface Settings {
    /** Times that all examples are seen. */
    readonly epochs: number;
    /** Examples a step. */
    readonly batch: number;
    /** Size of a step (Adam's learning rate). */
    readonly rate: number;
    /** Per cent of each class's examples that are held out to check what was learnt. */
    readonly heldOut: number;
    /** Start of the random numbers: the same seed and examples give the same head. */
    readonly seed: number;
}

export interface Project {
    readonly kind: Kind;
    readonly classes: readonly Class[];
    readonly settings: Settings;
    /** The name of the trunk whose features the head was trained on, and "" where there is none. */
    readonly trunk: string;
    /** The next key. */
    readonly next: number;
}

/** The network below for pictures whose weights are drawn at random. */
export const drawnTrunk = "64 x 64";

export const leastClasses = 2;
/** Longer names are cut: they stand beside bars. */
export const longestName = 40;

export interface Range {
    readonly least: number;
    readonly most: number;
    readonly whole: boolean;
}

export const ranges: { readonly [Name in keyof Settings]: Range } = {
    epochs: { least: 1, most: 1000, whole: true },
    batch: { least: 1, most: 256, whole: true },
    rate: { least: 0.00001, most: 1, whole: false },
    heldOut: { least: 0, most: 50, whole: true },
    seed: { least: 0, most: 65535, whole: true },
};

const initialSettings: { readonly [Name in Kind]: Settings } = {
    pictures: { epochs: 50, batch: 16, rate: 0.001, heldOut: 15, seed: 1 },
    sounds: { epochs: 40, batch: 16, rate: 0.001, heldOut: 15, seed: 1 },
    poses: { epochs: 100, batch: 16, rate: 0.003, heldOut: 15, seed: 1 },
};

/** A project with a class for each name and no examples. */
export function createProject(kind: Kind, names: readonly string[]): Project {
    const empty: Project = { kind, classes: [], settings: initialSettings[kind], trunk: "", next: 1 };
    return names.reduce((project, name) => addClass(project, name), empty);
}

function cutName(name: string): string {
    return [...name.replace(/\s+/g, " ").trim()].slice(0, longestName).join("");
}

/** A name that no class has but the one with that key: the wanted one, or it with a number behind. */
export function freeName(classes: readonly Class[], wanted: string, key?: number): string {
    const taken = new Set(classes.filter((value) => value.key !== key).map((value) => value.name));
    let name = wanted;
    for (let number = 2; taken.has(name); ++number) {
        const end = ` ${number}`;
        name = [...wanted].slice(0, longestName - end.length).join("") + end;
    }
    return name;
}

/** Adds a class without examples. */
export function addClass(project: Project, name: string): Project {
    const added: Class = { key: project.next, name: freeName(project.classes, cutName(name)), examples: [] };
    return { ...project, classes: [...project.classes, added], next: project.next + 1 };
}

function changeClass(project: Project, key: number, change: (value: Class) => Class): Project {
    return { ...project, classes: project.classes.map((value) => (value.key === key ? change(value) : value)) };
}

/** Renames a class; a name without letters leaves the old one, and one that another class has gets a number. */
export function renameClass(project: Project, key: number, name: string): Project {
    const cut = cutName(name);
    return cut === "" ? project : changeClass(project, key, (value) => ({ ...value, name: freeName(project.classes, cut, key) }));
}

export function removeClass(project: Project, key: number): Project {
    return { ...project, classes: project.classes.filter((value) => value.key !== key) };
}

/** Removes the examples of a class. */
export function clearClass(project: Project, key: number): Project {
    return changeClass(project, key, (value) => ({ ...value, examples: [] }));
}

/** Adds examples to a class; a class that has gone meanwhile takes none. */
export function addExamples(project: Project, key: number, files: readonly Uint8Array[]): Project {
    const added = files.map((file, place) => ({ key: project.next + place, file }));
    const changed = changeClass(project, key, (value) => ({ ...value, examples: [...value.examples, ...added] }));
    return { ...changed, next: project.next + files.length };
}

export function removeExample(project: Project, key: number): Project {
    return {
        ...project,
        classes: project.classes.map((value) =>
            value.examples.some((example) => example.key === key)
                ? { ...value, examples: value.examples.filter((example) => example.key !== key) }
                : value,
        ),
    };
}

/** A number as near to what was asked for as its range has it; what is no number leaves `old`. */
export function fitRange(range: Range, wanted: number, old: number): number {
    if (!Number.isFinite(wanted)) return old;
    const whole = range.whole ? Math.round(wanted) : wanted;
    return Math.min(range.most, Math.max(range.least, whole));
}

export function changeSetting(project: Project, name: keyof Settings, wanted: number): Project {
    const value = fitRange(ranges[name], wanted, project.settings[name]);
    return { ...project, settings: { ...project.settings, [name]: value } };
}

export function countExamples(project: Project): number {
    return project.classes.reduce((sum, value) => sum + value.examples.length, 0);
}

/** What a project lacks before it can be learnt: classes, or examples of one of them; "nothing" where it is ready. */
export type Lack = { readonly what: "nothing" } | { readonly what: "classes" } | { readonly what: "examples"; readonly name: string };

/** Looks for what is lacking: two classes at the least, with two examples each. */
export function findLack(project: Project): Lack {
    if (project.classes.length < leastClasses) return { what: "classes" };
    const poor = project.classes.find((value) => value.examples.length < 2);
    return poor === undefined ? { what: "nothing" } : { what: "examples", name: poor.name };
}
