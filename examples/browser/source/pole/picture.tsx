// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The cart and its pole, which the reader pushes by keys, mouse and fingers.
import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWidth } from "../shared/chart";
import { pointedShares } from "../shared/pointing";
import { color, scheme } from "./colors";
import type { Shown } from "./sizes";

const metres = 5.4; // that are seen
const heightOfPicture = 2.6;
const greatestPosition = 2.4;

export type Side = -1 | 1;

type PictureProps = {
    shown: ReadonlySignal<Shown | undefined>;
    poleLength: number;
    push: number; // in newtons, the longest arrow
    label: string;
    /** A push begins. */
    onPress: (side: Side) => void;
    onRelease: () => void;
};

function draw(canvas: HTMLCanvasElement, width: number, height: number, shown: Shown | undefined, poleLength: number, push: number): void {
    const context = canvas.getContext("2d");
    if (!context) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = width / metres;
    const ground = height - 0.42 * scale;
    const place = (position: number) => width / 2 + position * scale;

    context.strokeStyle = color("--edge");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(place(-greatestPosition), ground);
    context.lineTo(place(greatestPosition), ground);
    for (const end of [-greatestPosition, greatestPosition]) {
        context.moveTo(place(end), ground - 0.14 * scale);
        context.lineTo(place(end), ground + 0.14 * scale);
    }
    context.moveTo(place(0), ground);
    context.lineTo(place(0), ground + 0.1 * scale);
    context.stroke();
    context.fillStyle = color("--quiet");
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "top";
    context.textAlign = "center";
    context.fillText("0", place(0), ground + 0.13 * scale);
    context.textAlign = "left";
    context.fillText("−2.4 m", 4, ground + 0.17 * scale);
    context.textAlign = "right";
    context.fillText("2.4 m", width - 4, ground + 0.17 * scale);
    if (!shown) return;

    const x = place(shown.position);
    const cartWidth = 0.5 * scale;
    const cartHeight = 0.24 * scale;
    const joint = ground - cartHeight;
    context.fillStyle = color(shown.fallen ? "--bad" : "--accent");
    context.beginPath();
    context.roundRect(x - cartWidth / 2, joint, cartWidth, cartHeight - 3, 4);
    context.fill();
    const length = poleLength * scale;
    context.strokeStyle = color("--mark");
    context.lineCap = "round";
    context.lineWidth = Math.max(5, 0.07 * scale);
    context.beginPath();
    context.moveTo(x, joint);
    context.lineTo(x + length * Math.sin(shown.angle), joint - length * Math.cos(shown.angle));
    context.stroke();
    context.fillStyle = color("--text");
    context.beginPath();
    context.arc(x, joint, Math.max(3, 0.035 * scale), 0, 2 * Math.PI);
    context.fill();

    // The force of the last step.
    if (shown.force === 0 || shown.fallen) return;
    const side = Math.sign(shown.force);
    const from = x + side * (cartWidth / 2 + 4);
    const to = from + side * Math.min(1.6, Math.abs(shown.force) / push) * 0.35 * scale;
    const level = joint + cartHeight / 2;
    context.strokeStyle = color("--text");
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(from, level);
    context.lineTo(to, level);
    context.moveTo(to - side * 6, level - 5);
    context.lineTo(to, level);
    context.lineTo(to - side * 6, level + 5);
    context.stroke();
}

export function Picture(props: PictureProps) {
    const [element, width] = useWidth<HTMLDivElement>(600);
    const canvas = useRef<HTMLCanvasElement>(null);
    const height = Math.round((width / metres) * heightOfPicture);
    const shown = props.shown.value;
    useLayoutEffect(() => {
        if (canvas.current) draw(canvas.current, width, height, shown, props.poleLength, props.push);
    }, [width, height, shown, props.poleLength, props.push, scheme.value]);
    const sideOfPointer = (event: PointerEvent): Side => {
        const pointed = (pointedShares(event.currentTarget as HTMLElement, event)[0] - 0.5) * metres;
        return pointed < (props.shown.peek()?.position ?? 0) ? -1 : 1;
    };
    const sideOfKey = (key: string): Side | undefined => (key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : undefined);
    return (
        <div ref={element}>
            <canvas
                ref={canvas}
                class="drawing cart"
                style={{ width: `${width}px`, height: `${height}px` }}
                role="img"
                tabIndex={0}
                aria-label={props.label}
                onPointerDown={(event) => {
                    if (event.button !== 0) return;
                    event.preventDefault();
                    event.currentTarget.focus({ preventScroll: true });
                    event.currentTarget.setPointerCapture(event.pointerId);
                    props.onPress(sideOfPointer(event));
                }}
                onPointerUp={props.onRelease}
                onPointerCancel={props.onRelease}
                onKeyDown={(event) => {
                    const side = sideOfKey(event.key);
                    if (side === undefined) return;
                    event.preventDefault();
                    if (!event.repeat) props.onPress(side);
                }}
                onKeyUp={(event) => {
                    if (sideOfKey(event.key) !== undefined) props.onRelease();
                }}
                onBlur={props.onRelease}
            />
        </div>
    );
}
