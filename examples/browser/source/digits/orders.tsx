// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { effect, signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { Button, NumberField, TextField } from "../shared/controls";
import { fixed, texts } from "../shared/texts";
import { LayerList, Maps } from "./maps";
import { measured } from "./measured";
import { Facts, NetworkTexts, percent } from "./reader";
import { descriptions, hand, keepAddress, latest, likeliest, wish, worker } from "./state";
import { digitsTexts } from "./texts";

const t = texts(digitsTexts);

type DrawnDigit = { digit: number; seen: Float32Array; image: Float32Array; read: number; share: number };

const drawn = signal<readonly DrawnDigit[]>([]);
const shown = signal(0);
/** The digits of an order, "1 2, 3"; nothing where there is anything else, or too many of them. */
const digitsOf = (text: string): string | undefined => /^\d{0,12}$/.exec(text.replace(/[\s,]/g, ""))?.[0];

const draw = latest(async ({ digits, first }: { digits: string; first: number }) => {
    const all: DrawnDigit[] = [];
    for (const [position, letter] of [...digits].entries()) {
        const digit = Number(letter);
        // Each place has a hand of its own, so that two equal digits differ.
        const seen = await worker.generate(digit, 1000 * first + position);
        const image = seen.slice(seen.length - 784).map((value) => (value + 1) / 2);
        const { digit: read, share } = likeliest(await worker.readImage(image));
        all.push({ digit, seen, image, read, share });
    }
    drawn.value = all;
    shown.value = Math.min(shown.value, Math.max(0, all.length - 1));
});

const follow = () =>
    effect(() => {
        const digits = digitsOf(wish.value);
        if (digits !== undefined) draw({ digits, first: hand.value });
        keepAddress();
    });

export function Orders() {
    useLayoutEffect(follow, []);
    const description = descriptions.value!.generator;
    const chosen = drawn.value[shown.value];
    return (
        <>
            <div class="columns digits">
                <section class="panel stack">
                    <h2>{t.value.ordersTitle}</h2>
                    <p class="quiet small">{t.value.ordersHint}</p>
                    <TextField label={t.value.wish} value={wish.value} error={digitsOf(wish.value) === undefined ? t.value.wishError : ""} onInput={(text) => (wish.value = text)} />
                    <div class="row">
                        <NumberField label={t.value.hand} unit={t.value.handUnit} value={hand.value} min={1} max={100_000} step={1} onChange={(value) => (hand.value = value)} />
                        <Button onClick={() => (hand.value = (hand.value % 100_000) + 1)}>{t.value.other}</Button>
                    </div>
                    <ul class="drawn">
                        {drawn.value.map((one, position) => (
                            <li key={position}>
                                <Button pressed={position === shown.value} label={t.value.showLayers(String(one.digit))} onClick={() => (shown.value = position)}>
                                    <Maps shape={[28, 28]} values={one.image} room={84} largest={1} label={t.value.drawnDigit(String(one.digit))} />
                                </Button>
                                <span class="small number">{t.value.asRead(String(one.read), percent(one.share))}</span>
                            </li>
                        ))}
                    </ul>
                </section>
                <section class="panel">
                    <Facts parameters={description.parameters} others={[[t.value.readable, t.value.percent(fixed(100 * measured.generatorReadable, 1))]]} />
                </section>
            </div>
            <LayerList layers={description.layers} values={chosen?.seen} title={t.value.layers} hint={t.value.layersHint} />
            <NetworkTexts text={description} />
        </>
    );
}
