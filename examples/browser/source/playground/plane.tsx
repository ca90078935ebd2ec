// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The large map with the points, where the reader draws own ones.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button, Check, Choice } from "../shared/controls";
import { arrowWay, pointedShares } from "../shared/pointing";
import { fixed } from "../shared/texts";
import { colorText, paint } from "./maps";
import { change, chosenUnit, clear, configured, draw, outputLayer, settings, snapshot } from "./model";
import { halfSide, largeSide } from "./state";
import { t } from "./texts";


const size = 480; // of the canvas; the style sheet makes it as wide as there is room
const brush = signal<"positive" | "negative" | "none">("positive");
const cursor = signal<{ x: number; y: number } | undefined>(undefined);
const labels = { positive: 1, negative: -1, none: 0 };
const brushes = ["positive", "negative", "none"] as const;

function drawPoints(context: CanvasRenderingContext2D, points: Float32Array, trainCount: number, showTest: boolean): void {
    const placed = (value: number) => ((value + halfSide) / (2 * halfSide)) * size;
    for (let i = 0; i < points.length / 3; ++i) {
        const isTest = i >= trainCount;
        if (isTest && !showTest) continue;
        context.beginPath();
        context.arc(placed(points[3 * i]!), placed(-points[3 * i + 1]!), isTest ? 4.5 : 5, 0, 2 * Math.PI);
        context.fillStyle = colorText(points[3 * i + 2]!);
        context.fill();
        context.lineWidth = isTest ? 2 : 1.5;
        context.strokeStyle = isTest ? "#111" : "#fff";
        context.stroke();
    }
}

export function Plane() {
    const canvas = useRef<HTMLCanvasElement>(null);
    const pressed = useRef(false);
    const now = snapshot.value;
    const data = configured.value;
    const isOwn = settings.value.data === "own";
    useLayoutEffect(() => {
        if (!canvas.current || !now || !data) return;
        const context = canvas.current.getContext("2d");
        if (!context) return;
        const map = document.createElement("canvas");
        paint(map, now.map, largeSide, settings.value.steps, settings.value.goal === "likely" && chosenUnit.value.layer === outputLayer.value);
        context.imageSmoothingEnabled = !settings.value.steps;
        context.drawImage(map, 0, 0, size, size);
        drawPoints(context, data.points, data.trainCount, settings.value.test || isOwn);
        if (cursor.value && isOwn) {
            const x = ((cursor.value.x + halfSide) / (2 * halfSide)) * size;
            const y = ((halfSide - cursor.value.y) / (2 * halfSide)) * size;
            context.strokeStyle = "#111";
            context.lineWidth = 2;
            context.strokeRect(x - 9, y - 9, 18, 18);
        }
    });
    const place = (event: PointerEvent) => {
        const [across, down] = pointedShares(canvas.current!, event);
        return [across * 2 * halfSide - halfSide, halfSide - down * 2 * halfSide] as const;
    };
    const onKey = (event: KeyboardEvent) => {
        if (!isOwn) return;
        const here = cursor.value ?? { x: 0, y: 0 };
        const move = arrowWay(event.key);
        if (move) {
            const far = event.shiftKey ? 1 : 0.25;
            const within = (value: number) => Math.min(halfSide, Math.max(-halfSide, value));
            cursor.value = { x: within(here.x + far * move[0]), y: within(here.y + far * move[1]) };
        } else if (event.key === " ") draw(here.x, here.y, labels[brush.value]);
        else if (event.key === "Enter") brush.value = brushes[(brushes.indexOf(brush.value) + 1) % brushes.length]!;
        else return;
        event.preventDefault();
    };
    return (
        <div class="stack">
            <canvas
                ref={canvas}
                class={isOwn ? "plane drawing" : "plane"}
                width={size}
                height={size}
                role={isOwn ? "application" : "img"}
                aria-label={t.value.map}
                aria-describedby={isOwn ? "plane-help" : undefined}
                tabIndex={isOwn ? 0 : -1}
                onPointerDown={(event) => {
                    if (!isOwn) return;
                    pressed.current = true;
                    canvas.current!.setPointerCapture(event.pointerId);
                    const [x, y] = place(event);
                    draw(x, y, labels[brush.value]);
                }}
                onPointerMove={(event) => {
                    if (!pressed.current || brush.value !== "none") return;
                    const [x, y] = place(event);
                    draw(x, y, 0);
                }}
                onPointerUp={() => (pressed.current = false)}
                onPointerCancel={() => (pressed.current = false)}
                onFocus={() => (cursor.value ??= { x: 0, y: 0 })}
                onBlur={() => (cursor.value = undefined)}
                onKeyDown={onKey}
            />
            <span class="quiet scale">{t.value.scale}</span>
            {isOwn && (
                <>
                    <p id="plane-help" class="quiet">
                        {t.value.mapHelp}
                    </p>
                    <span class="unseen" role="status">
                        {cursor.value && t.value.cursor(fixed(cursor.value.x, 2), fixed(cursor.value.y, 2), String((data?.points.length ?? 0) / 3))}
                    </span>
                    <Choice
                        label={t.value.brush}
                        value={brush.value}
                        options={brushes.map((one) => [one, t.value.brushes[one]] as const)}
                        onChange={(one) => (brush.value = one)}
                    />
                    <Button onClick={clear}>{t.value.clear}</Button>
                </>
            )}
            <div class="row">
                <Check label={t.value.showTest} checked={settings.value.test} onChange={(test) => change({ test })} />
                <Check label={t.value.twoColours} checked={settings.value.steps} onChange={(steps) => change({ steps })} />
            </div>
        </div>
    );
}
