// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the agent thinks of angles and angular velocities, as a picture of colours.
import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { gradient, scheme } from "./colors";
import { t } from "./texts";
import { mapColumns, mapRows, type Shown } from "./sizes";

const greatestAngle = (12 * Math.PI) / 180;
const greatestTurn = 3;

type MapProps = {
    name: string;
    /** [rows][columns], from 0 to 1 */
    numbers: ReadonlySignal<Float32Array>;
    shown: ReadonlySignal<Shown | undefined>;
    colorOf: (share: number) => readonly [number, number, number];
    low: string;
    high: string;
    /** What it is for the pole of the picture. */
    said: string;
};

export function Map(props: MapProps) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const numbers = props.numbers.value;
    const shown = props.shown.value;
    useLayoutEffect(() => {
        const context = canvas.current?.getContext("2d");
        if (!context || numbers.length !== mapColumns * mapRows) return;
        const image = context.createImageData(mapColumns, mapRows);
        numbers.forEach((value, i) => image.data.set([...props.colorOf(value).map(Math.round), 255], 4 * i));
        context.putImageData(image, 0, 0);
    }, [numbers, props.colorOf, scheme.value]);
    const share = (value: number, greatest: number) => Math.min(Math.max(value / greatest, -1), 1) * 0.5 + 0.5;
    return (
        <div class="map">
            <h3>{props.name}</h3>
            <div class="map-axis quiet">
                <span>±3 rad/s</span>
                <span>{t.value.axisTurn}</span>
            </div>
            <div class="map-picture">
                <canvas ref={canvas} width={mapColumns} height={mapRows} role="img" aria-label={t.value.mapLabel(props.name, props.said)} />
                {shown && (
                    <span
                        class="map-ring"
                        style={{ left: `${100 * share(shown.angle, greatestAngle)}%`, top: `${100 * (1 - share(shown.angularVelocity, greatestTurn))}%` }}
                    />
                )}
            </div>
            <div class="map-axis quiet">
                <span>−12°</span>
                <span>{t.value.axisAngle}</span>
                <span>12°</span>
            </div>
            <div class="map-scale" style={{ backgroundImage: gradient(props.colorOf) }} />
            <div class="map-axis">
                <span>{props.low}</span>
                <span>{props.high}</span>
            </div>
        </div>
    );
}
