// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { effect, signal } from "@preact/signals";
import { Fragment } from "preact";
import { Button } from "../shared/controls";
import { Code } from "../shared/code";
import { fixed, number, texts } from "../shared/texts";
import { examples } from "./examples";
import { measured } from "./measured";
import { LayerList, Maps } from "./maps";
import { Pad } from "./pad";
import { answer, descriptions, latest, microseconds, reading, relaxed, strokes, tell, worker } from "./state";
import { digitsTexts } from "./texts";
import type { NetworkText } from "./worker";

const t = texts(digitsTexts);

const read = latest(async (drawn: typeof strokes.value) => {
    const points = Float32Array.from(drawn.flat(2));
    reading.value = await worker.read(points, Uint32Array.from(drawn, (stroke) => stroke.length));
});
effect(() => {
    if (descriptions.value) read(strokes.value);
});

/** What is said to those who hear the page: only when a stroke has ended. */
const said = signal(0);
const ended = () => {
    ++said.value;
    worker.measure().then((time) => (microseconds.value = time), tell);
};

export const percent = (share: number): string => fixed(100 * share, share > 0.9995 || share < 0.0005 ? 0 : 1);

/** Ten labelled bars. */
export function Bars(props: { shares: ArrayLike<number>; label: string }) {
    let best = 0;
    for (let i = 1; i < 10; ++i) if (props.shares[i]! > props.shares[best]!) best = i;
    return (
        <ol class="bars" aria-label={props.label}>
            {Array.from({ length: 10 }, (_, digit) => (
                <li key={digit} class={digit === best && props.shares[digit]! > 0 ? "best" : undefined}>
                    <span class="digit">{digit}</span>
                    <span class="bar" aria-hidden="true">
                        <span style={{ width: `${100 * props.shares[digit]!}%` }} />
                    </span>
                    <span class="share number">{t.value.percent(percent(props.shares[digit]!))}</span>
                </li>
            ))}
        </ol>
    );
}

/** What is known of a network: its weights' number, and more as pairs of a word and a value. */
export function Facts(props: { parameters: number | undefined; others: readonly (readonly [string, string])[] }) {
    return (
        <>
            <h2>{t.value.facts}</h2>
            <dl class="facts">
                <dt>{t.value.parameters}</dt>
                <dd>{props.parameters === undefined ? "–" : number(props.parameters, 9)}</dd>
                {props.others.map(([word, value]) => (
                    <Fragment key={word}>
                        <dt>{word}</dt>
                        <dd>{value}</dd>
                    </Fragment>
                ))}
            </dl>
        </>
    );
}

export function NetworkTexts(props: { text: NetworkText }) {
    return (
        <section class="panel stack">
            <Code title={t.value.type} text={props.text.type} />
            <Code title={t.value.summary} text={props.text.summary} />
            <Code title={t.value.plan} text={props.text.plan} />
        </section>
    );
}

const nothing = new Float32Array(10);

export function Reader() {
    const description = descriptions.value!.reader;
    const shown = strokes.value.length ? reading.value : undefined;
    const found = answer.value;
    return (
        <>
            <div class="columns three digits">
                <section class="panel">
                    <h2>{t.value.draw}</h2>
                    <Pad strokes={strokes} ended={ended} />
                    <div class="row examples" role="group" aria-label={t.value.example}>
                        <span class="small quiet" aria-hidden="true">
                            {t.value.example}
                        </span>
                        {examples.map((example, digit) => (
                            <Button
                                key={digit}
                                label={t.value.exampleOf(String(digit))}
                                onClick={() => {
                                    strokes.value = example;
                                    ended();
                                }}
                            >
                                {digit}
                            </Button>
                        ))}
                    </div>
                </section>
                <section class="panel">
                    <h2>{t.value.answer}</h2>
                    <p role="status" class="answer" key={said.value}>
                        {found ? t.value.reads(String(found.digit), percent(found.share)) : t.value.nothing}
                    </p>
                    <Bars shares={found?.shares ?? nothing} label={t.value.bars} />
                </section>
                <div class="stack">
                    <section class="panel">
                        <h2>{t.value.seen}</h2>
                        <Maps shape={[28, 28]} values={shown?.image ?? new Float32Array(784)} room={168} largest={1} label={t.value.seenLabel} />
                        <p class="quiet small">{t.value.seenHint}</p>
                    </section>
                    <section class="panel">
                        <Facts
                            parameters={description.parameters}
                            others={[
                                [t.value.accuracy, t.value.percent(fixed(100 * measured.readerAccuracy, 2))],
                                [t.value.time, microseconds.value === undefined ? "–" : t.value.microseconds(number(microseconds.value, 2))],
                                [t.value.instructions, relaxed.value ? t.value.relaxed : t.value.plain],
                            ]}
                        />
                    </section>
                </div>
            </div>
            <LayerList layers={description.layers} values={shown?.seen} title={t.value.layers} hint={t.value.layersHint} />
            <NetworkTexts text={description} />
        </>
    );
}
