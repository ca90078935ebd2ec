// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's state, and what its buttons do to it.
import { batch, computed, effect, signal, type Signal } from "@preact/signals";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import { texts } from "../shared/texts";
import { callback, connect, nextFrame } from "../shared/worker";
import { decodeSound } from "./devices";
import { isExampleFile } from "./machine_export";
import { decodePicture, encodePicture } from "./pictures";
import {
    addClass, addExamples, changeSetting, clearClass, countExamples, createProject, findLack, kinds, removeClass, removeExample, renameClass,
    type Class, type Kind, type Lack, type Project, type Settings,
} from "./project";
import type { ClassKeys, ExampleView, History, Offer, Outcome, Service, Sight } from "./service";
import { teachableTexts } from "./texts";
import { cutPieces, quantize, writeWave } from "./wave";

export const t = texts(teachableTexts);
export const service = connect<Service>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));

/** What a machine was trained with: so that the page can say what has changed since. */
export interface Trained {
    readonly classes: readonly Class[];
    readonly outcome: Outcome | undefined;
}

/** All that a kind has: each keeps its own, so that nothing is lost by looking at another. */
interface Room {
    readonly project: Signal<Project>;
    readonly views: Signal<ReadonlyMap<number, ExampleView | "unreadable">>;
    readonly trained: Signal<Trained | undefined>;
    /** What its engine can, once it is open; a sentence where it cannot be opened. */
    readonly offer: Signal<Offer | undefined>;
    readonly broken: Signal<string>;
}

function firstNames(kind: Kind): string[] {
    const { background, className } = t.value;
    return kind === "sounds" ? [background, className(1)] : [className(1), className(2)];
}

function createRoom(kind: Kind): Room {
    return {
        project: signal(createProject(kind, firstNames(kind))),
        views: signal(new Map()),
        trained: signal(undefined),
        offer: signal(undefined),
        broken: signal(""),
    };
}

const rooms: { readonly [Name in Kind]: Room } = { pictures: createRoom("pictures"), sounds: createRoom("sounds"), poses: createRoom("poses") };

const firstAddress = { kind: "pictures" };
function readKind(): Kind {
    const named = readAddress(firstAddress).kind;
    return kinds.find((known) => known === named) ?? "pictures";
}

export const kind = signal<Kind>(readKind());
export const message = signal("");
export const history = signal<History | undefined>(undefined);
/** Examples that were given and those of them that were looked at. */
export const reading = signal({ done: 0, all: 0 });

export const room = computed(() => rooms[kind.value]);
export const project = computed(() => room.value.project.value);
export const trained = computed(() => room.value.trained.value);
export const offer = computed(() => room.value.offer.value);
export const broken = computed(() => room.value.broken.value);
export const isTraining = computed(() => history.value !== undefined);

/** The name of each class that the trained machine knows, as it is called today. */
export const knownNames = computed<readonly string[]>(() => {
    const names = new Map(project.value.classes.map((value) => [value.key, value.name]));
    return trained.value?.classes.map((value) => names.get(value.key) ?? value.name) ?? [];
});

export const isStale = computed(() => {
    const known = trained.value?.classes;
    if (known === undefined) return false;
    const current = project.value.classes;
    return known.length !== current.length || known.some((value, place) => value.examples !== current[place]?.examples || value.key !== current[place]?.key);
});

const isUsable = (own: Room, key: number): boolean => {
    const view = own.views.value.get(key);
    return view !== undefined && view !== "unreadable" && view.usable;
};

function findLackIn(own: Room): Lack {
    const views = own.views.value;
    const classes = own.project.value.classes.map((value) => ({
        ...value,
        examples: value.examples.filter((example) => !views.has(example.key) || isUsable(own, example.key)),
    }));
    return findLack({ ...own.project.value, classes });
}
/** What is lacking to train, counting only examples that can be learnt from once they were looked at. */
export const lack = computed<Lack>(() => findLackIn(room.value));

