// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What layers make of a sample, as pictures: a map for each channel, ink for positive numbers and the other colour for negative ones.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWidth } from "../shared/chart";
import { number, texts } from "../shared/texts";
import { digitsTexts } from "./texts";
import type { Layer } from "./worker";

const t = texts(digitsTexts);

type Color = readonly [red: number, green: number, blue: number];
type Colors = { ground: Color; ink: Color; negative: Color; gap: Color };

const colorOf = (name: string): Color => {
    const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const digit = (place: number) => parseInt(text.slice(1 + 2 * place, 3 + 2 * place), 16);
    return [digit(0), digit(1), digit(2)];
};
const readColors = (): Colors => ({ ground: colorOf("--ground"), ink: colorOf("--text"), negative: colorOf("--mark"), gap: colorOf("--line") });
export const colors = signal(readColors());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    colors.value = readColors();
});

/** Of layers with more channels, the first ones are drawn. */
export const mostMaps = 64;

/** Where maps are in a picture. A vector is a map of one row, or of several where it is long; of a sequence time goes to the right. */
function arrange(shape: readonly number[], room: number) {
    const sizes = shape.length === 0 ? [1] : shape;
    let [height, width, channels] = [1, 1, 1];
    let length = 0; // of a vector
    const isSequence = sizes.length === 2 && sizes[0]! > 2 * sizes[1]!;
    if (sizes.length >= 3) [height, width, channels] = [sizes[0]!, sizes[1]!, sizes[2]!];
    else if (isSequence) [width, height] = [sizes[0]!, sizes[1]!];
    else if (sizes.length === 2) [height, width] = [sizes[0]!, sizes[1]!];
    else {
        length = sizes[0]!;
        width = Math.min(length, Math.max(8, Math.floor(room / 8)));
        height = Math.ceil(length / width);
    }
    const count = Math.min(channels, mostMaps);
    const gap = count > 1 ? 2 : 0;
    const wanted = length ? (length <= 16 ? 20 : 8) : isSequence ? 6 : count > 1 ? Math.round(52 / width) : Math.round(112 / Math.max(width, height));
    const zoom = Math.max(1, Math.min(wanted, Math.floor(room / width)));
    const columns = Math.max(1, Math.min(count, Math.floor((room + gap) / (width * zoom + gap))));
    const rows = Math.ceil(count / columns);
    return { height, width, channels, count, length, gap, zoom, columns, rows, isSequence };
}

/** Draws the maps of a layer. `largest` is the number that is drawn darkest, that of the layer where it is not given. */
export function drawMaps(canvas: HTMLCanvasElement, shape: readonly number[], values: ArrayLike<number>, room: number, used: Colors, largest?: number): void {
    const { height, width, channels, count, length, gap, zoom, columns, rows, isSequence } = arrange(shape, room);
    canvas.width = columns * (width * zoom + gap) - gap;
    canvas.height = rows * (height * zoom + gap) - gap;
    const context = canvas.getContext("2d");
    if (!context) return;
    const picture = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(picture.data.buffer);
    const pack = (color: Color) => (255 << 24) | (color[2] << 16) | (color[1] << 8) | color[0];
    // What no map covers is transparent; lines between maps, and between the cells of a vector, are not.
    const paint = (color: number, x: number, y: number, wide: number, high: number) => {
        const end = Math.min(canvas.width, x + wide);
        for (let row = Math.max(0, y); row < Math.min(canvas.height, y + high); ++row) pixels.fill(color, row * canvas.width + Math.max(0, x), row * canvas.width + end);
    };
    let most = largest ?? 0;
    if (largest === undefined) for (let i = 0; i < values.length; ++i) most = Math.max(most, Math.abs(values[i]!));
    const shades = (to: Color) =>
        Uint32Array.from({ length: 256 }, (_, i) => pack([0, 1, 2].map((c) => Math.round(used.ground[c]! + ((to[c]! - used.ground[c]!) * i) / 255)) as unknown as Color));
    const positive = shades(used.ink);
    const negative = shades(used.negative);
    const total = length || height * width;
    for (let map = 0; map < count; ++map) {
        const left = (map % columns) * (width * zoom + gap);
        const top = Math.floor(map / columns) * (height * zoom + gap);
        paint(pack(used.gap), left - gap, top - gap, width * zoom + 2 * gap, height * zoom + 2 * gap);
        for (let place = 0; place < total; ++place) {
            const index = isSequence ? (place % width) * height + Math.floor(place / width) : place * channels + map;
            const value = values[index] ?? 0;
            const shade = most > 0 ? Math.min(255, Math.round((Math.abs(value) / most) * 255)) : 0;
            const color = (value < 0 ? negative : positive)[shade]!;
            const y = top + Math.floor(place / width) * zoom;
            const x = left + (place % width) * zoom;
            // A line between the cells of a vector.
            const size = length && zoom > 4 ? zoom - 1 : zoom;
            paint(color, x, y, size, size);
        }
    }
    context.putImageData(picture, 0, 0);
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** A picture of what one layer makes. */
export function Maps(props: { shape: readonly number[]; values: ArrayLike<number>; room: number; label: string; largest?: number }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const used = colors.value;
    useLayoutEffect(() => {
        if (canvas.current) drawMaps(canvas.current, props.shape, props.values, props.room, used, props.largest);
    });
    return <canvas ref={canvas} class="maps" role="img" aria-label={props.label} />;
}

/** Small numbers as powers of ten: probabilities of what is out of the question have many zeros. */
const short = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : number(value, 3));

/** The range of a layer's numbers. */
function rangeOf(values: Float32Array): readonly [number, number] {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
    }
    return [low, high];
}

/** The shape of a layer as a text, and how many of its channels are drawn. */
export const shapeText = (shape: readonly number[]): string => {
    const channels = shape.length >= 3 ? shape[2]! : 1;
    return shape.join(" × ") + (channels > mostMaps ? ` (${t.value.firstMaps(String(mostMaps))})` : "");
};

/** All layers with their names, shapes and pictures. `values` has the numbers of one layer after another. */
export function LayerList(props: { layers: readonly Layer[]; values: Float32Array | undefined; title: string; hint: string }) {
    const [element, width] = useWidth<HTMLOListElement>(600);
    let begin = 0;
    return (
        <section class="panel">
            <h2>{props.title}</h2>
            <p class="quiet">{props.hint}</p>
            <ol class="layers" ref={element}>
                {props.layers.map((layer, place) => {
                    const size = sizeOf(layer.shape);
                    const values = props.values?.subarray(begin, begin + size);
                    begin += size;
                    const shape = shapeText(layer.shape);
                    const [low, high] = values?.length ? rangeOf(values) : [0, 0];
                    const range = values ? t.value.range(short(low), short(high)) : "";
                    return (
                        <li key={place}>
                            <div class="layer-title">
                                <h3>
                                    {place + 1}. <code>{layer.label}</code>
                                </h3>
                                <span class="quiet number">{shape}</span>
                                <span class="quiet number">{range}</span>
                            </div>
                            {values && <Maps shape={layer.shape} values={values} room={Math.max(200, width - 2)} label={t.value.mapsLabel(layer.label, shape, range)} />}
                        </li>
                    );
                })}
            </ol>
        </section>
    );
}
