// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The plane with its points: mouse, finger and keyboard add, move and remove them.
import { useSignal } from "@preact/signals";
import { scaleLinear } from "d3-scale";
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from "d3-shape";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Axis, fitTicks, tickWidth, useWidth } from "../shared/chart";
import { arrowWay } from "../shared/pointing";
import { fixed, number, texts } from "../shared/texts";
import * as state from "./state";
import { lineTexts } from "./texts";

const t = texts(lineTexts);
const bottom = 40, top = 10;
// Classes differ in form as well as in colour.
const forms = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond] as const;
const formOf = (label: number, size: number) => symbol(forms[label % forms.length]!, size)() ?? "";
/** A place in pixels, far outside where it lies farther than a path can say. */
const inSight = (pixels: number) => Math.max(-1e4, Math.min(1e4, pixels));
const colorOf = (label: number) => `var(--class-${label % 8})`;

/** Turns with the colours of the system, for what a canvas shows. */
function useScheme(): boolean {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const [dark, setDark] = useState(query.matches);
    useEffect(() => {
        const turn = () => setDark(query.matches);
        query.addEventListener("change", turn);
        return () => query.removeEventListener("change", turn);
    }, []);
    return dark;
}

const hexColor = (name: string): [number, number, number] => {
    const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return [1, 3, 5].map((i) => Number.parseInt(text.slice(i, i + 2), 16)) as [number, number, number];
};

/** The probabilities of classes as colours. */
function HeatMap({ found, left, width, height }: { found: state.ShownBoundary; left: number; width: number; height: number }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const dark = useScheme();
    useLayoutEffect(() => {
        const pen = canvas.current?.getContext("2d");
        if (!pen) return;
        const { cells } = state;
        const picture = pen.createImageData(cells, cells);
        const colors = found.classes.map((label) => hexColor(`--class-${label}`));
        const ground = hexColor("--ground");
        const strength = dark ? 0.5 : 0.45;
        for (let cell = 0; cell < cells * cells; ++cell)
            for (let channel = 0; channel < 3; ++channel) {
                let mixed = 0;
                for (let i = 0; i < colors.length; ++i) mixed += found.shares[cell * colors.length + i]! * colors[i]![channel]!;
                picture.data[4 * cell + channel] = (1 - strength) * ground[channel]! + strength * mixed;
            }
        for (let cell = 0; cell < cells * cells; ++cell) picture.data[4 * cell + 3] = 255;
        pen.putImageData(picture, 0, 0);
    }, [found, dark]);
    return <canvas ref={canvas} class="heat" width={state.cells} height={state.cells} style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }} />;
}

