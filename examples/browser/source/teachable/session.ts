// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the page's buttons do to its state.
import { batch, effect } from "@preact/signals";
import { watchAddress, writeAddress } from "../shared/address";
import { problemOf } from "../shared/problem";
import { callback, nextFrame } from "../shared/worker";
import type { ReadProject } from "./archive";
import { decodeSound, fitSound } from "./devices";
import { isExampleFile } from "./machine_export";
import { decodePicture, encodePicture } from "./pictures";
import {
    addClass, addExamples, changeSetting, clearClass, countExamples, createProject, removeClass, removeExample, renameClass,
    type Class, type Kind, type Project, type Settings,
} from "./project";
import type { Adopted, ClassKeys, ExampleView, History, Sight, SoundShape } from "./service";
import { findLackIn, firstAddress, history, isStoring, isUsable, kind, project, readKind, reading, room, rooms, service, t, tell, type Room } from "./state";
import { cutPieces, quantize, readWave, soundRate, writeWave } from "./wave";

export function chooseKind(chosen: Kind): void {
    batch(() => {
        kind.value = chosen;
        tell(undefined);
    });
    writeAddress(firstAddress, { kind: chosen });
}

function change(next: (project: Project) => Project): void {
    room.value.project.value = next(project.value);
}

export function addNamedClass(): void {
    const names = new Set(project.value.classes.map((value) => value.name));
    let number = project.value.classes.length - (kind.value === "sounds" ? 1 : 0) + 1;
    while (names.has(t.value.className(number))) number += 1;
    change((old) => addClass(old, t.value.className(number)));
}
/** Renames a class, and says so where it is called another name than was wanted: that of a second class. */
export function renameOne(key: number, wanted: string): void {
    change((old) => renameClass(old, key, wanted));
    const { classes } = project.value;
    const name = classes.find((value) => value.key === key)?.name ?? "";
    const rival = classes.find((value) => value.key !== key && value.name === wanted.trim());
    tell(rival === undefined ? undefined : () => t.value.renamed(name));
}
export const removeOne = (key: number): void => change((old) => removeClass(old, key));
export const clearOne = (key: number): void => change((old) => clearClass(old, key));
export const forgetExample = (key: number): void => change((old) => removeExample(old, key));
export const changeNumber = (name: keyof Settings, value: number): void => change((old) => changeSetting(old, name, value));

const pending = new Set<Promise<void>>();

/** Has training wait for work on examples: a busy browser may take a second to encode a picture. */
function track(work: Promise<void>): Promise<void> {
    const forget = () => {
        pending.delete(work);
        if (pending.size > 0) return;
        batch(() => {
            reading.value = { done: 0, all: 0 };
            isStoring.value = false;
        });
    };
    pending.add(work);
    isStoring.value = true;
    work.then(forget, forget);
    return work;
}

/** An example's file as the network below reads it: a sound has its rate. */
async function prepare(chosen: Kind, file: Uint8Array): Promise<Uint8Array> {
    const sound = rooms[chosen].offer.value?.sound;
    if (chosen !== "sounds" || sound === undefined || sound.rate === soundRate) return file;
    return writeWave(await fitSound(readWave(file), sound), sound.rate);
}

/** Has the worker look at an example and keeps what it says of it. */
function look(chosen: Kind, key: number, file: Uint8Array): void {
    const { views, project: own } = rooms[chosen];
    reading.value = { ...reading.value, all: reading.value.all + 1 };
    const remember = (view: ExampleView | "unreadable") => {
        views.value = new Map(views.value).set(key, view);
        reading.value = { ...reading.value, done: reading.value.done + 1 };
    };
    const see = async () => {
        // A sound that cannot be brought to another rate is given as it is: the worker says that it is none.
        const prepared = await prepare(chosen, file).catch(() => file);
        return service.read(chosen, own.value.trunk, key, prepared);
    };
    const work = see().then(remember, (error) => {
        remember("unreadable");
        tell(undefined, problemOf(error, () => t.value.notSeen));
    });
    void track(work);
}

function addFiles(chosen: Kind, classKey: number, files: readonly Uint8Array[]): void {
    const { project: own } = rooms[chosen];
    const first = own.value.next;
    own.value = addExamples(own.value, classKey, files);
    files.forEach((file, place) => look(chosen, first + place, file));
}

