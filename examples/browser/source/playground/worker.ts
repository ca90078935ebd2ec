// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Trains in slices and hands the page what it draws.
import { LastingEngine, thrownOf, type Engine, type Thrown } from "../shared/engine";
import { SlicedLoop } from "../shared/slices";
import { serve } from "../shared/worker";
import {
    dataKey, giveLearning, givePoints, giveTopology, learningKey, measure, topologyKey, type FormulaFault, type Measured, type PlaygroundEngine,
} from "./engine";
import { featureNames, largeSide, smallSide, type Settings } from "./state";

/** Losses at epochs 0, step, 2 step, ... */
export type History = { step: number; train: number[]; test: number[] };
export type Snapshot = Measured & {
    perSecond: number; // epochs a second, or 0
    history: History;
    weights: Float32Array;
    units: Float32Array; // [units][smallSide][smallSide]
    map: Float32Array; // [largeSide][largeSide] of the chosen unit
    /** Whether a program that begins anew with these settings gets these numbers. */
    repeatable: boolean;
};
export type Configured = {
    fault: FormulaFault | undefined;
    derivative: string;
    type: string;
    points: Float32Array; // [count][x, y, label]
    trainCount: number;
    features: Float32Array; // [features][smallSide][smallSide]
    snapshot: Snapshot;
};

const mostRecords = 400;

let lasting: LastingEngine<PlaygroundEngine>;
let settings: Settings | undefined;
let askedTopology: string | undefined; // as the reader chose it, whose formula may be wrong
let fault: FormulaFault | undefined; // of that formula: settings have another activation meanwhile
let given: ReturnType<typeof givePoints> = { points: new Float32Array(), trainCount: 0 };
let unit = -1; // of the large map; below 0: the last one
let repeatable = true;
let history: History = { step: 1, train: [], test: [] };
let perSecond = 0;

const functions = () => lasting.engine.functions;

/** Where an engine has ended, the next one gets the state again, at its first weights. */
function restore(engine: Engine<PlaygroundEngine>): void {
    if (!settings) return;
    given = givePoints(engine, settings, false);
    giveTopology(engine, settings);
    giveLearning(engine, settings);
    begin();
}

function record(): void {
    const { trainLoss, testLoss } = measure(lasting.engine);
    history.train.push(trainLoss);
    history.test.push(testLoss);
    if (history.train.length > mostRecords) {
        const halved = (losses: number[]) => losses.filter((_, i) => i % 2 === 0);
        history = { step: 2 * history.step, train: halved(history.train), test: halved(history.test) };
    }
}
function begin(): void {
    history = { step: 1, train: [], test: [] };
    perSecond = 0;
    repeatable = true;
    record();
}

/** Trains for some epochs, and records the losses when their time has come. */
function train(epochs: number): boolean {
    let epoch = functions().epochs();
    const end = epoch + epochs;
    let goesOn = true;
    while (epoch < end && goesOn) {
        const next = history.train.length * history.step;
        const count = Math.max(1, Math.min(end, next) - epoch);
        goesOn = functions().train(count) !== 0;
        epoch += count;
        if (epoch >= next) record();
    }
    return goesOn;
}

function snapshot(): Snapshot {
    const { engine } = lasting;
    const now = measure(engine);
    const units = engine.take(Float32Array, engine.functions.draw_units(smallSide));
    const count = units.length / smallSide ** 2;
    const chosen = unit < 0 || unit >= count ? count - 1 : unit;
    return {
        ...now,
        perSecond,
        history: { step: history.step, train: [...history.train], test: [...history.test] },
        weights: engine.take(Float32Array, engine.functions.weights()),
        units,
        map: engine.take(Float32Array, engine.functions.draw_unit(largeSide, chosen)),
        repeatable,
    };
}

type Show = (snapshot: Snapshot, running: boolean) => Promise<void>;
let show: Show = async () => {};
let fail: (thrown: Thrown) => void = () => {};
let pacing = false;
let paceNumber = 0; // of the loop that keeps pace: one begun again does not go on beside the one before
let chunk = 1; // epochs between two looks at the clock
let since = 0; // when epochs were counted last
let counted = 0;

function count(epochs: number): void {
    const now = performance.now();
    counted += epochs;
    if (now - since < 500) return;
    perSecond = (1000 * counted) / (now - since);
    since = now;
    counted = 0;
}
function step(): boolean {
    const start = performance.now();
    const goesOn = train(chunk);
    count(chunk);
    const milliseconds = performance.now() - start;
    if (milliseconds < 2) chunk = Math.min(4096, 2 * chunk);
    else if (milliseconds > 8) chunk = Math.max(1, chunk >> 1);
    return goesOn;
}
const failed = (error: unknown) => fail(thrownOf(error));
const loop = new SlicedLoop<Snapshot>(step, snapshot, (now, running) => show(now, running), failed);

