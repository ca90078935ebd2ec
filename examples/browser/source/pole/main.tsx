// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import "./style.css";
import { computed, effect, signal } from "@preact/signals";
import { readAddress, watchAddress, writeAddress } from "../shared/address";
import { Curves } from "../shared/chart";
import { Code } from "../shared/code";
import { Button, Choice, NumberField, Select, Slider } from "../shared/controls";
import { showPage } from "../shared/frame";
import { fixed, number } from "../shared/texts";
import { callback, connect, nextFrame } from "../shared/worker";
import { sideColor, valueColor } from "./colors";
import type { DrawnCurve } from "./curve";
import { Map } from "./map";
import { Picture, type Side } from "./picture";
import { program } from "./program";
import { widths, type Settings, type Shown } from "./sizes";
import { t } from "./texts";
import type { Driver, PoleService, Progress, Snapshot } from "./worker";

const worker = connect<PoleService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));

const fastest = 1_000_000; // the slider's end: as fast as it can
const first = { width: 32, seed: 1, gravity: 9.8, length: 1, push: 10, rate: 0.002, discount: 0.99, exploration: 0.01, speed: 5000, pace: 1 };
const bounds: Record<keyof typeof first, readonly [number, number]> = {
    width: [4, 128],
    seed: [0, 4294967295],
    gravity: [0, 30],
    length: [0.2, 2],
    push: [1, 30],
    rate: [0.0001, 0.1],
    discount: [0, 0.999],
    exploration: [0, 0.5],
    speed: [100, fastest],
    pace: [0.1, 2],
};

/** What the address says, as far as it is possible. */
function readState(): typeof first {
    const named = readAddress(first);
    for (const name of Object.keys(bounds) as (keyof typeof first)[])
        if (named[name] < bounds[name][0] || named[name] > bounds[name][1]) named[name] = first[name];
    if (!widths.some((width) => width === named.width)) named.width = first.width;
    if (!Number.isInteger(named.seed)) named.seed = first.seed;
    return named;
}

const state = signal(readState());
const settings = computed<Settings>(() => {
    const { gravity, length, push, rate, discount, exploration } = state.value;
    return { gravity, length, push, rate, discount, exploration };
});
effect(() => writeAddress(first, state.value));

const opened = signal(false);
const failure = signal("");
const type = signal("");
const shown = signal<Shown | undefined>(undefined);
const progress = signal<Progress>({ steps: 0, lessons: 0, episodes: 0, mean: 0, solvedEpisode: 0 });
const rate = signal(0);
const learning = signal(false);
const curve = signal<DrawnCurve>({ step: 1, each: new Float32Array(), means: new Float32Array() });
const values = signal(new Float32Array());
const chances = signal(new Float32Array());
const driver = signal<Driver>("agent");
const moving = signal(!matchMedia("(prefers-reduced-motion: reduce)").matches);
const said = signal(""); // to the reader who holds the pole
const described = signal<Shown | undefined>(undefined); // the cart as texts tell it, less often than it moves

function draw(snapshot: Snapshot): Promise<void> {
    if (driver.peek() === "reader" && snapshot.shown.fallen && shown.peek()?.fallen === false) said.value = t.peek().fell(fixed(snapshot.shown.seconds, 1));
    shown.value = snapshot.shown;
    if (snapshot.curve && snapshot.map) {
        described.value = snapshot.shown;
        progress.value = snapshot.progress;
        rate.value = snapshot.stepsPerSecond;
        curve.value = snapshot.curve;
        const half = snapshot.map.length / 2;
        values.value = snapshot.map.slice(0, half);
        chances.value = snapshot.map.slice(half);
    }
    return nextFrame();
}

async function restart(): Promise<void> {
    learning.value = false;
    failure.value = "";
    said.value = "";
    const { width, seed } = state.value;
    type.value = await worker.begin(widths.findIndex((one) => one === width), seed, settings.value);
}

function learn(on: boolean): void {
    learning.value = on;
    void worker.learn(on);
}

/** Changes what the reader chose; what cannot change while an agent learns starts over. */
function choose(change: Partial<typeof first>): void {
    state.value = { ...state.value, ...change };
    if ("width" in change || "seed" in change) void restart();
    else if ("speed" in change) void worker.setSpeed(state.value.speed >= fastest ? Infinity : state.value.speed);
    else if ("pace" in change) void setPace();
    else void worker.change(settings.value);
}
const setPace = () => worker.setPace(moving.value ? state.value.pace : 0);

function press(side: Side): void {
    if (driver.value === "reader") void worker.hold(side * state.value.push);
    else void worker.poke(side * state.value.push * 1.5);
}
const release = () => void worker.hold(0);