export function addPicture(classKey: number, pixels: ImageData): Promise<void> {
    const chosen = kind.value;
    return track(encodePicture(pixels).then((file) => addFiles(chosen, classKey, [file])));
}

export function addSound(classKey: number, taken: Promise<Float32Array>): Promise<void> {
    return track(taken.then((samples) => addFiles("sounds", classKey, [writeWave(samples)])));
}

/** A file as examples are stored: a picture as a square, a sound as pieces of a second. */
async function convertFile(chosen: Kind, bytes: Uint8Array): Promise<Uint8Array[]> {
    if (chosen !== "sounds") return [await encodePicture(await decodePicture(new Blob([bytes.slice()])))];
    return cutPieces(await decodeSound(bytes)).map((piece) => writeWave(quantize(piece)));
}

/** Adds examples that a reader chose or dropped; those that are none are named. */
export function addChosenFiles(classKey: number, files: readonly File[]): Promise<void> {
    return track(storeFiles(kind.value, classKey, files));
}

async function storeFiles(chosen: Kind, classKey: number, files: readonly File[]): Promise<void> {
    const refused: string[] = [];
    for (const file of files) {
        try {
            if (!isExampleFile(chosen, file.name, file.type)) throw new Error("another kind of file");
            addFiles(chosen, classKey, await convertFile(chosen, new Uint8Array(await file.arrayBuffer())));
        } catch {
            refused.push(file.name);
        }
    }
    tell(undefined, refused.length > 0 ? { say: () => t.value.unreadableFiles(refused.join(", ")) } : undefined);
}

/** Adds the examples of folders, a class each, behind the classes that have examples. */
export async function addFolders(folders: ReadonlyMap<string, readonly Uint8Array[]>): Promise<void> {
    const chosen = kind.value;
    const { project: own } = rooms[chosen];
    own.value = { ...own.value, classes: own.value.classes.filter((value) => value.examples.length > 0) };
    let added = 0;
    let refused = 0;
    for (const [name, files] of folders) {
        own.value = addClass(own.value, name);
        const last = own.value.classes[own.value.classes.length - 1];
        if (last === undefined) continue;
        for (const file of files) {
            try {
                const examples = await convertFile(chosen, file);
                addFiles(chosen, last.key, examples);
                added += examples.length;
            } catch {
                refused += 1;
            }
        }
    }
    const opened = () => t.value.opened(folders.size, added);
    tell(opened, refused > 0 ? { say: () => t.value.unreadableCount(refused) } : undefined);
}

const usableKeys = (own: Room, classes: readonly Class[]): ClassKeys[] =>
    classes.map((value) => value.examples.map((example) => example.key).filter((key) => isUsable(own, key)));

/** What the head learns from, of all examples, as a file. */
export function saveExamples(): Promise<Uint8Array> {
    const { classes, trunk } = project.value;
    return service.saveExamples(kind.value, trunk, usableKeys(room.value, classes), classes.map((value) => value.name));
}

/** Trains the machine on what there is. */
export async function train(): Promise<void> {
    const chosen = kind.value;
    const own = rooms[chosen];
    tell(undefined);
    history.value = { loss: [], accuracy: [], heldOutLoss: [], heldOutAccuracy: [] };
    try {
        while (pending.size > 0) await Promise.all(pending);
        if (findLackIn(own).what !== "nothing") return;
        const { classes, settings, trunk } = own.project.value;
        const show = callback(async (seen: History) => {
            history.value = seen;
            await nextFrame();
        });
        const outcome = await service.train(chosen, trunk, usableKeys(own, classes), settings, show);
        own.trained.value = { classes, outcome };
    } catch (error) {
        tell(undefined, problemOf(error, () => t.value.notLearnt));
    } finally {
        history.value = undefined;
    }
}

