// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// A pad to draw a picture on, by mouse, finger or keys.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Choice, Slider } from "../shared/controls";
import { arrowWay, pointedShares } from "../shared/pointing";
import { drawSquare, pictureSide } from "./pictures";
import { t } from "./state";

// Inks are part of a picture and stay the same in the dark.
const inks = { black: "#000000", red: "#c01c28", green: "#1c7a44", blue: "#1a5fb4" } as const;
type Ink = keyof typeof inks;

const stepPixels = 8;

type Place = { readonly x: number; readonly y: number };

/** `changed` is called behind each stroke; the buttons below are the caller's, and are given what takes the picture. */
export function DrawingPad(props: { changed?: (pixels: ImageData) => void; children?: (take: () => ImageData) => preact.ComponentChildren }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const [width, setWidth] = useState(10);
    const [ink, setInk] = useState<Ink>("black");
    const [cursor, setCursor] = useState<Place>({ x: pictureSide / 2, y: pictureSide / 2 });
    const [keyed, setKeyed] = useState(false);
    const last = useRef<Place | undefined>(undefined);
    const drawn = useRef<Place>(cursor);

    const context = () => canvas.current?.getContext("2d", { willReadFrequently: true }) ?? undefined;
    const take = () => drawSquare(new OffscreenCanvas(pictureSide, pictureSide), canvas.current as HTMLCanvasElement);
    const tell = () => props.changed?.(take());

    const stroke = (start: Place, end: Place) => {
        const pen = context();
        if (pen === undefined) return;
        pen.strokeStyle = inks[ink];
        pen.lineWidth = width;
        pen.lineCap = pen.lineJoin = "round";
        pen.beginPath();
        pen.moveTo(start.x, start.y);
        pen.lineTo(end.x, end.y);
        pen.stroke();
    };
    const wipe = () => {
        const pen = context();
        if (pen === undefined) return;
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, pictureSide, pictureSide);
    };
    useEffect(wipe, []);

    const placePointer = (event: PointerEvent): Place => {
        const [x, y] = pointedShares(event.currentTarget as HTMLCanvasElement, event);
        return { x: x * pictureSide, y: y * pictureSide };
    };
    const move = (event: KeyboardEvent) => {
        const way = arrowWay(event.key);
        if (way !== undefined) {
            event.preventDefault();
            setKeyed(true);
            const bound = (value: number) => Math.max(0, Math.min(pictureSide, value));
            setCursor({ x: bound(cursor.x + way[0] * stepPixels), y: bound(cursor.y - way[1] * stepPixels) });
        } else if (event.key === " ") {
            event.preventDefault();
            setKeyed(true);
            // A line joins the places at which the bar is pressed in a row; Shift lifts the pen.
            stroke(event.shiftKey ? cursor : drawn.current, cursor);
            drawn.current = cursor;
            tell();
        }
    };
    return (
        <div class="stack">
            <div class="pad">
                <canvas
                    ref={canvas}
                    class="drawing"
                    width={pictureSide}
                    height={pictureSide}
                    tabIndex={0}
                    role="application"
                    aria-label={t.value.pad}
                    onPointerDown={(event) => {
                        event.currentTarget.setPointerCapture(event.pointerId);
                        setKeyed(false);
                        last.current = placePointer(event);
                        stroke(last.current, last.current);
                    }}
                    // A stroke is no swipe: nothing moves on behind it, and the next tap presses what it meets.
                    onTouchStart={(event) => event.preventDefault()}
                    onPointerMove={(event) => {
                        if (last.current === undefined) return;
                        const place = placePointer(event);
                        stroke(last.current, place);
                        last.current = place;
                    }}
                    onPointerUp={() => {
                        if (last.current !== undefined) tell();
                        last.current = undefined;
                    }}
                    onPointerCancel={() => (last.current = undefined)}
                    onKeyDown={move}
                    onFocus={() => (drawn.current = cursor)}
                />
                {keyed && <div class="pen" style={{ left: `${(cursor.x / pictureSide) * 100}%`, top: `${(cursor.y / pictureSide) * 100}%` }} />}
            </div>
            <Choice
                label={t.value.colour}
                value={ink}
                options={(Object.keys(inks) as Ink[]).map((name) => [name, t.value.colours[name]] as const)}
                onChange={setInk}
            />
            <Slider label={t.value.penWidth} unit={t.value.pixels} min={2} max={40} value={width} onInput={setWidth} />
            <div class="row">
                {props.children?.(take)}
                <Button
                    onClick={() => {
                        wipe();
                        tell();
                    }}
                >
                    {t.value.wipe}
                </Button>
            </div>
        </div>
    );
}