export function chooseKind(chosen: Kind): void {
    batch(() => {
        kind.value = chosen;
        message.value = "";
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
export const renameOne = (key: number, name: string): void => change((old) => renameClass(old, key, name));
export const removeOne = (key: number): void => change((old) => removeClass(old, key));
export const clearOne = (key: number): void => change((old) => clearClass(old, key));
export const forgetExample = (key: number): void => change((old) => removeExample(old, key));
export const changeNumber = (name: keyof Settings, value: number): void => change((old) => changeSetting(old, name, value));

const pending = new Set<Promise<void>>();

/** Has the worker look at an example and keeps what it says of it. */
function look(chosen: Kind, key: number, file: Uint8Array): void {
    const { views, project: own } = rooms[chosen];
    reading.value = { ...reading.value, all: reading.value.all + 1 };
    const remember = (view: ExampleView | "unreadable") => {
        views.value = new Map(views.value).set(key, view);
        reading.value = { ...reading.value, done: reading.value.done + 1 };
    };
    const work = service.read(chosen, own.value.trunk, key, file).then(remember, () => remember("unreadable"));
    pending.add(work);
    void work.finally(() => {
        pending.delete(work);
        if (pending.size === 0) reading.value = { done: 0, all: 0 };
    });
}

function addFiles(chosen: Kind, classKey: number, files: readonly Uint8Array[]): void {
    const { project: own } = rooms[chosen];
    const first = own.value.next;
    own.value = addExamples(own.value, classKey, files);
    files.forEach((file, place) => look(chosen, first + place, file));
}

export async function addPicture(classKey: number, pixels: ImageData): Promise<void> {
    const chosen = kind.value;
    addFiles(chosen, classKey, [await encodePicture(pixels)]);
}

export function addSound(classKey: number, samples: Float32Array): void {
    addFiles("sounds", classKey, [writeWave(samples)]);
}

/** A file as examples are stored: a picture as a square, a sound as pieces of a second. */
async function convertFile(chosen: Kind, bytes: Uint8Array): Promise<Uint8Array[]> {
    if (chosen !== "sounds") return [await encodePicture(await decodePicture(new Blob([bytes.slice()])))];
    return cutPieces(await decodeSound(bytes)).map((piece) => writeWave(quantize(piece)));
}

/** Adds examples that a reader chose or dropped; those that are none are named. */
export async function addChosenFiles(classKey: number, files: readonly File[]): Promise<void> {
    const chosen = kind.value;
    const refused: string[] = [];
    for (const file of files) {
        try {
            if (!isExampleFile(chosen, file.name, file.type)) throw new Error("another kind of file");
            addFiles(chosen, classKey, await convertFile(chosen, new Uint8Array(await file.arrayBuffer())));
        } catch {
            refused.push(file.name);
        }
    }
    message.value = refused.length > 0 ? t.value.unreadableFiles(refused.join(", ")) : "";
}

/** Adds the examples of folders, a class each, behind the classes that have examples. */
export async function addFolders(folders: ReadonlyMap<string, readonly Uint8Array[]>): Promise<void> {
    const chosen = kind.value;
    const { project: own } = rooms[chosen];
    own.value = { ...own.value, classes: own.value.classes.filter((value) => value.examples.length > 0) };
    for (const [name, files] of folders) {
        own.value = addClass(own.value, name);
        const added = own.value.classes[own.value.classes.length - 1];
        if (added === undefined) continue;
        for (const file of files) addFiles(chosen, added.key, await convertFile(chosen, file).catch(() => []));
    }
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
    message.value = "";
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
        message.value = error instanceof Error ? error.message : String(error);
    } finally {
        history.value = undefined;
    }
}

/** Replaces what a kind has by a project that was read, and has its examples looked at. */
export async function showProject(stored: Project, storedHead: Uint8Array | undefined): Promise<void> {
    const own = rooms[stored.kind];
    await openEngine(stored.kind);
    const trunks = own.offer.value?.trunks ?? [];
    // A network below that the reader had brought is not in the file: the examples are looked at by another one.
    const known = stored.kind !== "pictures" || trunks.includes(stored.trunk);
    const read = known ? stored : { ...stored, trunk: trunks[0] ?? "" };
    const head = known ? storedHead : undefined;
    await service.forget(read.kind);
    batch(() => {
        own.project.value = read;
        own.views.value = new Map();
        own.trained.value = undefined;
    });
    chooseKind(read.kind);
    if (head !== undefined) {
        await service.load(read.kind, read.trunk, head);
        own.trained.value = { classes: read.classes, outcome: undefined };
    }
    for (const value of read.classes) for (const example of value.examples) look(read.kind, example.key, example.file);
    const said = t.value.opened(read.classes.length, countExamples(read));
    message.value = known ? said : `${said} ${t.value.otherTrunk(stored.trunk)}`;
}

/** A machine that was trained elsewhere, for classes without examples. */
export function showNames(chosen: Kind, names: readonly string[], trunk: string | undefined): void {
    const own = rooms[chosen];
    void service.forget(chosen);
    batch(() => {
        const old = own.project.value;
        own.project.value = { ...createProject(chosen, names), settings: old.settings, trunk: trunk ?? old.trunk };
        own.views.value = new Map();
        own.trained.value = trunk === undefined ? undefined : { classes: own.project.value.classes, outcome: undefined };
        const opened = own.offer.value;
        if (opened && trunk !== undefined) own.offer.value = { ...opened, trunks: [...opened.trunks.filter((known) => known !== trunk), trunk] };
    });
    chooseKind(chosen);
    message.value = trunk !== undefined ? t.value.openedExport(names.join(", ")) : t.value.openedNames(names.join(", "));
}

/** Takes another network below: its features of all pictures are other ones. */
export function chooseTrunk(name: string): void {
    const own = rooms.pictures;
    const trunks = own.offer.value?.trunks ?? [];
    if (!trunks.includes(name)) return;
    own.project.value = { ...own.project.value, trunk: name };
    own.trained.value = undefined;
    own.views.value = new Map();
    void service.forget("pictures");
    for (const value of own.project.value.classes) for (const example of value.examples) look("pictures", example.key, example.file);
}

/** Takes the reader's own weights of a network below. */
export async function addTrunk(files: readonly File[]): Promise<void> {
    const file = files[0];
    const opened = rooms.pictures.offer.value;
    if (file === undefined || opened === undefined) return;
    try {
        const name = await service.addTrunk(file.name, new Uint8Array(await file.arrayBuffer()));
        rooms.pictures.offer.value = { ...opened, trunks: [...opened.trunks.filter((known) => known !== name), name] };
        chooseTrunk(name);
    } catch (error) {
        message.value = t.value.unreadable(error instanceof Error ? error.message : String(error));
    }
}

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
        const opened = await service.open(location.href, chosen);
        batch(() => {
            if (own.project.value.trunk === "") own.project.value = { ...own.project.value, trunk: opened.trunks[0] ?? "" };
            own.offer.value = opened;
            own.broken.value = "";
        });
    } catch (error) {
        own.broken.value = error instanceof Error ? error.message : String(error);
    }
}