async function begin(): Promise<void> {
    await worker.open(document.baseURI);
    await worker.listen(
        callback(draw),
        callback((message: string) => {
            learning.value = false;
            failure.value = message;
        }),
    );
    await worker.setSpeed(state.value.speed >= fastest ? Infinity : state.value.speed);
    await setPace();
    await restart();
    opened.value = true;
}
begin().catch((error: unknown) => {
    failure.value = error instanceof Error ? error.message : String(error);
});
watchAddress(() => {
    state.value = readState();
    void worker.setSpeed(state.value.speed >= fastest ? Infinity : state.value.speed);
    void setPace();
    void restart();
});

const degrees = (radians: number) => fixed((radians * 180) / Math.PI, 1);

function Cart() {
    const told = described.value;
    const texts = t.value;
    const label = told ? texts.picture(fixed(told.seconds, 1), degrees(told.angle), fixed(told.position, 2)) : texts.starting;
    const longest = driver.value === "agent" ? told?.longestOfAgent : told?.longestOfReader;
    return (
        <section class="panel stack" aria-labelledby="cart">
            <h2 id="cart">{texts.cart}</h2>
            <Picture shown={shown} poleLength={state.value.length} push={state.value.push} label={label} onPress={press} onRelease={release} />
            <p class="quiet">{driver.value === "agent" ? texts.pushHint : texts.playHint}</p>
            <div class="row">
                <button type="button" class="push" aria-label={texts.left} {...pushing(-1)}>
                    ◀
                </button>
                <button type="button" class="push" aria-label={texts.right} {...pushing(1)}>
                    ▶
                </button>
                <Button
                    onClick={() => {
                        said.value = "";
                        void worker.beginShown();
                    }}
                >
                    {texts.again}
                </Button>
                <Button
                    pressed={!moving.value}
                    onClick={() => {
                        moving.value = !moving.value;
                        void setPace();
                    }}
                >
                    {texts.still}
                </Button>
            </div>
            <Choice
                label={texts.who}
                value={driver.value}
                options={[
                    ["agent", texts.agent],
                    ["reader", texts.reader],
                ]}
                onChange={(chosen) => {
                    driver.value = chosen;
                    said.value = "";
                    void worker.setDriver(chosen);
                }}
            />
            <Slider label={texts.pace} value={state.value.pace} min={0.1} max={2} step={0.1} format={(pace) => texts.times(number(pace, 2))} onInput={(pace) => choose({ pace })} />
            <dl class="facts">
                <dt>{texts.stands}</dt>
                <dd data-fact="seconds">{texts.seconds(fixed(told?.seconds ?? 0, 1))}</dd>
                <dt>{texts.longest}</dt>
                <dd data-fact="longest">{texts.seconds(fixed(longest ?? 0, 1))}</dd>
                <dt>{texts.lean}</dt>
                <dd>{texts.degrees(degrees(told?.angle ?? 0))}</dd>
            </dl>
            <p role="status" class="solved">
                {said.value}
            </p>
        </section>
    );
}

let keyed = false; // whether a key presses one of the buttons that push

