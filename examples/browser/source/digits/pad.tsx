// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Paper to draw on with a mouse, a finger, a pen or the keyboard.
import { signal, type Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../shared/controls";
import { arrowWay, pointedShares } from "../shared/pointing";
import { texts } from "../shared/texts";
import { colors } from "./maps";
import { digitsTexts } from "./texts";

const t = texts(digitsTexts);

export type Point = readonly [x: number, y: number];
/** In shares of the paper, which is square. */
export type Stroke = readonly Point[];

const side = 280;
const keyStep = 1 / 28;
const inside = (share: number): number => Math.min(1, Math.max(0, share));

type PadProps = { strokes: Signal<readonly Stroke[]>; ended: () => void };

const cursor = signal<Point>([0.5, 0.5]);
const penDown = signal(false);
const usesKeys = signal(false);

export function Pad({ strokes, ended }: PadProps) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const pressed = useRef<number | undefined>(undefined);

    useLayoutEffect(() => {
        const context = canvas.current?.getContext("2d");
        if (!context) return;
        const css = (color: readonly number[]) => `rgb(${color.join(" ")})`;
        context.fillStyle = css(colors.value.ground);
        context.fillRect(0, 0, side, side);
        context.strokeStyle = css(colors.value.ink);
        context.lineWidth = side / 14;
        context.lineCap = "round";
        context.lineJoin = "round";
        for (const stroke of strokes.value) {
            context.beginPath();
            stroke.forEach(([x, y], place) => (place ? context.lineTo(x * side, y * side) : context.moveTo(x * side, y * side)));
            if (stroke.length === 1) context.lineTo(stroke[0]![0] * side + 0.01, stroke[0]![1] * side);
            context.stroke();
        }
        if (!usesKeys.value) return;
        const [x, y] = [cursor.value[0] * side, cursor.value[1] * side];
        context.strokeStyle = css(colors.value.negative);
        context.lineWidth = 3;
        context.beginPath();
        context.arc(x, y, penDown.value ? 5 : 11, 0, 2 * Math.PI);
        context.moveTo(x - 16, y);
        context.lineTo(x + 16, y);
        context.moveTo(x, y - 16);
        context.lineTo(x, y + 16);
        context.stroke();
    });

    const placeOf = (event: PointerEvent): Point => {
        const [x, y] = pointedShares(canvas.current!, event);
        return [inside(x), inside(y)];
    };
    const extend = (points: readonly Point[]) => {
        const all = strokes.value;
        strokes.value = [...all.slice(0, -1), [...(all[all.length - 1] ?? []), ...points]];
    };
    const lift = () => {
        if (pressed.current === undefined) return;
        pressed.current = undefined;
        ended();
    };
    const key = (event: KeyboardEvent) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const step = event.shiftKey ? 4 * keyStep : keyStep;
        const way = arrowWay(event.key);
        if (way) {
            usesKeys.value = true;
            cursor.value = [inside(cursor.value[0] + step * way[0]), inside(cursor.value[1] - step * way[1])];
            if (penDown.value) extend([cursor.value]);
        } else if (event.key === " ") {
            usesKeys.value = true;
            penDown.value = !penDown.value;
            if (penDown.value) strokes.value = [...strokes.value, [cursor.value]];
            else ended();
        } else if (event.key === "Backspace") undo();
        else if (event.key === "Delete") clear();
        else return;
        event.preventDefault();
    };
    const undo = () => {
        penDown.value = false;
        strokes.value = strokes.value.slice(0, -1);
        ended();
    };
    const clear = () => {
        penDown.value = false;
        strokes.value = [];
        ended();
    };

    return (
        <div class="stack">
            <canvas
                ref={canvas}
                class="drawing pad"
                width={side}
                height={side}
                tabIndex={0}
                role="application"
                aria-label={t.value.pad}
                aria-describedby="pad-keys"
                onPointerDown={(event) => {
                    if (event.button !== 0 || pressed.current !== undefined) return;
                    event.currentTarget.setPointerCapture(event.pointerId);
                    pressed.current = event.pointerId;
                    usesKeys.value = false;
                    penDown.value = false;
                    strokes.value = [...strokes.value, [placeOf(event)]];
                }}
                onPointerMove={(event) => {
                    if (event.pointerId !== pressed.current) return;
                    const all = event.getCoalescedEvents?.() ?? [];
                    extend((all.length ? all : [event]).map(placeOf));
                }}
                onPointerUp={lift}
                onPointerCancel={lift}
                onKeyDown={key}
            />
            <p id="pad-keys" class="quiet small">
                {t.value.keys}
            </p>
            <div class="row">
                <Button disabled={strokes.value.length === 0} onClick={undo}>
                    {t.value.undo}
                </Button>
                <Button disabled={strokes.value.length === 0} onClick={clear}>
                    {t.value.clear}
                </Button>
            </div>
        </div>
    );
}
