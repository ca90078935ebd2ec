// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's state: what each kind has, and what follows from it.
import { batch, computed, signal, type Signal } from "@preact/signals";
import { readAddress } from "../shared/address";
import type { Problem } from "../shared/problem";
import { texts } from "../shared/texts";
import { connect } from "../shared/worker";
import { createProject, findLack, kinds, type Class, type Kind, type Lack, type Project } from "./project";
import type { ExampleView, History, Offer, Outcome, Service } from "./service";
import { teachableTexts } from "./texts";

export const t = texts(teachableTexts);
export const service = connect<Service>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));

/** What a machine was trained with: so that the page can say what has changed since. */
export interface Trained {
    readonly classes: readonly Class[];
    readonly outcome: Outcome | undefined;
}

/** All that a kind has: each keeps its own, so that nothing is lost by looking at another. */
export interface Room {
    readonly project: Signal<Project>;
    readonly views: Signal<ReadonlyMap<number, ExampleView | "unreadable">>;
    readonly trained: Signal<Trained | undefined>;
    /** What its engine can, once it is open. */
    readonly offer: Signal<Offer | undefined>;
    /** Why it cannot be opened. */
    readonly broken: Signal<Problem | undefined>;
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
        broken: signal(undefined),
    };
}

export const rooms: { readonly [Name in Kind]: Room } = { pictures: createRoom("pictures"), sounds: createRoom("sounds"), poses: createRoom("poses") };

export const firstAddress = { kind: "pictures" };
export function readKind(): Kind {
    const named = readAddress(firstAddress).kind;
    return kinds.find((known) => known === named) ?? "pictures";
}

export const kind = signal<Kind>(readKind());
/** What the page did last, and what went wrong with it. */
export const notice = signal<(() => string) | undefined>(undefined);
export const problem = signal<Problem | undefined>(undefined);
export function tell(said: (() => string) | undefined, wrong?: Problem): void {
    batch(() => {
        notice.value = said;
        problem.value = wrong;
    });
}

export const history = signal<History | undefined>(undefined);
/** Examples that were given and those of them that were looked at. */
export const reading = signal({ done: 0, all: 0 });
/** Whether examples that were taken are still being stored or looked at. */
export const isStoring = signal(false);

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

export const isUsable = (own: Room, key: number): boolean => {
    const view = own.views.value.get(key);
    return view !== undefined && view !== "unreadable" && view.usable;
};

export function findLackIn(own: Room): Lack {
    const views = own.views.value;
    const classes = own.project.value.classes.map((value) => ({
        ...value,
        examples: value.examples.filter((example) => !views.has(example.key) || isUsable(own, example.key)),
    }));
    return findLack({ ...own.project.value, classes });
}
/** What is lacking to train, counting only examples that can be learnt from once they were looked at. */
export const lack = computed<Lack>(() => findLackIn(room.value));
