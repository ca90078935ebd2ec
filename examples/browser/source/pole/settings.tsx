// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the reader can change of the world and the agent, and the program that it makes.
import { Code } from "../shared/code";
import { NumberField, Select, Slider } from "../shared/controls";
import { program } from "./program";
import { widths } from "./sizes";
import { choose, settings, state, type } from "./state";
import { t } from "./texts";

export function World() {
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

export function Agent() {
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

export function Program() {
    const texts = t.value;
    return (
        <section class="panel stack">
            <Code title={texts.network} text={type.value} />
            <Code title={texts.program} text={program(state.value.width, state.value.seed, settings.value)} />
            <p class="quiet">{texts.programHint}</p>
        </section>
    );
}
