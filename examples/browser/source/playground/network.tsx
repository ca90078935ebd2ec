// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The picture of the network: features, units with their maps, and weights as lines.
import { Button, NumberField } from "../shared/controls";
import { useWidth } from "../shared/chart";
import { colorText, UnitMap } from "./maps";
import {
    changeLayers, changeUnits, choose, chosenUnit, chosenWeight, configured, outputLayer, placeOf, setWeight, settings, snapshot, toggleFeature, weightCount,
    weightPlace, widths,
} from "./model";
import { featureNames, featuresOf, layersOf, mostLayers, mostUnits, smallSide, type FeatureName } from "./state";
import { t } from "./texts";

const cell = 44; // a unit's button
const pitch = 54; // from unit to unit
const top = 8;
const roomy = 92; // from column to column, where two buttons stand beside each other
const narrow = 58; // where one stands above the other
const area = smallSide * smallSide;
const mostWeight = 1e6; // that a reader may type

export const featureTexts: Record<FeatureName, string> = { x: "x", y: "y", xx: "x²", yy: "y²", xy: "xy", sinx: "sin x", siny: "sin y" };

export function unitName(layer: number, unit: number): string {
    return layer === outputLayer.value ? t.value.output : t.value.unit(String(layer + 1), String(unit + 1));
}
const sourceName = (layer: number, input: number): string =>
    layer === 0 ? t.value.feature(featureTexts[featuresOf(settings.value)[input]!]) : unitName(layer - 1, input);

type Line = { layer: number; input: number; unit: number; path: string; value: number };

