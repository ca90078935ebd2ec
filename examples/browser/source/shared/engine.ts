// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Opens an engine, a program in WebAssembly, and exchanges numbers and texts with it (engines/exchange.hpp). For workers.
import { ConsoleStdout, OpenFile, File, WASI } from "@bjorn3/browser_wasi_shim";
import { relaxedSimd } from "wasm-feature-detect";

/**
 * What ended an engine: an error of the library, whose kind is its name in C++, or a "trap". Besides, an engine can be
 * "missing" or "dead", have no "memory" for what it is given, or have "refused" it, for a reason that it says.
 */
export class EngineError extends Error {
    constructor(readonly kind: string, message: string) {
        super(message);
        this.name = "EngineError";
    }
}

/** An error's kind and message: all that is left of it on the way from a worker to its page. */
export type Thrown = { kind: string; message: string };
export function thrownOf(error: unknown): Thrown {
    const { kind, name, message } = (error instanceof Object ? error : { message: String(error) }) as { kind?: string; name?: string; message?: string };
    return { kind: kind ?? name ?? "Error", message: message ?? "" };
}

/** The bytes of a file that belongs to the page. */
export async function readBytes(address: string | URL): Promise<Uint8Array<ArrayBuffer>> {
    try {
        const answer = await fetch(address);
        if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    } catch {
        // Said below.
    }
    throw new EngineError("missing", `${address} cannot be read`);
}

/** Functions that an engine exports: they take numbers and addresses and return one. */
export type Functions = Record<string, (...numbers: number[]) => number>;

type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | Int16Array;
type NumbersOf<T extends Numbers> = {
    new (buffer: ArrayBufferLike, offset: number, length: number): T;
    readonly BYTES_PER_ELEMENT: number;
};

/** One instance of an engine: its functions and its memory. After an error it is dead. */
export class Engine<F> {
    readonly functions: F;
    alive = true;
    private readonly memory: WebAssembly.Memory;

    constructor(module: WebAssembly.Module) {
        const wasi = new WASI([], [], [
            new OpenFile(new File([])),
            ConsoleStdout.lineBuffered((line) => console.info(line)),
            ConsoleStdout.lineBuffered((line) => console.warn(line)),
        ]);
        const page = {
            fail: (kind: number, message: number): never => {
                throw new EngineError(this.textUpToZero(kind), this.textUpToZero(message));
            },
        };
        const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport, page });
        wasi.initialize(instance as Parameters<WASI["initialize"]>[0]);
        this.memory = instance.exports.memory as WebAssembly.Memory;
        const guarded: Functions = {};
        for (const [name, exported] of Object.entries(instance.exports))
            if (typeof exported === "function")
                guarded[name] = (...numbers) => this.call(exported as (...numbers: number[]) => number, numbers);
        this.functions = guarded as F;
        guarded.prepare!();
    }

    /** Lets `use` work with a copy of these numbers in the engine's memory: their address and how many they are. */
    give<Result>(numbers: Numbers, use: (address: number, count: number) => Result): Result {
        const own = this.functions as Functions;
        const address = own.allocate!(numbers.byteLength) >>> 0;
        if (address === 0) throw new EngineError("memory", `there is no room for ${numbers.byteLength} bytes`);
        try {
            const there = new Uint8Array(this.memory.buffer, address, numbers.byteLength);
            there.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
            return use(address, numbers.length);
        } finally {
            if (this.alive) own.release!(address);
        }
    }

    giveText<Result>(text: string, use: (address: number, length: number) => Result): Result {
        return this.give(new TextEncoder().encode(text), use);
    }

    /** A copy of what a function's `const view*` shows: `take(Float32Array, functions.predict())`. */
    take<T extends Numbers>(type: NumbersOf<T>, view: number): T {
        // Addresses beyond 2 GB come as negative numbers.
        const [address, count] = new Uint32Array(this.memory.buffer, view >>> 0, 2) as unknown as [number, number];
        return new type(this.memory.buffer.slice(address, address + count * type.BYTES_PER_ELEMENT), 0, count);
    }

    takeText(view: number): string {
        return new TextDecoder().decode(this.take(Uint8Array, view));
    }

    /** A text that is the description of a value, in JSON. */
    takeValue<T>(view: number): T {
        return JSON.parse(this.takeText(view)) as T;
    }

    private call(exported: (...numbers: number[]) => number, numbers: number[]): number {
        if (!this.alive) throw new EngineError("dead", "the engine has ended");
        try {
            return exported(...numbers);
        } catch (error) {
            this.alive = false;
            if (error instanceof EngineError) throw error;
            throw new EngineError("trap", error instanceof Error ? error.message : String(error));
        }
    }

    private textUpToZero(address: number): string {
        const bytes = new Uint8Array(this.memory.buffer, address >>> 0);
        return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
    }
}

/** An engine that is opened anew where an error ended it; `restore` gives the new one the state of the page. */
export class LastingEngine<F> {
    private current: Engine<F>;

    private constructor(
        private readonly module: WebAssembly.Module,
        /** Whether the engine has multiply-add instructions. */
        readonly relaxed: boolean,
        private readonly restore: (engine: Engine<F>) => void,
    ) {
        this.current = new Engine<F>(module);
    }

    /** Loads the engine of that name. `base` is the address of the page, which has its engines beside it. */
    static async open<F>(name: string, base: string, restore: (engine: Engine<F>) => void = () => {}): Promise<LastingEngine<F>> {
        let relaxed = await relaxedSimd();
        const load = (file: string) => readBytes(new URL(`engines/${file}`, base));
        let bytes = relaxed ? await load(`${name}.relaxed.wasm`).catch(() => undefined) : undefined;
        if (!bytes) {
            relaxed = false;
            bytes = await load(`${name}.wasm`);
        }
        const lasting = new LastingEngine<F>(await WebAssembly.compile(bytes), relaxed, restore);
        restore(lasting.current);
        return lasting;
    }

    /** The living instance. */
    get engine(): Engine<F> {
        if (!this.current.alive) {
            this.current = new Engine<F>(this.module);
            this.restore(this.current);
        }
        return this.current;
    }
}
