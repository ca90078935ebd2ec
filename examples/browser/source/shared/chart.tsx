// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Axes and curves in SVG.
import { axisBottom, axisLeft, type AxisScale } from "d3-axis";
import { scaleLinear, scaleLog } from "d3-scale";
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

/** An axis in an SVG group, drawn by d3. */
export function Axis(props: { scale: AxisScale<number>; side: "bottom" | "left"; place: number; ticks: number; format?: (value: number) => string }) {
    const group = useRef<SVGGElement>(null);
    useLayoutEffect(() => {
        if (!group.current) return;
        const make = props.side === "bottom" ? axisBottom : axisLeft;
        // As many digits as tell one tick from the next: 1,000,000.5 beside 1,000,001.
        const ends = props.scale.domain().map(Number);
        const step = Math.abs(ends.at(-1)! - ends[0]!) / props.ticks / 10;
        const digits = Math.ceil(Math.log10(Math.max(...ends.map(Math.abs)) / step));
        const format = props.format ?? ((value: number) => number(value, Math.min(15, Math.max(4, digits || 4))));
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
};

type CurvesProps = { curves: readonly Curve[]; label: string; xName: string; height?: number; logarithmic?: boolean; yRange?: readonly [number, number] };

/** Curves over one axis, with a legend that tells the last values. */
export function Curves({ curves, label, xName, height = 180, logarithmic = false, yRange }: CurvesProps) {
    const [element, width] = useWidth<HTMLDivElement>();
    const left = 48, bottom = 36, top = 8, right = 10;
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
    const x = scaleLinear([0, most], [left, Math.max(left + 1, width - right)]);
    const y = (logarithmic ? scaleLog() : scaleLinear()).domain(yRange ?? [low, high]).range([height - bottom, top]);
    const path = ({ values, first = 0, step = 1 }: Curve) =>
        line<number>()
            .defined((value) => Number.isFinite(value) && (!logarithmic || value > 0))
            .x((_, i) => x(first + step * i))
            .y((value) => y(value))(Array.from(values)) ?? "";
    return (
        <div ref={element}>
            <svg class="chart" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
                <Axis scale={x} side="bottom" place={height - bottom} ticks={Math.max(2, width / 80)} />
                <Axis scale={y} side="left" place={left} ticks={4} format={(value) => number(value, 3)} />
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
                            {curve.name}: <span class="number">{curve.values.length ? number(curve.values[curve.values.length - 1]!, 4) : "–"}</span>
                        </span>
                    </li>
                ))}
            </ul>
        </div>
    );
}
