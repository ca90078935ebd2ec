// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// One engine with what it has learnt: reads inputs, trains its head, predicts and writes files. For the worker.
import { EngineError, LastingEngine, type Engine } from "../shared/engine";
import type { MachineExport } from "./machine_export";
import type { EngineDescription, TeachableFunctions, WholeFunctions } from "./engine_functions";
import type { Settings } from "./project";
import type { ExportFormat } from "./service";

/** A sentence of the engine about what it was given. */
export class MachineError extends EngineError {
    constructor(message: string) {
        super("refused", message);
    }
}

export interface Reading {
    readonly features: Float32Array;
    /** What is drawn of an input: a pose's points, a sound's spectrogram. */
    readonly shown: Float32Array;
}

export interface Scores {
    readonly loss: number;
    readonly accuracy: number;
    readonly heldOutLoss: number;
    readonly heldOutAccuracy: number;
}

export interface Lesson {
    readonly features: readonly (readonly Float32Array[])[];
    readonly settings: Settings;
}

export class Machine {
    /** What a new instance is given where an error ended the old one. */
    private trunk: Uint8Array | undefined;
    private head: Uint8Array | undefined;
    private exported: MachineExport | undefined;

    private constructor(
        private readonly lasting: LastingEngine<TeachableFunctions>,
        readonly description: EngineDescription,
    ) {}

    static async open(name: string, page: string): Promise<Machine> {
        let opened: Machine | undefined;
        const lasting = await LastingEngine.open<TeachableFunctions>(name, page, (engine) => opened?.restore(engine));
        opened = new Machine(lasting, lasting.engine.takeValue<EngineDescription>(lasting.engine.functions.describe()));
        return opened;
    }

    /** Side of the square picture that is read, in pixels. */
    get side(): number {
        return this.description.input[0] ?? 0;
    }

    loadTrunk(bytes: Uint8Array): void {
        const { engine } = this.lasting;
        this.expect(engine, engine.give(bytes, (address, count) => engine.functions.load_trunk(address, count)));
        this.trunk = bytes;
    }

    /** Takes a model of Teachable Machine, its trunk and its head. */
    loadExport(model: MachineExport): void {
        this.giveExport(this.lasting.engine, model);
        this.exported = model;
    }

    read(input: Uint8Array | Float32Array): Reading {
        const { engine } = this.lasting;
        const right = engine.give(input, (address, count) => engine.functions.read_input(address, count));
        if (!right) throw new MachineError(`expected ${this.description.input.join(" x ")} numbers, found ${input.length}`);
        return { features: engine.take(Float32Array, engine.functions.features()), shown: engine.take(Float32Array, engine.functions.shown()) };
    }

    /** How sure the machine is of each class for the input that was read last, if it has learnt any. */
    predict(): Float32Array | undefined {
        const { engine } = this.lasting;
        return engine.functions.classes() === 0 ? undefined : engine.take(Float32Array, engine.functions.predict());
    }

    /** Gives the engine all examples, in the order of their classes, and draws first weights. */
    begin({ features, settings }: Lesson): void {
        const { engine } = this.lasting;
        this.give(features);
        this.expect(engine, engine.functions.begin(features.length, settings.batch, settings.rate, settings.seed, settings.heldOut / 100));
    }

    /** Learns from all examples once. */
    learn(): Scores {
        const { engine } = this.lasting;
        const [loss, accuracy, heldOutLoss, heldOutAccuracy] = engine.take(Float64Array, engine.functions.learn());
        if (loss === undefined || accuracy === undefined) throw new MachineError("learning has not begun");
        return { loss, accuracy, heldOutLoss: heldOutLoss ?? 0, heldOutAccuracy: heldOutAccuracy ?? 0 };
    }

    confusion(heldOut: boolean): Float32Array {
        const { engine } = this.lasting;
        return engine.take(Float32Array, engine.functions.confusion(heldOut ? 1 : 0));
    }

    /** Keeps what was learnt for a new instance. */
    keepHead(): void {
        const { engine } = this.lasting;
        this.head = engine.take(Uint8Array, engine.functions.save_weights());
    }

    save(format: ExportFormat, names: readonly string[]): Uint8Array {
        const { engine } = this.lasting;
        this.setNames(names);
        const { save_weights, save_onnx, save_header } = engine.functions;
        return engine.take(Uint8Array, { safetensors: save_weights, onnx: save_onnx, header: save_header }[format]());
    }

    /** A model of ONNX from pictures to probabilities, where the trunk is the page's own; of features elsewhere. */
    async saveOnnx(names: readonly string[], page: string): Promise<Uint8Array> {
        const { trunk } = this;
        if (trunk === undefined || this.description.kind !== "pictures") return this.save("onnx", names);
        const { engine } = await LastingEngine.open<WholeFunctions>("teachable_whole", page);
        const head = this.save("safetensors", names);
        const joined = engine.give(trunk, (address, count) =>
            engine.give(head, (headAddress, headCount) => engine.take(Uint8Array, engine.functions.join_onnx(address, count, headAddress, headCount))));
        const wrong = engine.takeText(engine.functions.problem());
        if (wrong !== "") throw new MachineError(wrong);
        return joined;
    }

    loadHead(bytes: Uint8Array): void {
        const { engine } = this.lasting;
        this.expect(engine, engine.give(bytes, (address, count) => engine.functions.load_weights(address, count)));
        this.head = bytes;
    }

    /** The C++ type of the head for so many classes. */
    typeText(classes: number): string {
        const { engine } = this.lasting;
        return breakType(engine.takeText(engine.functions.type_text(classes)));
    }

    /** All examples and the head in one file; what was learnt stays as it is. */
    saveExamples(features: readonly (readonly Float32Array[])[], names: readonly string[]): Uint8Array {
        const { engine } = this.lasting;
        this.give(features);
        this.setNames(names);
        return engine.take(Uint8Array, engine.functions.save_project());
    }

    private giveExport(engine: Engine<TeachableFunctions>, { model, weights }: MachineExport): void {
        const view = engine.giveText(model, (text, length) => engine.give(weights, (address, count) => engine.functions.load_export(text, length, address, count)));
        this.expect(engine, view);
    }

    private give(features: readonly (readonly Float32Array[])[]): void {
        const { engine } = this.lasting;
        engine.functions.clear();
        features.forEach((examples, label) => {
            for (const example of examples) this.expect(engine, engine.give(example, (address, count) => engine.functions.add_features(label, address, count)));
        });
    }

    private setNames(names: readonly string[]): void {
        const { engine } = this.lasting;
        engine.giveText(JSON.stringify(names), (address, length) => engine.functions.set_names(address, length));
    }

    private restore(engine: Engine<TeachableFunctions>): void {
        const { trunk, head, exported } = this;
        if (exported) this.giveExport(engine, exported);
        if (trunk) engine.give(trunk, (address, count) => engine.functions.load_trunk(address, count));
        if (head) engine.give(head, (address, count) => engine.functions.load_weights(address, count));
    }

    /** An engine's text says what was wrong, and is empty where nothing was. */
    private expect(engine: Engine<TeachableFunctions>, view: number): void {
        const wrong = engine.takeText(view);
        if (wrong !== "") throw new MachineError(wrong);
    }
}

/** A type with a layer a line, if it is a long one. */
function breakType(text: string): string {
    let depth = 0;
    const letters = [...text].map((letter) => {
        if ("<(".includes(letter)) depth += 1;
        if (">)".includes(letter)) depth -= 1;
        return letter === "|" && depth === 0 ? "\n    |" : letter;
    });
    return text.length > 70 ? letters.join("").replace(/ +\n/g, "\n") : text;
}