export function Plane() {
    const [element, width] = useWidth<HTMLDivElement>(600);
    const height = Math.round(Math.min(560, Math.max(280, 0.8 * width)));
    const dragged = useRef<{ point: number; pointer: number } | undefined>(undefined);
    const held = useSignal<number | undefined>(undefined);
    const said = useSignal("");
    const focused = useSignal(false);
    const { task, bounds, points, cursor } = state;
    const x = scaleLinear(bounds.value.x, [0, 1]);
    const y = scaleLinear(bounds.value.y, [height - bottom, top]);
    const upTicks = height / 60;
    const left = Math.max(46, Math.ceil(tickWidth(y, upTicks)) + 12);
    const across = fitTicks(x, width - left);
    const right = Math.max(12, across.right);
    x.range([left, Math.max(left + 1, width - right)]);

    /** The point at a place of the picture, or undefined. */
    const find = (px: number, py: number, reach: number): number | undefined => {
        let best: number | undefined, least = reach;
        points.value.forEach((point, i) => {
            const distance = Math.hypot(x(point.x) - px, y(point.y) - py);
            if (distance < least) [best, least] = [i, distance];
        });
        return best;
    };
    const inside = (value: number, [low, high]: [number, number]) => Math.min(high, Math.max(low, value));
    const place = (px: number, py: number) => [inside(x.invert(px), bounds.value.x), inside(y.invert(py), bounds.value.y)] as const;
    const picture = (event: PointerEvent | MouseEvent) => {
        const box = element.current!.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top] as const;
    };

    // What is dragged or held is a place in the list, which another one gets when a point is taken away.
    const remove = (point: number) => {
        dragged.current = undefined;
        held.value = undefined;
        state.removePoint(point);
    };

    const press = (event: PointerEvent) => {
        if (event.button !== 0 || (dragged.current && dragged.current.pointer !== event.pointerId)) return;
        const [px, py] = picture(event);
        const found = find(px, py, event.pointerType === "touch" ? 24 : 12);
        if (state.tool.value === "remove") {
            if (found !== undefined) remove(found);
            return;
        }
        state.cursor.value = place(px, py);
        dragged.current = { point: found ?? state.addPoint(...place(px, py)), pointer: event.pointerId };
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
        if (dragged.current?.pointer !== event.pointerId) return;
        const [px, py] = picture(event);
        state.cursor.value = place(px, py);
        state.movePoint(dragged.current.point, ...place(px, py));
    };
    const release = (event: PointerEvent) => {
        if (dragged.current?.pointer !== event.pointerId) return;
        const [px, py] = picture(event);
        const away = 24;
        if (event.type === "pointerup" && (px < left - away || px > width - right + away || py < top - away || py > height - bottom + away)) remove(dragged.current.point);
        dragged.current = undefined;
    };
    const menu = (event: MouseEvent) => {
        event.preventDefault();
        const found = find(...picture(event), 14);
        if (found !== undefined) remove(found);
    };

    const key = (event: KeyboardEvent) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const share = event.shiftKey ? 1 / 200 : 1 / 40;
        const [cx, cy] = cursor.value;
        const under = () => find(x(cx), y(cy), 24);
        const step = arrowWay(event.key);
        if (step) {
            const [dx, dy] = [step[0] * share * (bounds.value.x[1] - bounds.value.x[0]), step[1] * share * (bounds.value.y[1] - bounds.value.y[0])];
            cursor.value = [inside(cx + dx, bounds.value.x), inside(cy + dy, bounds.value.y)];
            if (held.value !== undefined) state.movePoint(held.value, ...cursor.value);
            said.value = t.value.cursor(number(cursor.value[0], 3), number(cursor.value[1], 3));
        } else if (event.key === " " || event.key === "Enter") {
            held.value = undefined;
            state.addPoint(cx, cy);
            said.value = t.value.added;
        } else if (event.key === "m" || event.key === "M") {
            if (held.value !== undefined) {
                held.value = undefined;
                said.value = t.value.dropped;
            } else {
                held.value = under();
                said.value = held.value === undefined ? t.value.none : t.value.held;
            }
        } else if (event.key === "Delete" || event.key === "Backspace") {
            const found = held.value ?? under();
            held.value = undefined;
            if (found !== undefined) remove(found);
            said.value = found === undefined ? t.value.none : t.value.removed;
        } else return;
        event.preventDefault();
    };

    const curve = task.value === "line" ? state.curve.value : undefined;
    const clusters = task.value === "clusters" ? state.clusters.value : undefined;
    const boundary = task.value === "classes" ? state.boundary.value : undefined;
    const labelOf = (i: number) => (task.value === "line" ? 0 : task.value === "clusters" ? (clusters?.labels?.[i] ?? 7) : points.value[i]!.label);
    const formLabel = (i: number) => (task.value === "classes" ? points.value[i]!.label : 0);
    // Where powers of far points leave the numbers there is no curve.
    const path =
        curve &&
        line<number>()
            .defined((value, i) => Number.isFinite(x(value)) && Number.isFinite(y(curve.drawn[i]!)))
            .x((value) => inSight(x(value)))
            .y((_, i) => inSight(y(curve.drawn[i]!)))(Array.from(curve.x));
    const fitted = curve && curve.points === points.value ? curve.fitted : undefined;

    return (
        <div class="stack">
            <div
                ref={element}
                class="plane drawing"
                style={{ height: `${height}px` }}
                tabIndex={0}
                role="application"
                aria-label={t.value.plane(fixed(points.value.length))}
                aria-describedby="plane-help"
                onPointerDown={press}
                onPointerMove={move}
                onPointerUp={release}
                onPointerCancel={release}
                onContextMenu={menu}
                onKeyDown={key}
                onFocus={() => (focused.value = true)}
                onBlur={() => {
                    focused.value = false;
                    held.value = undefined;
                }}
            >
                {boundary && <HeatMap found={boundary} left={left} width={width - left - right} height={height - top - bottom} />}
                <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-points={points.value.length}>
                    <defs>
                        <clipPath id="plane-inside">
                            <rect x={left} y={top} width={Math.max(1, width - left - right)} height={height - top - bottom} />
                        </clipPath>
                    </defs>
                    <rect class="plane-edge" x={left} y={top} width={Math.max(1, width - left - right)} height={height - top - bottom} />
                    <Axis scale={x} side="bottom" place={height - bottom} ticks={across.ticks} />
                    <Axis scale={y} side="left" place={left} ticks={upTicks} />
                    <g class="chart">
                        <text x={width - right} y={height - 5} text-anchor="end">
                            {state.axisNames.value[0]}
                        </text>
                        <text x={left + 6} y={top + 14}>
                            {state.axisNames.value[1]}
                        </text>
                    </g>
                    <g clip-path="url(#plane-inside)">
                        {fitted &&
                            state.residuals.value !== "none" &&
                            points.value.map((point, i) => {
                                const from = y(point.y), to = y(fitted[i]!), side = Math.abs(to - from);
                                if (!Number.isFinite(side) || side > 1e4) return null;
                                return state.residuals.value === "lines" ? (
                                    <line key={i} class="residual" x1={x(point.x)} x2={x(point.x)} y1={from} y2={to} />
                                ) : (
                                    <rect key={i} class="residual" x={x(point.x)} y={Math.min(from, to)} width={side} height={side} />
                                );
                            })}
                        {path && <path class="curve" d={path} stroke="var(--accent)" />}
                    </g>
                    {points.value.map((_, i) => (
                        <path
                            key={i}
                            class={held.value === i ? "point held" : "point"}
                            d={formOf(formLabel(i), 70)}
                            transform={`translate(${x(points.value[i]!.x)},${y(points.value[i]!.y)})`}
                            fill={task.value === "clusters" && !clusters?.labels ? "var(--quiet)" : colorOf(labelOf(i))}
                        />
                    ))}
                    {clusters &&
                        Array.from({ length: clusters.centers.length / 2 }, (_, i) => (
                            <g key={i} class="center" transform={`translate(${x(clusters.centers[2 * i]!)},${y(clusters.centers[2 * i + 1]!)})`}>
                                <circle r="11" fill="var(--ground)" stroke={colorOf(i)} />
                                <path d="M-6,0H6M0,-6V6" stroke={colorOf(i)} />
                            </g>
                        ))}
                    {(focused.value || task.value === "classes") && (
                        <path class="cross" d={`M${x(cursor.value[0]) - 14},${y(cursor.value[1])}h28m-14,-14v28`} />
                    )}
                </svg>
            </div>
            <p id="plane-help" class="quiet">
                {t.value.help}
            </p>
            <div role="status" class="unseen">
                {said.value}
            </div>
        </div>
    );
}
