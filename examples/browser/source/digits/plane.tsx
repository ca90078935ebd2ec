// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { batch, effect, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button, Slider } from "../shared/controls";
import { arrowWay, pointedShares } from "../shared/pointing";
import { fixed, texts } from "../shared/texts";
import { LayerList, Maps, colors, drawMaps } from "./maps";
import { measured } from "./measured";
import { Bars, Facts, NetworkTexts, percent } from "./reader";
import { descriptions, keepAddress, latest, likeliest, place, reading, strokes, tell, worker } from "./state";
import { digitsTexts } from "./texts";

const t = texts(digitsTexts);

/** How far the plane goes from its middle, and how many images are drawn along an axis. */
const reach = 2.5;
const steps = 15;
const side = steps * 28;

const plane = signal<Float32Array | undefined>(undefined);
const decoded = signal<Float32Array | undefined>(undefined);
const read = signal<Float32Array | undefined>(undefined);
const drawingPlace = signal<readonly [number, number] | undefined>(undefined);

const decode = latest(async ([x, y]: readonly [number, number]) => {
    const values = await worker.decode(x, y);
    const taken = await worker.readImage(values.slice(values.length - 784));
    batch(() => {
        decoded.value = values;
        read.value = taken;
    });
});

/** Begins to follow the place; what it returns ends that. */
function follow(): () => void {
    if (!plane.value) worker.plane(steps, reach).then((images) => (plane.value = images), tell);
    const image = reading.value?.image;
    if (image && strokes.value.length)
        worker.encode(image).then((found) => (drawingPlace.value = [found[0]!, found[1]!]), tell);
    else drawingPlace.value = undefined;
    return effect(() => decode(place.value));
}

const inside = (share: number): number => Math.round(100 * Math.min(reach, Math.max(-reach, share))) / 100;
const move = (x: number, y: number): void => {
    place.value = [inside(x), inside(y)];
    keepAddress();
};

function PlanePicture() {
    const canvas = useRef<HTMLCanvasElement>(null);
    const [x, y] = place.value;
    useLayoutEffect(() => {
        const context = canvas.current?.getContext("2d");
        if (!context || !plane.value) return;
        const one = document.createElement("canvas");
        for (let i = 0; i < steps * steps; ++i) {
            drawMaps(one, [28, 28], plane.value.subarray(784 * i, 784 * (i + 1)), 28, colors.value, 1);
            context.drawImage(one, 0, 0, one.width, one.height, (i % steps) * 28, Math.floor(i / steps) * 28, 28, 28);
        }
        const css = (color: readonly number[]) => `rgb(${color.join(" ")})`;
        const mark = ([atX, atY]: readonly [number, number], radius: number, color: readonly number[]) => {
            const [left, top] = [((atX + reach) / (2 * reach)) * side, ((reach - atY) / (2 * reach)) * side];
            for (const [width, used] of [
                [7, colors.value.ground],
                [3, color],
            ] as const) {
                context.strokeStyle = css(used);
                context.lineWidth = width;
                context.beginPath();
                context.arc(left, top, radius, 0, 2 * Math.PI);
                context.stroke();
            }
        };
        if (drawingPlace.value) mark(drawingPlace.value, 8, colors.value.ink);
        mark(place.value, 14, colors.value.negative);
    });
    const follows = (event: PointerEvent) => {
        const [across, down] = pointedShares(canvas.current!, event);
        move(across * 2 * reach - reach, reach - down * 2 * reach);
    };
    return (
        <canvas
            ref={canvas}
            class="drawing plane"
            width={side}
            height={side}
            tabIndex={0}
            role="application"
            aria-label={t.value.planeLabel(fixed(x, 2), fixed(y, 2))}
            onPointerDown={(event) => {
                if (event.button !== 0) return;
                event.currentTarget.setPointerCapture(event.pointerId);
                follows(event);
            }}
            onPointerMove={(event) => {
                if (event.currentTarget.hasPointerCapture(event.pointerId)) follows(event);
            }}
            onKeyDown={(event) => {
                const step = event.shiftKey ? 0.5 : 0.1;
                const way = arrowWay(event.key);
                if (!way) return;
                event.preventDefault();
                move(x + step * way[0], y + step * way[1]);
            }}
        />
    );
}

export function Plane() {
    useLayoutEffect(follow, []);
    const description = descriptions.value!.decoder;
    const [x, y] = place.value;
    const image = decoded.value?.subarray(decoded.value.length - 784);
    const found = read.value && likeliest(read.value);
    return (
        <>
            <div class="columns digits">
                <section class="panel">
                    <h2>{t.value.planeTitle}</h2>
                    <p class="quiet small">{t.value.planeHint}</p>
                    <PlanePicture />
                    <div class="pair">
                        <Slider label={t.value.across} value={x} min={-reach} max={reach} step={0.01} onInput={(value) => move(value, y)} />
                        <Slider label={t.value.up} value={y} min={-reach} max={reach} step={0.01} onInput={(value) => move(x, value)} />
                    </div>
                    {drawingPlace.value ? (
                        <div class="row">
                            <span>{t.value.drawingPlace(fixed(drawingPlace.value[0], 2), fixed(drawingPlace.value[1], 2))}</span>
                            <Button onClick={() => move(drawingPlace.value![0], drawingPlace.value![1])}>{t.value.toDrawing}</Button>
                        </div>
                    ) : (
                        <p class="quiet small">{t.value.noDrawing}</p>
                    )}
                </section>
                <div class="stack">
                    <section class="panel">
                        <h2>{t.value.drawn}</h2>
                        <Maps shape={[28, 28]} values={image ?? new Float32Array(784)} room={168} largest={1} label={t.value.drawnLabel(fixed(x, 2), fixed(y, 2))} />
                        <p role="status" class="answer">
                            {found ? t.value.readerReads(String(found.digit), percent(found.share)) : ""}
                        </p>
                        {found && <Bars shares={found.shares} label={t.value.bars} />}
                    </section>
                    <section class="panel">
                        <Facts parameters={description.parameters} others={[[t.value.loss, fixed(measured.autoencoderLoss, 1)]]} />
                    </section>
                </div>
            </div>
            <LayerList layers={description.layers} values={decoded.value} title={t.value.layers} hint={t.value.layersHint} />
            <NetworkTexts text={description} />
        </>
    );
}
