// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The networks below that inputs of a kind are read by, and the machine that stands on each, opened once. For the worker.
import { EngineError, readBytes } from "../shared/engine";
import { Machine, MachineError } from "./machine";
import type { MachineExport } from "./machine_export";
import { drawnTrunk, type Kind } from "./project";

interface Trunk {
    readonly engine: string;
    /** Weights that the engine needs, from the page's own folder or from the reader. */
    readonly weights: () => Promise<Uint8Array | undefined>;
}

/** What the trunk of an export is called. */
const exportedTrunk = "Teachable Machine";
const exportEngines = { pictures: "teachable_exported", sounds: "teachable_exported_sounds" } as const;

/** Engines whose trunks take weights of the reader's own: the first whose arrays are in the file is chosen. */
const ownTrunks = ["teachable_mobilenet", "teachable_pictures"] as const;

const nothing = async () => undefined;

export class Trunks {
    private readonly known: { readonly [Name in Kind]: Map<string, Trunk> };
    private readonly machines: { readonly [Name in Kind]: Map<string, Promise<Machine>> } = { pictures: new Map(), sounds: new Map(), poses: new Map() };

    /** `page` is the page's address, `kept` the files of weights beside it. */
    private constructor(
        private readonly page: string,
        private readonly kept: ReadonlySet<string>,
    ) {
        const pictures = new Map<string, Trunk>();
        // What was not there when the pages were built is not asked for.
        if (kept.has("centernet.safetensors")) pictures.set("CenterNet (MobileNet 3)", { engine: "teachable_pictures", weights: () => this.fetchKept("centernet.safetensors") });
        pictures.set(drawnTrunk, { engine: "teachable_small", weights: nothing });
        const poses: Trunk = { engine: "teachable_poses", weights: () => this.fetchKept("movenet.safetensors") };
        this.known = { pictures, sounds: new Map([["48 x 40", { engine: "teachable_sounds", weights: nothing }]]), poses: new Map([["MoveNet", poses]]) };
    }

    static async open(page: string): Promise<Trunks> {
        const { files } = JSON.parse(new TextDecoder().decode(await readBytes(new URL("models/list.json", page)))) as { files: string[] };
        return new Trunks(page, new Set(files));
    }

    names(kind: Kind): string[] {
        return [...this.known[kind].keys()];
    }

    /** The machine on a network below; on the first where none is named. */
    machine(kind: Kind, name: string): Promise<Machine> {
        const chosen = name === "" ? (this.names(kind)[0] ?? "") : name;
        const machines = this.machines[kind];
        const opened = machines.get(chosen);
        if (opened) return opened;
        const opening = this.open(kind, chosen);
        machines.set(chosen, opening);
        opening.catch(() => machines.delete(chosen));
        return opening;
    }

    /** Takes weights of the reader's own for pictures, under the name of their file. */
    async add(name: string, file: Uint8Array): Promise<void> {
        let wrong: unknown;
        for (const engine of ownTrunks) {
            try {
                const machine = await Machine.open(engine, this.page);
                machine.loadTrunk(file);
                return this.keep("pictures", name, { engine, weights: async () => file }, machine);
            } catch (error) {
                wrong = error;
            }
        }
        throw wrong;
    }

    /** Takes a model of Teachable Machine: the name of its trunk, or nothing where that is not in the file. */
    async adopt(model: MachineExport): Promise<string | undefined> {
        const { kind } = model;
        // Poses are found by a network that Teachable Machine loads from elsewhere.
        if (kind === "poses") return undefined;
        const engine = exportEngines[kind];
        const machine = await Machine.open(engine, this.page);
        machine.loadExport(model);
        this.keep(kind, exportedTrunk, { engine, weights: nothing }, machine);
        return exportedTrunk;
    }

    /** The C++ type of the network below, or what it is in words. */
    async describe(machine: Machine): Promise<string> {
        const { trunk } = machine.description;
        const file = `${trunk}.hpp`;
        return this.kept.has(file) ? new TextDecoder().decode(await readBytes(new URL(`models/${file}`, this.page))) : trunk;
    }

    private async open(kind: Kind, name: string): Promise<Machine> {
        const trunk = this.known[kind].get(name);
        if (trunk === undefined) throw new MachineError(`there is no network ${name}`);
        const machine = await Machine.open(trunk.engine, this.page);
        const weights = await trunk.weights();
        if (weights) machine.loadTrunk(weights);
        return machine;
    }

    private async fetchKept(file: string): Promise<Uint8Array> {
        if (!this.kept.has(file)) throw new EngineError("missing", `models/${file} is not here: the pages were built without it`);
        return readBytes(new URL(`models/${file}`, this.page));
    }

    /** Another network of this name may have been there before. */
    private keep(kind: Kind, name: string, trunk: Trunk, machine: Machine): void {
        this.known[kind].set(name, trunk);
        this.machines[kind].set(name, Promise.resolve(machine));
    }
}