/** So many epochs a frame: the page answers when it has drawn. Who is paused meanwhile ends here, whoever goes on. */
async function keepPace(): Promise<void> {
    if (pacing) return;
    pacing = true;
    const own = ++paceNumber;
    try {
        while (pacing && own === paceNumber && settings && settings.pace > 0) {
            const epochs = settings.pace;
            if (!train(epochs)) pacing = false;
            count(epochs);
            await show(snapshot(), pacing);
        }
    } catch (error) {
        failed(error);
    }
    if (own !== paceNumber) return;
    const goesOn = pacing;
    pacing = false;
    if (goesOn) loop.start(); // the pace has become the fastest
}
function start(): void {
    since = performance.now();
    counted = 0;
    if (settings!.pace === 0) loop.start();
    else void keepPace();
}
const isRunning = () => pacing || loop.isRunning;

const service = {
    /** Loads the engine. `shown` draws a snapshot; `broken` hears of an error while training. */
    async open(base: string, shown: Show, broken: (thrown: Thrown) => void): Promise<boolean> {
        show = shown;
        fail = broken;
        lasting = await LastingEngine.open<PlaygroundEngine>("playground", base, restore);
        return lasting.relaxed;
    },
    /** Takes settings over. What differs from the former ones decides whether training begins anew. */
    configure(next: Settings): Configured {
        const { engine } = lasting;
        const former = settings;
        const isNewData = !former || dataKey(former) !== dataKey(next);
        const isAsked = askedTopology === topologyKey(next);
        askedTopology = topologyKey(next);
        // Points that are added or taken away leave the network as it is.
        const stays = !!former && former.data === "own" && next.data === "own" && (former.goal === "numbers") === (next.goal === "numbers");
        if (!isAsked) fault = giveTopology(engine, next);
        let isNewTopology = !isAsked && !fault;
        if (fault) {
            next = { ...next, activation: former && former.activation !== "own" ? former.activation : "tanh" };
            isNewTopology = !former || topologyKey(former) !== topologyKey(next);
            if (isNewTopology) giveTopology(engine, next);
        }
        if (isNewData) given = givePoints(engine, next, stays && !isNewTopology);
        giveLearning(engine, next);
        settings = next;
        if (isNewTopology || (isNewData && !stays)) begin();
        else if (isNewData || learningKey(former) !== learningKey(next)) repeatable = repeatable && functions().epochs() === 0;
        if (former && former.pace !== next.pace && loop.isRunning) {
            loop.pause();
            start();
        }
        return {
            fault,
            derivative: engine.giveText(next.formula, (address, length) => engine.takeText(engine.functions.derivative_text(address, length))),
            type: engine.takeText(engine.functions.type_text()),
            ...given,
            features: Float32Array.from(featureNames.flatMap((_, i) => [...engine.take(Float32Array, engine.functions.draw_feature(smallSide, i))])),
            snapshot: snapshot(),
        };
    },
    /** A picture of a data set, [count][x, y, label]. */
    sample(name: string, count: number): Float32Array {
        const { engine } = lasting;
        return engine.giveText(name, (address, length) => engine.take(Float32Array, engine.functions.generate(address, length, count, 0, 1)));
    },
    play(): void {
        if (!isRunning()) start();
    },
    pause(): Snapshot {
        loop.pause();
        pacing = false;
        return snapshot();
    },
    step(epochs: number): Snapshot {
        train(epochs);
        return snapshot();
    },
    reset(): Snapshot {
        functions().reset();
        begin();
        return snapshot();
    },
    /** Chooses the unit of the large map. */
    choose(chosen: number): Snapshot {
        unit = chosen;
        return snapshot();
    },
    /** Changes one weight: training may have moved the others since the page saw them. */
    setWeight(place: number, value: number): Snapshot {
        const { engine } = lasting;
        const weights = engine.take(Float32Array, engine.functions.weights());
        weights[place] = value;
        engine.give(weights, (address, numbers) => engine.functions.set_weights(address, numbers));
        repeatable = false;
        return snapshot();
    },
    program(): string {
        const { engine } = lasting;
        return engine.takeText(engine.functions.program_text());
    },
};

export type PlaygroundService = typeof service;
serve(service);
