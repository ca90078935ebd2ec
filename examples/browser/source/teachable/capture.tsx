// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Live views of the camera and the microphone, which say in words why there is nothing to see or hear.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../shared/controls";
import { Camera, DeviceError, Microphone, type Trouble } from "./devices";
import { drawSquare, pictureSide } from "./pictures";
import { t } from "./state";

const camera = new Camera();
export const microphone = new Microphone();

type DeviceState = "opening" | "open" | Trouble;

const troubleOf = (error: unknown): Trouble => (error instanceof DeviceError ? error.trouble : "failed");

function DeviceTrouble(props: { state: DeviceState; sentences: { [Name in Trouble]: string }; retry: () => void }) {
    const { state } = props;
    if (state === "open") return null;
    if (state === "opening") return <p role="status">{t.value.opening}</p>;
    return (
        <div class="stack">
            <p role="alert" class="error">
                {props.sentences[state]}
            </p>
            <div class="row">
                <Button onClick={props.retry}>{t.value.again}</Button>
            </div>
        </div>
    );
}

/** Takes the square picture that the camera shows at the moment. */
export type TakePicture = () => ImageData | undefined;

/** The camera's picture, mirrored as in a mirror; what is taken is as the camera sees it. */
export function CameraView(props: { ready: (take: TakePicture | undefined) => void; overlay?: preact.ComponentChildren }) {
    const video = useRef<HTMLVideoElement>(null);
    const [state, setState] = useState<DeviceState>("opening");
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        let shown = true;
        setState("opening");
        const canvas = new OffscreenCanvas(pictureSide, pictureSide);
        const take: TakePicture = () => (video.current && video.current.videoWidth > 0 ? drawSquare(canvas, video.current) : undefined);
        const start = async () => {
            const stream = await camera.open();
            if (!shown || video.current === null) return;
            video.current.srcObject = stream;
            await video.current.play();
            if (!shown) return;
            setState("open");
            props.ready(take);
        };
        start().catch((error) => shown && setState(troubleOf(error)));
        return () => {
            shown = false;
            props.ready(undefined);
            camera.close();
        };
    }, [attempt]);
    return (
        <div class="stack">
            <div class="mirror" hidden={state !== "open"}>
                <video ref={video} muted playsInline aria-label={t.value.live} />
                {props.overlay}
            </div>
            <DeviceTrouble state={state} sentences={t.value.cameraTroubles} retry={() => setAttempt(attempt + 1)} />
        </div>
    );
}

/** How loud the microphone is. `heard` is called with each block of samples. */
export function MicrophoneView(props: { ready: (open: boolean) => void; heard?: () => void }) {
    const [state, setState] = useState<DeviceState>("opening");
    const [attempt, setAttempt] = useState(0);
    const [level, setLevel] = useState(0);
    const heard = useRef(props.heard);
    heard.current = props.heard;
    useEffect(() => {
        let shown = true;
        setState("opening");
        const stop = microphone.listen(() => {
            if (!shown) return;
            setLevel(microphone.level);
            heard.current?.();
        });
        microphone.open().then(
            () => {
                if (!shown) return;
                setState("open");
                props.ready(true);
            },
            (error) => shown && setState(troubleOf(error)),
        );
        return () => {
            shown = false;
            props.ready(false);
            stop();
            microphone.close();
        };
    }, [attempt]);
    // The ear hears ratios: 60 dB are the whole bar.
    const loudness = Math.max(0, Math.min(100, 100 + (20 * Math.log10(Math.max(level, 1e-6)) * 100) / 60));
    return (
        <div class="stack">
            {state === "open" && (
                <div class="loudness" role="meter" aria-label={t.value.loudness} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(loudness)}>
                    <div style={{ width: `${loudness}%` }} />
                </div>
            )}
            <DeviceTrouble state={state} sentences={t.value.microphoneTroubles} retry={() => setAttempt(attempt + 1)} />
        </div>
    );
}
