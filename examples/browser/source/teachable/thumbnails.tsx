// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Small pictures of examples: the picture itself, a sound's spectrogram, a body's points over its picture.
import { memo } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Class, Example, Kind } from "./project";
import type { ExampleView } from "./service";
import { forgetExample } from "./session";
import { kind, offer, room, t } from "./state";
import { readPoints, seenBones, seenPoints } from "./skeleton";

/** The points and bones of a body over a square picture. */
export function Skeleton(props: { numbers: Float32Array }) {
    const points = readPoints(props.numbers);
    return (
        <svg class="skeleton" viewBox="0 0 1 1" aria-hidden="true">
            {seenBones(points).map(([start, end], place) => (
                <line key={place} x1={start.x} y1={start.y} x2={end.x} y2={end.y} />
            ))}
            {seenPoints(points).map((point, place) => (
                <circle key={place} cx={point.x} cy={point.y} r={0.02} />
            ))}
        </svg>
    );
}

/** A spectrogram of [frames, bands], 0 to 1, as a picture: a column a frame, low tones below. */
export function Spectrogram(props: { values: Float32Array; label?: string }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const { frames, bands } = offer.value?.spectrogram ?? { frames: 1, bands: 1 };
    useEffect(() => {
        const context = canvas.current?.getContext("2d");
        if (!context) return;
        const image = context.createImageData(frames, bands);
        for (let frame = 0; frame < frames; ++frame) {
            for (let band = 0; band < bands; ++band) {
                const shade = props.values[frame * bands + band] ?? 0;
                // Dark blue, red, yellow, white: brighter all the way, so that it reads without colours too.
                const pixel = ((bands - 1 - band) * frames + frame) * 4;
                image.data[pixel] = 255 * Math.min(1, shade * 1.8);
                image.data[pixel + 1] = 255 * Math.max(0, Math.min(1, shade * 2 - 0.8));
                image.data[pixel + 2] = 255 * Math.max(0.25 * (1 - shade), shade * 4 - 3);
                image.data[pixel + 3] = 255;
            }
        }
        context.putImageData(image, 0, 0);
    }, [props.values, frames, bands]);
    return <canvas ref={canvas} class="spectrogram" width={frames} height={bands} role="img" aria-label={props.label ?? t.value.spectrogram} />;
}

function Picture(props: { file: Uint8Array }) {
    const [address, setAddress] = useState("");
    useEffect(() => {
        const made = URL.createObjectURL(new Blob([props.file.slice()], { type: "image/png" }));
        setAddress(made);
        return () => URL.revokeObjectURL(made);
    }, [props.file]);
    return address === "" ? null : <img src={address} alt="" />;
}

type ThumbnailProps = { kind: Kind; example: Example; view: ExampleView | "unreadable" | undefined; label: string; notes: { unreadable: string; unusable: string } };

const Thumbnail = memo(({ kind: shown, example, view, label, notes }: ThumbnailProps) => {
    const note = view === "unreadable" ? notes.unreadable : view?.usable === false ? notes.unusable : "";
    return (
        <li class={note === "" ? "" : "useless"} title={note}>
            {shown === "sounds" ? (
                view !== "unreadable" && view?.spectrogram && <Spectrogram values={view.spectrogram} label="" />
            ) : (
                <Picture file={example.file} />
            )}
            {view !== "unreadable" && view?.points && <Skeleton numbers={view.points} />}
            <button type="button" aria-label={note === "" ? label : `${label}. ${note}`} onClick={() => forgetExample(example.key)}>
                <span aria-hidden="true">×</span>
            </button>
        </li>
    );
});

/** The examples of a class, each with a button that removes it. */
export function Thumbnails(props: { shown: Class }) {
    const views = room.value.views.value;
    const notes = { unreadable: t.value.unreadableExample, unusable: t.value.noBody };
    return (
        <ul class="thumbnails">
            {props.shown.examples.map((example, place) => (
                <Thumbnail
                    key={example.key}
                    kind={kind.value}
                    example={example}
                    view={views.get(example.key)}
                    label={t.value.removeExample(place + 1, props.shown.name)}
                    notes={notes}
                />
            ))}
        </ul>
    );
}
