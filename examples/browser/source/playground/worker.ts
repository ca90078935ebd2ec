// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Trains in slices and hands the page what it draws.
import { LastingEngine, thrownOf, type Engine, type Thrown } from "../shared/engine";
import { SlicedLoop } from "../shared/slices";
import { serve } from "../shared/worker";
import { activationNames, featureNames, largeSide, smallSide, featuresOf, goals, layersOf, optimizerNames, readPoints, type Settings } from "./state";

type PlaygroundEngine = {
    generate(name: number, length: number, count: number, noise: number, seed: number): number;
    set_points(points: number, count: number, share: number, stays: number): number;
    set_topology(
        seen: number, seenCount: number, hidden: number, hiddenCount: number, activation: number, formula: number, formulaLength: number, goal: number,
        seed: number,
    ): number;
    found_text(): number;
    derivative_text(formula: number, length: number): number;
    set_learning(optimizer: number, rate: number, l1: number, l2: number, batch: number): void;
    reset(): void;
    train(epochs: number): number;
    epochs(): number;
    measure(): number;
    weights(): number;
    set_weights(numbers: number, count: number): void;
    draw_units(side: number): number;
    draw_unit(side: number, unit: number): number;
    draw_feature(side: number, number: number): number;
    type_text(): number;
    program_text(): number;
};

/** Losses at epochs 0, step, 2 step, ... */
export type History = { step: number; train: number[]; test: number[] };
export type Snapshot = {
    epoch: number;
    diverged: boolean;
    trainLoss: number;
    testLoss: number;
    /** An x of which the user's formula has no value, where the losses are no numbers for that. */
    withoutValue: number | undefined;
    perSecond: number; // epochs a second, or 0
    history: History;
    weights: Float32Array;
    units: Float32Array; // [units][smallSide][smallSide]
    map: Float32Array; // [largeSide][largeSide] of the chosen unit
    /** Whether a program that begins anew with these settings gets these numbers. */
    repeatable: boolean;
};
/** What is wrong with a formula: see formula_error of the engine. */
export type FormulaFault = { place: number; expected: number; found: string };
export type Configured = {
    fault: FormulaFault | undefined;
    derivative: string;
    type: string;
    points: Float32Array; // [count][x, y, label]
    trainCount: number;
    features: Float32Array; // [features][smallSide][smallSide]
    snapshot: Snapshot;
};

const classSamples = 500;
const numberSamples = 1200;
const mostRecords = 400;

let lasting: LastingEngine<PlaygroundEngine>;
let settings: Settings | undefined;
let points: Float32Array = new Float32Array();
let trainCount = 0;
let unit = -1; // of the large map; below 0: the last one
let repeatable = true;
let history: History = { step: 1, train: [], test: [] };
let perSecond = 0;

const functions = () => lasting.engine.functions;
const dataKey = (s: Settings) => [s.goal === "numbers", s.data, s.noise, s.share, s.dataSeed, s.points].join("|");
const topologyKey = (s: Settings) => [s.goal, s.features, s.layers, s.activation, s.activation === "own" ? s.formula : "", s.seed].join("|");
const learningKey = (s: Settings) => [s.optimizer, s.rate, s.penalty, s.penaltyRate, s.batch].join("|");

/** A number that looks drawn, of each place in a list. */
function drawn(place: number): number {
    let bits = Math.imul(place + 1, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
    return (bits ^ (bits >>> 13)) >>> 0;
}
/** Own points in an order in which a new one leaves the others nearly where they were: the first are for training. */
function ownPoints(s: Settings): Float32Array {
    const all = readPoints(s.points).map((point, place) => ({ ...point, key: drawn(place) }));
    all.sort((a, b) => a.key - b.key);
    return Float32Array.from(all.flatMap(({ x, y, label }) => [x, y, s.goal === "numbers" ? label : label < 0 ? -1 : 1]));
}
function givePoints(engine: Engine<PlaygroundEngine>, s: Settings, stays: boolean): void {
    points =
        s.data === "own"
            ? ownPoints(s)
            : engine.giveText(s.data, (address, length) =>
                  engine.take(
                      Float32Array,
                      engine.functions.generate(address, length, s.goal === "numbers" ? numberSamples : classSamples, s.noise / 100, s.dataSeed),
                  ),
              );
    trainCount = engine.give(points, (address, count) => engine.functions.set_points(address, count, s.share / 100, stays ? 1 : 0));
}
function giveTopology(engine: Engine<PlaygroundEngine>, s: Settings): FormulaFault | undefined {
    const seen = Int32Array.from(featuresOf(s), (name) => featureNames.indexOf(name));
    const answer = engine.give(seen, (seenAddress, seenCount) =>
        engine.give(Int32Array.from(layersOf(s)), (hiddenAddress, hiddenCount) =>
            engine.giveText(s.formula, (formulaAddress, formulaLength) =>
                engine.take(
                    Float64Array,
                    engine.functions.set_topology(
                        seenAddress, seenCount, hiddenAddress, hiddenCount, (activationNames as readonly string[]).indexOf(s.activation), formulaAddress,
                        formulaLength, (goals as readonly string[]).indexOf(s.goal), s.seed,
                    ),
                ),
            ),
        ),
    );
    return answer.length ? { place: answer[0]!, expected: answer[1]!, found: engine.takeText(engine.functions.found_text()) } : undefined;
}
function giveLearning(engine: Engine<PlaygroundEngine>, s: Settings): void {
    // The page's rate is TensorFlow's: of half the squares.
    const l1 = s.penalty === "l1" ? s.penaltyRate : 0;
    const l2 = s.penalty === "l2" ? s.penaltyRate / 2 : 0;
    engine.functions.set_learning((optimizerNames as readonly string[]).indexOf(s.optimizer), s.rate, l1, l2, s.batch);
}

/** Where an engine has ended, the next one gets the state again, at its first weights. */
function restore(engine: Engine<PlaygroundEngine>): void {
    if (!settings) return;
    givePoints(engine, settings, false);
    giveTopology(engine, settings);
    giveLearning(engine, settings);
    begin();
}

function measured(): Pick<Snapshot, "epoch" | "diverged" | "trainLoss" | "testLoss" | "withoutValue"> {
    const [epoch, diverged, trainLoss, testLoss, withoutValue] = lasting.engine.take(Float64Array, functions().measure());
    return { epoch: epoch!, diverged: diverged !== 0, trainLoss: trainLoss!, testLoss: testLoss!, withoutValue };
}
function record(): void {
    const { trainLoss, testLoss } = measured();
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
    const now = measured();
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
        const isNewTopology = !former || topologyKey(former) !== topologyKey(next);
        // Points that are added or taken away leave the network as it is.
        const stays = !!former && former.data === "own" && next.data === "own" && (former.goal === "numbers") === (next.goal === "numbers");
        let fault: FormulaFault | undefined;
        if (isNewTopology) {
            fault = giveTopology(engine, next);
            if (fault) next = { ...next, activation: former && former.activation !== "own" ? former.activation : "tanh" };
            if (fault) giveTopology(engine, next);
        }
        if (isNewData) givePoints(engine, next, stays && !isNewTopology);
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
            points,
            trainCount,
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
    setWeights(weights: Float32Array): Snapshot {
        const { engine } = lasting;
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
