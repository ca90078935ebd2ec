// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What is chosen beside the network: the data, how it learns, and what comes out.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Curves } from "../shared/chart";
import { Code } from "../shared/code";
import { Button, Choice, NumberField, Select, Slider, TextField } from "../shared/controls";
import { ProblemText } from "../shared/problem";
import { fixed, number } from "../shared/texts";
import { colorText } from "./maps";
import { change, configured, pause, play, problem, program, programIsOpen, reset, running, samples, settings, snapshot, step, writeProgram } from "./model";
import {
    activationNames, classData, goals, halfSide, mostPoints, numberData, optimizerNames, penalties, writePoints, type DataName, type Goal, type Penalty,
} from "./state";
import { t } from "./texts";
import type { Snapshot } from "./worker";

/** Why the losses are no numbers, where they are none. */
function trouble({ withoutValue, diverged }: Snapshot) {
    if (withoutValue !== undefined) return { say: () => t.value.withoutValue(number(withoutValue, 4)) };
    return diverged ? { say: () => t.value.diverged } : undefined;
}

export function Bar() {
    const shown = snapshot.value;
    return (
        <div class="panel row bar">
            <Button primary onClick={() => void (running.value ? pause() : play())}>
                {running.value ? t.value.pause : t.value.play}
            </Button>
            <Button onClick={() => void step()}>{t.value.step}</Button>
            <Button onClick={() => void reset()}>{t.value.reset}</Button>
            <dl class="facts">
                <dt>{t.value.epoch}</dt>
                <dd data-fact="epoch">{fixed(shown?.epoch ?? 0)}</dd>
                <dt>{t.value.perSecond}</dt>
                <dd data-fact="rate">{shown && running.value && shown.perSecond > 0 ? number(shown.perSecond, 3) : "–"}</dd>
            </dl>
            <Choice
                label={t.value.pace}
                value={String(settings.value.pace)}
                options={[
                    ["1", t.value.paces.one],
                    ["10", t.value.paces.ten],
                    ["100", t.value.paces.hundred],
                    ["0", t.value.paces.fastest],
                ]}
                onChange={(pace) => change({ pace: Number(pace) })}
            />
            <ProblemText problem={problem.value ?? (shown && trouble(shown))} />
        </div>
    );
}

/** A picture of a data set. */
function Sample(props: { name: DataName }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const points = samples.value[props.name];
    useLayoutEffect(() => {
        const context = canvas.current?.getContext("2d");
        if (!context || !points) return;
        context.clearRect(0, 0, 60, 60);
        for (let i = 0; i < points.length; i += 3) {
            context.beginPath();
            context.arc(30 + (28 * points[i]!) / halfSide, 30 - (28 * points[i + 1]!) / halfSide, 2, 0, 2 * Math.PI);
            context.fillStyle = colorText(points[i + 2]!);
            context.fill();
        }
    });
    return <canvas ref={canvas} width={60} height={60} class="sample" aria-hidden="true" />;
}

export function Data() {
    const s = settings.value;
    const names: readonly DataName[] = [...(s.goal === "numbers" ? numberData : classData), "own"];
    const chooseData = (name: DataName) => {
        const shown = configured.value?.points;
        // Own points begin with those that are shown.
        if (name === "own" && s.points === "" && shown) {
            const count = Math.min(mostPoints, shown.length / 3);
            const points = Array.from({ length: count }, (_, i) => ({ x: shown[3 * i]!, y: shown[3 * i + 1]!, label: shown[3 * i + 2]! }));
            change({ data: name, points: writePoints(points) });
        } else change({ data: name });
    };
    return (
        <section class="panel stack first" aria-labelledby="data-title">
            <h2 id="data-title">{t.value.data}</h2>
            <Select label={t.value.goal} value={s.goal as Goal} options={goals.map((goal) => [goal, t.value.goals[goal]] as const)} onChange={(goal) => change({ goal })} />
            <div role="group" aria-label={t.value.dataSet} class="samples">
                {names.map((name) => (
                    <button key={name} type="button" class="sample-button" aria-pressed={s.data === name} onClick={() => chooseData(name)}>
                        {name !== "own" && <Sample name={name} />}
                        <span>{t.value.dataSets[name]}</span>
                    </button>
                ))}
            </div>
            <Slider label={t.value.noise} unit={t.value.percent} value={s.noise} min={0} max={50} step={5} disabled={s.data === "own"} onInput={(noise) => change({ noise })} />
            <Slider label={t.value.share} unit={t.value.percent} value={s.share} min={10} max={90} step={10} onInput={(share) => change({ share })} />
            <Slider label={t.value.batch} value={s.batch} min={1} max={30} onInput={(size) => change({ batch: size })} />
            <NumberField label={t.value.pointsSeed} value={s.dataSeed} min={0} max={4294967295} step={1} disabled={s.data === "own"} onChange={(dataSeed) => change({ dataSeed })} />
            <Button disabled={s.data === "own"} onClick={() => change({ dataSeed: s.dataSeed + 1 })}>
                {t.value.regenerate}
            </Button>
        </section>
    );
}

