// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { effect, signal } from "@preact/signals";
import { useId, useLayoutEffect } from "preact/hooks";
import { Button } from "../shared/controls";
import { fixed, number, texts } from "../shared/texts";
import { LayerList } from "./maps";
import { measured } from "./measured";
import { Facts, NetworkTexts, percent } from "./reader";
import { latest, tell, worker } from "./state";
import { digitsTexts } from "./texts";
import type { NetworkText, WeighedText } from "./worker";

const t = texts(digitsTexts);

const mail = signal(digitsTexts.en.mailExample);
const weighed = signal<{ text: string; found: WeighedText } | undefined>(undefined);
const description = signal<NetworkText | undefined>(undefined);

const weigh = latest(async (text: string) => {
    weighed.value = { text, found: await worker.weigh(text) };
});
const follow = () => {
    if (!description.value) worker.describeSpam().then((text) => (description.value = text), tell);
    return effect(() => weigh(mail.value));
};

/** The text in pieces: words, whose places count bytes, and what is between them. */
function piecesOf(text: string, words: WeighedText["words"]) {
    const bytes = new TextEncoder().encode(text);
    const decoder = new TextDecoder();
    const pieces: { text: string; word?: WeighedText["words"][number] }[] = [];
    let end = 0;
    for (const word of words) {
        if (word.begin > end) pieces.push({ text: decoder.decode(bytes.subarray(end, word.begin)) });
        pieces.push({ text: decoder.decode(bytes.subarray(word.begin, word.end)), word });
        end = word.end;
    }
    if (end < bytes.length) pieces.push({ text: decoder.decode(bytes.subarray(end)) });
    return pieces;
}

function Words({ text, found }: { text: string; found: WeighedText }) {
    const most = found.words.reduce((largest, word) => Math.max(largest, Math.abs(word.weight)), 1e-6);
    const pieces = piecesOf(text, found.words);
    const strongest = pieces
        .filter((piece) => piece.word)
        .sort((a, b) => Math.abs(b.word!.weight) - Math.abs(a.word!.weight))
        .slice(0, 10);
    return (
        <>
            <h3>{t.value.words}</h3>
            <p class="words">
                {pieces.map(({ text: piece, word }, place) => {
                    if (!word) return piece;
                    const strength = Math.round((45 * Math.abs(word.weight)) / most);
                    const color = word.weight > 0 ? "var(--mark)" : "var(--accent)";
                    return (
                        <span
                            key={place}
                            class={`${word.weight > 0.1 * most ? "for" : ""} ${word.known ? "" : "unknown"}`}
                            title={number(word.weight, 3)}
                            style={{ background: `color-mix(in srgb, ${color} ${strength}%, transparent)` }}
                        >
                            {piece}
                        </span>
                    );
                })}
            </p>
            <p class="quiet small">{t.value.wordsHint}</p>
            <h3 id="strongest">{t.value.strongest}</h3>
            <table aria-labelledby="strongest">
                <thead>
                    <tr>
                        <th scope="col">{t.value.word}</th>
                        <th scope="col" class="number">
                            {t.value.weight}
                        </th>
                        <th scope="col">{t.value.sense}</th>
                    </tr>
                </thead>
                <tbody>
                    {strongest.map(({ text: piece, word }, place) => (
                        <tr key={place}>
                            <td>{piece}</td>
                            <td class="number">{fixed(word!.weight, 2)}</td>
                            <td>{word!.weight > 0 ? t.value.forSpam : t.value.againstSpam}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </>
    );
}

export function Mail() {
    useLayoutEffect(follow, []);
    const id = useId();
    const found = weighed.value?.found;
    return (
        <>
            <div class="columns digits">
                <section class="panel stack">
                    <h2>{t.value.mailTitle}</h2>
                    <p class="quiet small">{t.value.mailHint}</p>
                    <div class="control">
                        <label for={id}>{t.value.mail}</label>
                        <textarea id={id} rows={6} lang="en" spellcheck={false} value={mail.value} onInput={(event) => (mail.value = event.currentTarget.value)} />
                    </div>
                    <div class="row">
                        <Button onClick={() => (mail.value = t.value.mailExample)}>{t.value.spamExample}</Button>
                        <Button onClick={() => (mail.value = t.value.otherExample)}>{t.value.hamExample}</Button>
                    </div>
                    <p role="status" class="answer">
                        {found && (found.words.length ? t.value.spam(percent(found.probability)) : t.value.noWords)}
                        {found && found.count > found.words.length ? ` ${t.value.cut(String(found.words.length), number(found.count, 6))}` : ""}
                    </p>
                    {found && (
                        <div class="bar wide" aria-hidden="true">
                            <span style={{ width: `${100 * found.probability}%` }} />
                        </div>
                    )}
                    {weighed.value && found!.words.length > 0 && <Words {...weighed.value} />}
                </section>
                <section class="panel">
                    <Facts parameters={description.value?.parameters} others={[[t.value.mailAccuracy, t.value.percent(fixed(100 * measured.spamAccuracy, 1))]]} />
                </section>
            </div>
            {found && <LayerList layers={found.seen.layers} values={found.seen.values} title={t.value.stages} hint={t.value.stagesHint} />}
            {description.value && <NetworkTexts text={description.value} />}
        </>
    );
}