export function Network() {
    const [element, room] = useWidth<HTMLDivElement>(640);
    const shown = snapshot.value;
    const maps = configured.value?.features;
    if (!shown || !maps) return null;
    const s = settings.value;
    const seen = featuresOf(s);
    const layers = layersOf(s);
    const columns = layers.length + 2;
    // Many layers stand closer, so that a window shows them all where it can.
    const isNarrow = room < columns * roomy;
    const width = Math.max(room, columns * (isNarrow ? narrow : roomy));
    const step = (width - cell) / (columns - 1);
    const height = top + Math.max(featureNames.length, ...layers) * pitch;
    const place = (column: number, row: number) => ({ x: column * step, y: top + row * pitch });
    const rowOf = (layer: number, input: number) => (layer === 0 ? featureNames.indexOf(seen[input]!) : input);
    // A snapshot of the former network may still be shown for a moment.
    const fits = shown.weights.length === weightCount.value;
    const lines: Line[] = [];
    for (let layer = 0; fits && layer <= outputLayer.value; ++layer)
        for (let unit = 0; unit < widths.value[layer + 1]!; ++unit)
            for (let input = 0; input < widths.value[layer]!; ++input) {
                const from = place(layer, rowOf(layer, input));
                const to = place(layer + 1, unit);
                const [x0, y0, x1, y1] = [from.x + cell, from.y + cell / 2, to.x, to.y + cell / 2];
                const bend = (x1 - x0) / 2;
                lines.push({
                    layer, input, unit,
                    path: `M${x0},${y0}C${x0 + bend},${y0} ${x1 - bend},${y1} ${x1},${y1}`,
                    value: shown.weights[weightPlace(layer, input, unit)]!,
                });
            }
    const isChosen = ({ layer, input, unit }: Line) =>
        layer === chosenUnit.value.layer && unit === chosenUnit.value.unit && (chosenWeight.value === undefined || chosenWeight.value === input);
    return (
        <div ref={element} class="stack">
            <div class="row" role="group" aria-label={t.value.network}>
                <Button label={t.value.fewerLayers} disabled={layers.length === 0} onClick={() => changeLayers(layers.length - 1)}>
                    −
                </Button>
                <Button label={t.value.moreLayers} disabled={layers.length === mostLayers} onClick={() => changeLayers(layers.length + 1)}>
                    +
                </Button>
                <span>
                    {t.value.fewerLayers} / {t.value.moreLayers}
                </span>
            </div>
            {width > room && <p class="quiet scroll-hint">{t.value.scrollHint}</p>}
            <div class="scroll">
                <div class={isNarrow ? "network-head narrow" : "network-head"} style={{ width: `${width}px` }}>
                    <span class="column-name">{t.value.features}</span>
                    {layers.map((units, i) => (
                        <span key={i} class="layer-buttons" style={{ left: `${(i + 1) * step + cell / 2}px` }}>
                            <Button label={t.value.fewerUnits(String(i + 1))} disabled={units === 1} onClick={() => changeUnits(i, -1)}>
                                −
                            </Button>
                            <Button label={t.value.moreUnits(String(i + 1))} disabled={units === mostUnits} onClick={() => changeUnits(i, 1)}>
                                +
                            </Button>
                        </span>
                    ))}
                    <span class="column-name last">{t.value.output}</span>
                </div>
                <div class="network" style={{ width: `${width}px`, height: `${height}px` }}>
                    <svg width={width} height={height} aria-hidden="true">
                        {lines.map((line) => (
                            <g key={`${line.layer}.${line.unit}.${line.input}`} class="weight" data-weight={`${line.layer}.${line.input}.${line.unit}`}
                                onClick={() => void choose(line.layer, line.unit, line.input)}>
                                <path class="weight-target" d={line.path} />
                                <path
                                    d={line.path}
                                    class={isChosen(line) ? "chosen" : undefined}
                                    stroke={colorText(line.value < 0 ? -1 : 1)}
                                    stroke-opacity={Math.min(1, 0.2 + Math.abs(line.value))}
                                    stroke-width={Math.min(9, 0.75 + 3 * Math.abs(line.value))}
                                />
                            </g>
                        ))}
                    </svg>
                    {featureNames.map((name, row) => (
                        <button
                            key={name}
                            type="button"
                            class="unit feature"
                            aria-pressed={seen.includes(name)}
                            aria-label={t.value.feature(featureTexts[name])}
                            style={{ left: 0, top: `${place(0, row).y}px` }}
                            onClick={() => toggleFeature(name)}
                        >
                            <UnitMap values={maps.subarray(row * area, (row + 1) * area)} side={smallSide} twoColors={s.steps} isShare={false} />
                            <span aria-hidden="true">{featureTexts[name]}</span>
                        </button>
                    ))}
                    {fits &&
                        widths.value.slice(1).flatMap((units, layer) =>
                            Array.from({ length: units }, (_, unit) => {
                                const { x, y } = place(layer + 1, unit);
                                const begin = placeOf(layer, unit) * area;
                                return (
                                    <button
                                        key={`${layer}.${unit}`}
                                        type="button"
                                        class="unit"
                                        aria-pressed={chosenUnit.value.layer === layer && chosenUnit.value.unit === unit}
                                        aria-label={unitName(layer, unit)}
                                        style={{ left: `${x}px`, top: `${y}px` }}
                                        onClick={() => void choose(layer, unit)}
                                    >
                                        <UnitMap
                                            values={shown.units.subarray(begin, begin + area)}
                                            side={smallSide}
                                            twoColors={s.steps}
                                            isShare={s.goal === "likely" && layer === outputLayer.value}
                                        />
                                    </button>
                                );
                            }),
                        )}
                </div>
            </div>
        </div>
    );
}

/** The weights that lead to the chosen unit, to type. */
export function Weights() {
    const shown = snapshot.value;
    const { layer, unit } = chosenUnit.value;
    if (!shown) return null;
    const inputs = widths.value[layer]!;
    const field = (input: number, label: string) => {
        const place = weightPlace(layer, input, unit);
        return (
            <div key={`${layer}.${unit}.${input}`} class={chosenWeight.value === input ? "marked" : undefined}>
                <NumberField label={label} value={Number((shown.weights[place] ?? 0).toPrecision(4))} min={-mostWeight} max={mostWeight} onChange={(value) => void setWeight(place, value)} />
            </div>
        );
    };
    return (
        <div class="stack">
            <h2>{t.value.chosen}</h2>
            <p class="quiet">{t.value.chooseHelp}</p>
            <h3>{unitName(layer, unit)}</h3>
            <div class="weights">
                {Array.from({ length: inputs }, (_, input) => field(input, t.value.weightOf(sourceName(layer, input))))}
                {field(inputs, t.value.bias)}
            </div>
        </div>
    );
}
