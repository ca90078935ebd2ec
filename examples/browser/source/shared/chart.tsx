// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Axes and curves in SVG.
import { axisBottom, axisLeft, type AxisScale } from "d3-axis";
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3-scale";
import { select } from "d3-selection";
import { line } from "d3-shape";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { number } from "./texts";

/** The width of an element, which follows the window. */
export function useWidth<E extends Element>(first = 320) {
    const element = useRef<E>(null);
    const [width, setWidth] = useState(first);
    useLayoutEffect(() => {
        const watched = element.current;
        if (!watched) return;
        const observer = new ResizeObserver((entries) => {
            const now = Math.floor(entries[0]?.contentRect.width ?? first);
            if (now > 0) setWidth(now);
        });
        observer.observe(watched);
        return () => observer.disconnect();
    }, [first]);
    return [element, width] as const;
}

/** How an axis writes its ticks: with as many digits as tell one from the next, 1,000,000.5 beside 1,000,001. */
function tickFormat(scale: AxisScale<number>, ticks: number): (value: number) => string {
    const ends = scale.domain().map(Number);
    const step = Math.abs(ends.at(-1)! - ends[0]!) / ticks / 10;
    const digits = Math.ceil(Math.log10(Math.max(...ends.map(Math.abs)) / step));
    return (value) => number(value, Math.min(15, Math.max(4, digits || 4)));
}

let pen: CanvasRenderingContext2D | null = null;
/** The width of the widest tick that an axis writes, in pixels. */
export function tickWidth(scale: ScaleContinuousNumeric<number, number>, ticks: number, format = tickFormat(scale, ticks)): number {
    pen ??= document.createElement("canvas").getContext("2d")!;
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`; // as in style.css
    return Math.max(0, ...scale.ticks(ticks).map((value) => pen!.measureText(format(value)).width));
}

/** How many ticks find room beside each other, and the room that the last one takes on its right. */
export function fitTicks(scale: ScaleContinuousNumeric<number, number>, width: number): { ticks: number; right: number } {
    let ticks = Math.max(2, width / 80);
    const widest = tickWidth(scale, ticks);
    // A scale may have some more than it is asked for.
    while (ticks > 1 && scale.ticks(ticks).length * (widest + 12) > width) ticks /= 1.25;
    return { ticks, right: Math.ceil(widest / 2) + 2 };
}

/** An axis in an SVG group, drawn by d3. */
export function Axis(props: { scale: AxisScale<number>; side: "bottom" | "left"; place: number; ticks: number; format?: (value: number) => string }) {
    const group = useRef<SVGGElement>(null);
    useLayoutEffect(() => {
        if (!group.current) return;
        const make = props.side === "bottom" ? axisBottom : axisLeft;
        const format = props.format ?? tickFormat(props.scale, props.ticks);
        select(group.current).call(
            make(props.scale)
                .ticks(props.ticks)
                .tickSizeOuter(0)
                .tickFormat((value) => format(Number(value))),
        );
    });
    const moved = props.side === "bottom" ? `translate(0,${props.place})` : `translate(${props.place},0)`;
    return <g class="axis" ref={group} transform={moved} aria-hidden="true" />;
}

export type Curve = {
    name: string;
    /** Any colour of CSS, as var(--class-0). */
    color: string;
    /** Values at x = first, first + step, ... */
    values: ArrayLike<number>;
    first?: number;
    step?: number;
    dashed?: boolean;
    /** What the legend tells, where the last value is not the present one. */
    told?: string;
};

type CurvesProps = { curves: readonly Curve[]; label: string; xName: string; height?: number; logarithmic?: boolean; yRange?: readonly [number, number] };

/** Curves over one axis, with a legend that tells the last values. */
export function Curves({ curves, label, xName, height = 180, logarithmic = false, yRange }: CurvesProps) {
    const [element, width] = useWidth<HTMLDivElement>();
    const bottom = 36, top = 8, upTicks = 4;
    let most = 1, low = Infinity, high = -Infinity;
    for (const { values, first = 0, step = 1 } of curves) {
        most = Math.max(most, first + step * (values.length - 1));
        for (let i = 0; i < values.length; ++i) {
            const value = values[i]!;
            if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }
    if (low > high) [low, high] = logarithmic ? [0.1, 1] : [0, 1];
    if (!logarithmic) low = Math.min(low, 0);
    if (low === high) high = low + (low === 0 ? 1 : Math.abs(low));
    const x = scaleLinear([0, most], [0, 1]);
    const y = (logarithmic ? scaleLog() : scaleLinear()).domain(yRange ?? [low, high]).range([height - bottom, top]);
    const upFormat = (value: number) => number(value, 3);
    const left = Math.max(48, Math.ceil(tickWidth(y, upTicks, upFormat)) + 12);
    const across = fitTicks(x, width - left);
    const right = Math.max(10, across.right);
    x.range([left, Math.max(left + 1, width - right)]);
    const path = ({ values, first = 0, step = 1 }: Curve) =>
        line<number>()
            .defined((value) => Number.isFinite(value) && (!logarithmic || value > 0))
            .x((_, i) => x(first + step * i))
            .y((value) => y(value))(Array.from(values)) ?? "";
    return (
        <div ref={element}>
            <svg class="chart" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
                <Axis scale={x} side="bottom" place={height - bottom} ticks={across.ticks} />
                <Axis scale={y} side="left" place={left} ticks={upTicks} format={upFormat} />
                <text x={width - right} y={height - 4} text-anchor="end">
                    {xName}
                </text>
                {curves.map((curve) => (
                    <path key={curve.name} class="curve" d={path(curve)} stroke={curve.color} stroke-dasharray={curve.dashed ? "6 4" : undefined} />
                ))}
            </svg>
            <ul class="legend">
                {curves.map((curve) => (
                    <li key={curve.name} style={{ color: curve.color }}>
                        <span>
                            {curve.name}: <span class="number">{curve.told ?? (curve.values.length ? number(curve.values[curve.values.length - 1]!, 4) : "–")}</span>
                        </span>
                    </li>
                ))}
            </ul>
        </div>
    );
}
