// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The engine of the page Pole, and the clock by which it learns and moves the cart that is shown.
import { LastingEngine, thrownOf, type Engine, type Thrown } from "../shared/engine";
import { serve } from "../shared/worker";
import { LearningCurve, type DrawnCurve } from "./curve";
import { mapColumns, mapRows, type Settings, type Shown } from "./sizes";

type PoleEngine = {
    create(width: number, seed: number): number;
    change(gravity: number, length: number, push: number, rate: number, discount: number, exploration: number): number;
    learn(rounds: number): number;
    progress(): number;
    take_lengths(): number;
    begin_shown(): number;
    step_shown(steps: number, who: number, hand: number): number;
    look(): number;
    draw_map(columns: number, rows: number): number;
    type(): number;
};

export type Progress = { steps: number; lessons: number; episodes: number; mean: number; solvedEpisode: number };

/** What the page draws. Curve and map come now and then. */
export type Snapshot = {
    shown: Shown;
    progress: Progress;
    stepsPerSecond: number;
    learning: boolean;
    curve?: DrawnCurve;
    /** [rows][columns] values, then chances of a push to the right. */
    map?: Float32Array;
};

export type Driver = "agent" | "reader";

const environments = 8; // steps of one round
const roundsOfLesson = 64;
const stepSeconds = 0.02;
const frameMilliseconds = 16;
const sliceMilliseconds = 16;
const chartMilliseconds = 150;
const pokeSteps = 6;
const secondsOnTheGround = 0.8;

let lasting: LastingEngine<PoleEngine>;
let created = { width: 1, seed: 1 };
let settings: Settings = { gravity: 9.8, length: 1, push: 10, rate: 0.002, discount: 0.99, exploration: 0.01 };
let show: (snapshot: Snapshot) => Promise<void> = async () => {};
let fail: (thrown: Thrown) => void = () => {};

let learning = false;
let speed = Infinity; // steps a second, of all environments
let owedSteps = 0;
let stepsPerSecond = 0;
let measured = { time: 0, steps: 0 };

let pace = 1; // of the cart that is shown; 0: it stands still
let owedSeconds = 0;
let driver: Driver = "agent";
let held = 0; // the reader's push in newtons, for as long as a key is down
let poke = 0;
let pokeLeft = 0;
let grounded = 0;

let last = 0;
let curve = new LearningCurve();
let charted = -Infinity; // when curve and map were drawn last
let showing = false;
let stale = true; // whether the page has not seen what is
let seen = true; // whether anybody sees the page
let asleep = false; // whether the clock stands, as nothing moves and nobody learns

function restore(engine: Engine<PoleEngine>): void {
    engine.functions.create(created.width, created.seed);
    tell(engine);
    curve = new LearningCurve();
    charted = -Infinity;
    stale = true;
}

function tell(engine: Engine<PoleEngine>): void {
    const { gravity, length, push, rate, discount, exploration } = settings;
    engine.functions.change(gravity, length, push, rate, discount, exploration);
}

function readProgress(engine: Engine<PoleEngine>): Progress {
    const [steps, lessons, episodes, mean, solvedEpisode] = engine.take(Float64Array, engine.functions.progress()) as unknown as [number, number, number, number, number];
    return { steps, lessons, episodes, mean, solvedEpisode };
}

function readShown(engine: Engine<PoleEngine>): Shown {
    const numbers = engine.take(Float64Array, engine.functions.look());
    const [position, velocity, angle, angularVelocity, steps, fallen, force, chanceOfRight, value, longestOfAgent, longestOfReader] = numbers as unknown as [
        number, number, number, number, number, number, number, number, number, number, number,
    ];
    return {
        position, velocity, angle, angularVelocity,
        seconds: steps * stepSeconds,
        fallen: fallen !== 0,
        force, chanceOfRight, value,
        longestOfAgent: longestOfAgent * stepSeconds,
        longestOfReader: longestOfReader * stepSeconds,
    };
}

function moveShown(engine: Engine<PoleEngine>, seconds: number): void {
    if (pace === 0 || !seen) return;
    owedSeconds += seconds * pace;
    for (; owedSeconds >= stepSeconds; owedSeconds -= stepSeconds) {
        const hand = pokeLeft > 0 ? poke : held;
        if (pokeLeft > 0) --pokeLeft;
        engine.functions.step_shown(1, driver === "agent" ? 0 : 1, hand);
        stale = true;
    }
    if (!readShown(engine).fallen) return;
    grounded += seconds;
    if (grounded < secondsOnTheGround) return;
    engine.functions.begin_shown();
    grounded = 0;
    pokeLeft = 0;
}

function learnRounds(engine: Engine<PoleEngine>, rounds: number): void {
    engine.functions.learn(rounds);
    for (const length of engine.take(Uint32Array, engine.functions.take_lengths())) curve.add(length);
    stale = true;
}