/** A button that pushes while it is held, by a finger, the mouse or a key. */
function pushing(side: Side) {
    const isKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";
    return {
        // A click that no pointer and no key made is that of an assistive technology.
        onClick: (event: MouseEvent) => {
            if (event.detail !== 0 || keyed) return;
            press(side);
            setTimeout(release, 100);
        },
        onPointerDown: (event: PointerEvent) => {
            (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
            press(side);
        },
        onPointerUp: release,
        onPointerCancel: release,
        onKeyDown: (event: KeyboardEvent) => {
            if (!isKey(event) || event.repeat) return;
            keyed = true;
            press(side);
        },
        onKeyUp: (event: KeyboardEvent) => {
            if (!isKey(event)) return;
            release();
            setTimeout(() => (keyed = false)); // behind the click that the key makes
        },
        onBlur: release,
    };
}

/** What is pressed first, on top of all. */
function Course() {
    const texts = t.value;
    return (
        <section class="panel course" aria-label={texts.course}>
            <div class="row">
                <Button primary disabled={!opened.value} onClick={() => learn(!learning.value)}>
                    {learning.value ? texts.pause : texts.learn}
                </Button>
                <Button disabled={!opened.value || learning.value} onClick={() => void worker.takeLesson()}>
                    {texts.lesson}
                </Button>
                <Button disabled={!opened.value} onClick={() => void restart()}>
                    {texts.reset}
                </Button>
            </div>
            <Slider
                label={texts.speed}
                value={state.value.speed}
                logarithmic
                min={2}
                max={6}
                step={0.1}
                format={(speed) => (speed >= fastest ? texts.fastest : `${number(speed, 2)} ${texts.stepsASecond}`)}
                onInput={(speed) => choose({ speed })}
            />
        </section>
    );
}

function Learning() {
    const texts = t.value;
    const { steps, lessons, episodes, mean, solvedEpisode } = progress.value;
    const { step, each, means } = curve.value;
    const drawn = { first: step, step };
    return (
        <section class="panel stack" aria-labelledby="learning">
            <h2 id="learning">{texts.progress}</h2>
            {failure.value && (
                <p class="error" role="alert">
                    {texts.failed(failure.value)}
                </p>
            )}
            {episodes === 0 && <p class="quiet">{opened.value ? texts.learnHint : texts.starting}</p>}
            <p role="status" class="solved">
                {solvedEpisode > 0 && texts.solved(number(solvedEpisode, 7))}
            </p>
            <Curves
                curves={[
                    { name: texts.each, color: "var(--edge)", values: each, ...drawn },
                    { name: texts.mean, color: "var(--class-0)", values: means, ...drawn },
                ]}
                label={texts.chart(fixed(mean))}
                xName={texts.episodes}
                height={220}
                yRange={[0, 500]}
            />
            <dl class="facts">
                <dt>{texts.mean}</dt>
                <dd data-fact="mean">{texts.ofFiveHundred(fixed(mean, 1))}</dd>
                <dt>{texts.episodes}</dt>
                <dd data-fact="episodes">{number(episodes, 9)}</dd>
                <dt>{texts.steps}</dt>
                <dd data-fact="steps">{number(steps, 12)}</dd>
                <dt>{texts.lessons}</dt>
                <dd data-fact="lessons">{number(lessons, 9)}</dd>
                <dt>{texts.rate}</dt>
                <dd data-fact="rate">{learning.value ? number(rate.value, 3) : "–"}</dd>
            </dl>
        </section>
    );
}

function Maps() {
    const texts = t.value;
    const told = described.value;
    return (
        <section class="panel stack" aria-labelledby="maps">
            <h2 id="maps">{texts.maps}</h2>
            <p class="quiet">{texts.mapsHint}</p>
            <div class="maps">
                <Map
                    name={texts.value}
                    numbers={values}
                    shown={shown}
                    colorOf={valueColor}
                    low={texts.valueLow}
                    high={texts.valueHigh}
                    said={fixed(told?.value ?? 0, 2)}
                />
                <Map
                    name={texts.policy}
                    numbers={chances}
                    shown={shown}
                    colorOf={sideColor}
                    low={texts.policyLow}
                    high={texts.policyHigh}
                    said={`${texts.policyHigh} ${fixed(100 * (told?.chanceOfRight ?? 0))} %`}
                />
            </div>
        </section>
    );
}

function World() {
    const texts = t.value;
    const { gravity, length, push } = state.value;
    return (
        <section class="panel stack" aria-labelledby="world">
            <h2 id="world">{texts.world}</h2>
            <Slider label={texts.gravity} unit={texts.gravityUnit} hint={texts.gravityHint} value={gravity} min={0} max={30} step={0.2} onInput={(chosen) => choose({ gravity: chosen })} />
            <Slider label={texts.length} unit="m" value={length} min={0.2} max={2} step={0.1} onInput={(chosen) => choose({ length: chosen })} />
            <Slider label={texts.push} unit="N" value={push} min={1} max={30} step={1} onInput={(chosen) => choose({ push: chosen })} />
        </section>
    );
}

function Agent() {
    const texts = t.value;
    const { exploration, discount, rate: learningRate, width, seed } = state.value;
    return (
        <section class="panel stack" aria-labelledby="agent">
            <h2 id="agent">{texts.agentHeading}</h2>
            <Slider label={texts.exploration} hint={texts.explorationHint} value={exploration} min={0} max={0.5} step={0.01} onInput={(chosen) => choose({ exploration: chosen })} />
            <Slider label={texts.discount} hint={texts.discountHint} value={discount} min={0} max={0.999} step={0.001} onInput={(chosen) => choose({ discount: chosen })} />
            <Slider label={texts.learningRate} hint={texts.learningRateHint} value={learningRate} logarithmic min={-4} max={-1} step={0.05} onInput={(chosen) => choose({ rate: Number(chosen.toPrecision(2)) })} />
            <Select label={texts.width} hint={texts.widthHint} value={String(width)} options={widths.map((one) => [String(one), String(one)] as const)} onChange={(chosen) => choose({ width: Number(chosen) })} />
            <NumberField label={texts.seed} hint={texts.seedHint} value={seed} min={0} max={4294967295} step={1} onChange={(chosen) => choose({ seed: chosen })} />
        </section>
    );
}

function Program() {
    const texts = t.value;
    return (
        <section class="panel stack">
            <Code title={texts.network} text={type.value} />
            <Code title={texts.program} text={program(state.value.width, state.value.seed, settings.value)} />
            <p class="quiet">{texts.programHint}</p>
        </section>
    );
}

showPage(
    "pole",
    () => t.value,
    () => (
        <>
            <Course />
            <div class="columns">
                <Cart />
                <Learning />
            </div>
            <div class="columns second">
                <div class="stack">
                    <Maps />
                    <Program />
                </div>
                <div class="stack">
                    <World />
                    <Agent />
                </div>
            </div>
        </>
    ),
);