/** Replaces what a kind has by a project that was read, and has its examples looked at. */
export async function showProject({ project: stored, head: storedHead, renamed }: ReadProject): Promise<void> {
    const own = rooms[stored.kind];
    await openEngine(stored.kind);
    const trunks = own.offer.value?.trunks ?? [];
    // A network below that the reader had brought is not in the file: the examples are looked at by another one.
    const known = stored.trunk === "" || trunks.includes(stored.trunk);
    const read = known && stored.trunk !== "" ? stored : { ...stored, trunk: trunks[0] ?? "" };
    const opened = await service.open(location.href, stored.kind, read.trunk);
    const head = known ? storedHead : undefined;
    // What may be refused comes first: a file that is no project leaves all as it was.
    if (head !== undefined) await service.load(read.kind, read.trunk, head);
    await service.forget(read.kind);
    batch(() => {
        own.offer.value = opened;
        own.project.value = read;
        own.views.value = new Map();
        own.trained.value = head === undefined ? undefined : { classes: read.classes, outcome: undefined };
    });
    chooseKind(read.kind);
    for (const value of read.classes) for (const example of value.examples) look(read.kind, example.key, example.file);
    tell(() => {
        const said = [t.value.opened(read.classes.length, countExamples(read))];
        if (!known) said.push(t.value.otherTrunk(stored.trunk));
        if (renamed.length > 0) said.push(t.value.renamed(renamed.join(", ")));
        return said.join(" ");
    });
}

/** A machine that was trained elsewhere, for classes without examples. */
export function showNames(chosen: Kind, names: readonly string[], adopted: Adopted | undefined): void {
    const own = rooms[chosen];
    void service.forget(chosen);
    batch(() => {
        const old = own.project.value;
        own.project.value = { ...createProject(chosen, names), settings: old.settings, trunk: adopted?.trunk ?? old.trunk };
        own.views.value = new Map();
        own.trained.value = adopted === undefined ? undefined : { classes: own.project.value.classes, outcome: undefined };
        if (adopted !== undefined) own.offer.value = adopted.offer;
    });
    chooseKind(chosen);
    const shown = own.project.value.classes.map((value) => value.name);
    const renamed = shown.filter((name, place) => name !== names[place]);
    tell(() => {
        const said = [adopted !== undefined ? t.value.openedExport(shown.join(", ")) : t.value.openedPoses(shown.join(", "))];
        if (renamed.length > 0) said.push(t.value.renamed(renamed.join(", ")));
        return said.join(" ");
    });
}

/** Takes another network below: its features of all pictures are other ones. */
export async function chooseTrunk(name: string): Promise<void> {
    const chosen = kind.value;
    const own = rooms[chosen];
    try {
        const opened = await service.open(location.href, chosen, name);
        batch(() => {
            own.offer.value = opened;
            own.project.value = { ...own.project.value, trunk: name };
            own.trained.value = undefined;
            own.views.value = new Map();
        });
    } catch (error) {
        tell(undefined, problemOf(error, () => t.value.noTrunk(name)));
        return;
    }
    void service.forget(chosen);
    for (const value of own.project.value.classes) for (const example of value.examples) look(chosen, example.key, example.file);
}

/** Takes the reader's own weights of a network below. */
export async function addTrunk(files: readonly File[]): Promise<void> {
    const file = files[0];
    if (file === undefined) return;
    try {
        await chooseTrunk(await service.addTrunk(file.name, new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
        tell(undefined, problemOf(error, () => t.value.unreadable));
    }
}

/** What a microphone or a file of sound has to give for the network below. */
export const soundShape = (): SoundShape => rooms.sounds.offer.value?.sound ?? { rate: soundRate, samples: soundRate };
export const hearSound = (samples: Float32Array): Promise<Sight> => service.hearSound(rooms.sounds.project.value.trunk, samples);
export const seePicture = (pixels: ImageData): Promise<Sight> => service.seePicture(kind.value, project.value.trunk, pixels);

/** Opens the engine of the kind that is chosen, whenever another is. */
export function openEngines(): void {
    watchAddress(() => (kind.value = readKind()));
    effect(() => void openEngine(kind.value));
}

export async function openEngine(chosen: Kind): Promise<void> {
    const own = rooms[chosen];
    if (own.offer.peek() !== undefined) return;
    try {
        const opened = await service.open(location.href, chosen, own.project.value.trunk);
        batch(() => {
            if (own.project.value.trunk === "") own.project.value = { ...own.project.value, trunk: opened.trunks[0] ?? "" };
            own.offer.value = opened;
            own.broken.value = undefined;
        });
    } catch (error) {
        own.broken.value = problemOf(error, () => t.value.broken);
    }
}