function learn(engine: Engine<PoleEngine>, seconds: number): void {
    if (!learning) return;
    // What a slow machine cannot do in a second is dropped.
    owedSteps = speed === Infinity ? Infinity : Math.min(owedSteps + seconds * speed, speed);
    const end = performance.now() + sliceMilliseconds;
    while (owedSteps >= environments && performance.now() < end) {
        const rounds = Math.min(8, Math.floor(owedSteps / environments));
        learnRounds(engine, rounds);
        owedSteps -= rounds * environments;
    }
    const now = performance.now();
    if (now - measured.time < 300) return;
    const { steps } = readProgress(engine);
    stepsPerSecond = ((steps - measured.steps) / (now - measured.time)) * 1000;
    measured = { time: now, steps };
}

async function present(engine: Engine<PoleEngine>): Promise<void> {
    if (showing || !stale) return;
    showing = true;
    stale = false;
    try {
        const snapshot: Snapshot = {
            shown: readShown(engine),
            progress: readProgress(engine),
            stepsPerSecond,
            learning,
        };
        const now = performance.now();
        if (now - charted >= chartMilliseconds || (pace === 0 && !learning)) {
            snapshot.curve = curve.drawn();
            snapshot.map = engine.take(Float32Array, engine.functions.draw_map(mapColumns, mapRows));
            charted = now;
        }
        await show(snapshot);
    } finally {
        showing = false;
        if (stale) wake();
    }
}

// A message comes behind those that the page has sent; a timer, which waits for a frame, is good enough unless it is to be fast.
const channel = new MessageChannel();
channel.port1.onmessage = () => tick();
function again(): void {
    if (learning && owedSteps >= environments) channel.port2.postMessage(null);
    else if (learning || (seen && pace > 0)) setTimeout(tick, frameMilliseconds);
    else asleep = true;
}

/** What the page has not seen yet is shown, and what stood still goes on. */
function wake(): void {
    stale = true;
    if (!asleep) return;
    asleep = false;
    last = performance.now();
    channel.port2.postMessage(null);
}

function tick(): void {
    const now = performance.now();
    // A page that was hidden does not catch up.
    const seconds = Math.min(now - last, 100) / 1000;
    last = now;
    try {
        const { engine } = lasting;
        moveShown(engine, seconds);
        learn(engine, seconds);
        present(engine).catch(stop);
    } catch (error) {
        stop(error);
    }
    again();
}
function stop(error: unknown): void {
    learning = false;
    stale = true;
    fail(thrownOf(error));
}

const service = {
    /** Loads the engine; whether it multiplies and adds in one instruction. */
    async open(base: string): Promise<boolean> {
        lasting = await LastingEngine.open<PoleEngine>("pole", base, restore);
        last = performance.now();
        tick();
        return lasting.relaxed;
    },
    listen(shows: (snapshot: Snapshot) => Promise<void>, fails: (thrown: Thrown) => void): void {
        show = shows;
        fail = fails;
        wake();
    },
    /** Forgets all and begins with an agent of that seed; the network as C++. */
    begin(width: number, seed: number, given: Settings): string {
        created = { width, seed };
        settings = given;
        learning = false;
        stepsPerSecond = 0;
        owedSteps = 0;
        grounded = 0;
        const { engine } = lasting;
        restore(engine);
        wake();
        return engine.takeText(engine.functions.type());
    },
    change(given: Settings): void {
        settings = given;
        tell(lasting.engine);
        wake();
    },
    learn(on: boolean): void {
        learning = on;
        owedSteps = 0;
        stepsPerSecond = 0;
        measured = { time: performance.now(), steps: readProgress(lasting.engine).steps };
        wake();
    },
    /** Steps up to the end of the next lesson. */
    takeLesson(): void {
        const { engine } = lasting;
        const rounds = readProgress(engine).steps / environments;
        learnRounds(engine, roundsOfLesson - (rounds % roundsOfLesson));
        charted = -Infinity;
        wake();
    },
    /** Steps a second, of all environments; Infinity: as many as it can. */
    setSpeed(given: number): void {
        speed = given;
        owedSteps = 0;
    },
    setPace(given: number): void {
        pace = given;
        owedSeconds = 0;
        wake();
    },
    /** A page that nobody sees is shown nothing; learning goes on. */
    setSeen(given: boolean): void {
        seen = given;
        wake();
    },
    setDriver(given: Driver): void {
        driver = given;
        held = 0;
        pokeLeft = 0;
        lasting.engine.functions.begin_shown();
        grounded = 0;
        wake();
    },
    /** Pushes the cart for a moment. */
    poke(newtons: number): void {
        poke = newtons;
        pokeLeft = pokeSteps;
    },
    /** Pushes it from now on; 0 lets go. */
    hold(newtons: number): void {
        held = newtons;
    },
    beginShown(): void {
        lasting.engine.functions.begin_shown();
        grounded = 0;
        wake();
    },
};

export type PoleService = typeof service;
serve(service);