export function Learning() {
    const s = settings.value;
    const fault = configured.value?.fault;
    const texts = t.value.faults;
    const said = fault
        ? texts.line(String(fault.place), texts.expected[`e${fault.expected}` as keyof typeof texts.expected], fault.found ? `“${fault.found}”` : texts.nothing)
        : "";
    const isOwn = s.activation === "own";
    return (
        <section class="panel stack learning" aria-labelledby="learning-title">
            <h2 id="learning-title">{t.value.learning}</h2>
            <div class="learning-controls">
            <Select
                label={t.value.activation}
                value={s.activation}
                options={[...activationNames.map((name) => [name, name] as const), ["own", t.value.ownActivation] as const]}
                onChange={(activation) => change({ activation })}
            />
            {isOwn && (
                <div class="wide">
                    <TextField label={t.value.formula} value={s.formula} hint={t.value.formulaHint} error={said} onInput={(formula) => change({ formula })} />
                    {!fault && configured.value && (
                        <p class="derivative">
                            {t.value.derivative}: <code data-fact="derivative">{configured.value.derivative}</code>
                        </p>
                    )}
                </div>
            )}
            <Select label={t.value.optimizer} value={s.optimizer} options={optimizerNames.map((name) => [name, name] as const)} onChange={(optimizer) => change({ optimizer })} />
            <Slider label={t.value.rate} value={s.rate} min={-5} max={1} step={0.05} logarithmic format={(value) => number(value, 3)} onInput={(rate) => change({ rate: Number(rate.toPrecision(3)) })} />
            <Select
                label={t.value.penalty}
                value={s.penalty as Penalty}
                options={penalties.map((name) => [name, t.value.penalties[name]] as const)}
                onChange={(penalty) => change({ penalty })}
            />
            {s.penalty !== "none" && (
                <Slider
                    label={t.value.penaltyRate}
                    value={s.penaltyRate}
                    min={-5}
                    max={1}
                    step={0.1}
                    logarithmic
                    format={(value) => number(value, 3)}
                    onInput={(rate) => change({ penaltyRate: Number(rate.toPrecision(3)) })}
                />
            )}
            <NumberField label={t.value.weightsSeed} value={s.seed} min={0} max={4294967295} step={1} onChange={(seed) => change({ seed })} />
            </div>
        </section>
    );
}

export function Losses() {
    const shown = snapshot.value;
    if (!shown) return null;
    const [trainLoss, testLoss] = [number(shown.trainLoss, 5), number(shown.testLoss, 5)];
    return (
        <div class="stack">
            <dl class="facts">
                <dt>{t.value.trainLoss}</dt>
                <dd data-fact="train">{trainLoss}</dd>
                <dt>{t.value.testLoss}</dt>
                <dd data-fact="test">{testLoss}</dd>
            </dl>
            <Curves
                label={t.value.losses}
                xName={t.value.epochs}
                curves={[
                    { name: t.value.trainLoss, color: "var(--class-0)", values: shown.history.train, step: shown.history.step, told: trainLoss },
                    { name: t.value.testLoss, color: "var(--class-1)", values: shown.history.test, step: shown.history.step, told: testLoss, dashed: true },
                ]}
            />
        </div>
    );
}

export function Program() {
    const type = configured.value?.type ?? "";
    return (
        <section class="panel stack" aria-labelledby="program-title">
            <h2 id="program-title">{t.value.program}</h2>
            <Code title={t.value.type} text={type} />
            <details
                open={programIsOpen.value}
                onToggle={(event) => {
                    programIsOpen.value = event.currentTarget.open;
                    void writeProgram();
                }}
            >
                <summary>{t.value.whole}</summary>
                <p>{t.value.programHelp}</p>
                {snapshot.value && !snapshot.value.repeatable && <p class="changed">{t.value.changed}</p>}
                {program.value && <Code title={t.value.whole} text={program.value} />}
            </details>
        </section>
    );
}
