// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the trained machine makes of something new: a bar for each class, live.
import { useEffect, useRef, useState } from "preact/hooks";
import { Choice, FileButton } from "../shared/controls";
import { acceptFiles } from "../shared/files";
import { ProblemText, problemOf, type Problem } from "../shared/problem";
import { fixed } from "../shared/texts";
import { nextFrame } from "../shared/worker";
import { accepted } from "./cards";
import { CameraView, MicrophoneView, microphone, type TakePicture } from "./capture";
import { decodeSound, longestSeconds } from "./devices";
import { DrawingPad } from "./drawing";
import { isExampleFile } from "./machine_export";
import { decodePicture } from "./pictures";
import type { Kind } from "./project";
import type { Sight } from "./service";
import { hearSound, seePicture, soundShape } from "./session";
import { kind, knownNames, t, trained } from "./state";
import { Skeleton, Spectrogram } from "./thumbnails";
import { cutPieces } from "./wave";

type Input = "none" | "camera" | "microphone" | "files" | "drawing";
const inputs: { readonly [Name in Kind]: readonly Input[] } = {
    pictures: ["none", "camera", "files", "drawing"],
    sounds: ["none", "microphone", "files"],
    poses: ["none", "camera", "files"],
};
/** Least time between two looks: a slow machine shall still hear its buttons. */
const restMilliseconds = 60;
/** A new second of sound is looked at so often. */
const soundStepSeconds = 0.25;

function Bars(props: { sight: Sight | undefined }) {
    const shares = trained.value === undefined ? undefined : props.sight?.shares;
    const names = knownNames.value;
    const best = shares === undefined ? -1 : names.reduce((most, _, place) => ((shares[place] ?? 0) > (shares[most] ?? 0) ? place : most), 0);
    return (
        <>
            <ul class="bars" aria-label={t.value.shares}>
                {names.map((name, place) => {
                    const share = Math.max(0, Math.min(1, shares?.[place] ?? 0));
                    const percent = fixed(share * 100, 0);
                    return (
                        <li key={place} data-share={share} class={place === best ? "best" : ""} style={{ "--class": `var(--class-${place % 8})` }}>
                            <span class="bar-name">{name}</span>
                            <span class="bar" role="meter" aria-label={t.value.sureness(name, percent)} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
                                <span style={{ width: `${share * 100}%` }} />
                            </span>
                            <span class="number">{percent} %</span>
                        </li>
                    );
                })}
            </ul>
            <p class="answer" aria-live="polite" data-answer={best >= 0 ? names[best] : ""}>
                {best >= 0 ? t.value.answer(names[best] ?? "") : ""}
            </p>
            {props.sight !== undefined && <p class="quiet small">{t.value.time(fixed(props.sight.milliseconds, 1))}</p>}
        </>
    );
}

/** Looks at one picture behind another while the camera is open. */
function watch(take: TakePicture, show: (sight: Sight) => void, fail: (error: unknown) => void): () => void {
    let running = true;
    const look = async () => {
        while (running) {
            const pixels = take();
            if (pixels !== undefined) {
                const sight = await seePicture(pixels);
                if (running) show(sight);
            }
            await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
            await nextFrame();
        }
    };
    look().catch((error) => running && fail(error));
    return () => {
        running = false;
    };
}

function ShownPicture(props: { pixels: ImageData; points: Float32Array | undefined }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useEffect(() => canvas.current?.getContext("2d")?.putImageData(props.pixels, 0, 0), [props.pixels]);
    return (
        <div class="shown">
            <canvas ref={canvas} width={props.pixels.width} height={props.pixels.height} />
            {props.points && <Skeleton numbers={props.points} />}
        </div>
    );
}

export function Preview() {
    const [input, setInput] = useState<Input>("none");
    const [sight, setSight] = useState<Sight | undefined>(undefined);
    const [picture, setPicture] = useState<ImageData | undefined>(undefined);
    const [problem, setProblem] = useState<Problem | undefined>(undefined);
    const panel = useRef<HTMLElement>(null);
    const stop = useRef<(() => void) | undefined>(undefined);
    /** What is looked at: another object for each input, and for a microphone, the second that was heard last. */
    const looked = useRef({ last: 0, busy: false });

    const choose = (chosen: Input) => {
        setInput(chosen);
        looked.current = { last: 0, busy: false };
        setSight(undefined);
        setPicture(undefined);
        setProblem(undefined);
    };
    useEffect(() => choose("none"), [kind.value]);
    useEffect(() => () => stop.current?.(), []);
    /** Shows what the machine makes of something, unless another thing is looked at meanwhile. */
    const look = async (see: Promise<Sight>) => {
        const state = looked.current;
        try {
            const seen = await see;
            if (looked.current === state) setSight(seen);
        } catch (error) {
            if (looked.current === state) setProblem(problemOf(error, () => t.value.notSeen));
        }
    };
    // A file or drawing is looked at again once the machine has learnt something else.
    useEffect(() => {
        if (picture !== undefined) void look(seePicture(picture));
    }, [trained.value, picture]);

    const openFiles = async (files: readonly File[]) => {
        const file = files[0];
        if (file === undefined) return;
        choose("files");
        const state = looked.current;
        try {
            if (!isExampleFile(kind.value, file.name, file.type)) throw new Error("another kind of file");
            if (kind.value !== "sounds") {
                const pixels = await decodePicture(file);
                return looked.current === state ? setPicture(pixels) : undefined;
            }
            const { rate, samples } = soundShape();
            const piece = cutPieces(await decodeSound(new Uint8Array(await file.arrayBuffer()), rate), samples)[0];
            if (piece !== undefined && looked.current === state) void look(hearSound(piece));
        } catch {
            if (looked.current === state) setProblem({ say: () => t.value.unreadableFiles(file.name) });
        }
    };
    useEffect(() => (panel.current ? acceptFiles(panel.current, (files) => void openFiles(files)) : undefined), []);

    const listen = async () => {
        const state = looked.current;
        if (state.busy || microphone.seconds < Math.max(longestSeconds, state.last + soundStepSeconds)) return;
        state.busy = true;
        state.last = microphone.seconds;
        await look(microphone.takeSound(soundShape()).then(hearSound));
        state.busy = false;
    };
    const begin = (take: TakePicture | undefined) => {
        stop.current?.();
        stop.current = take === undefined ? undefined : watch(take, setSight, (error) => setProblem(problemOf(error, () => t.value.notSeen)));
    };
    const known = inputs[kind.value];
    return (
        <section ref={panel} class="panel stack" aria-label={t.value.preview}>
            <h2>{t.value.preview}</h2>
            {trained.value === undefined && <p>{t.value.previewNote}</p>}
            <Choice
                label={t.value.inputs}
                value={known.includes(input) ? input : "none"}
                options={known.map((each) => [each, each === "none" ? t.value.nothing : t.value[each]] as const)}
                onChange={choose}
            />
            {input === "camera" && <CameraView ready={begin} overlay={sight?.points && <Skeleton numbers={sight.points} />} />}
            {input === "microphone" && (
                <MicrophoneView ready={(open) => open && (looked.current = { last: 0, busy: false })} heard={() => void listen()} />
            )}
            {input === "files" && (
                <div class="row">
                    <FileButton accept={accepted(kind.value)} onFiles={(files) => void openFiles(files)}>
                        {t.value.chooseFiles}
                    </FileButton>
                </div>
            )}
            {kind.value === "poses" && sight !== undefined && sight.shares === undefined && trained.value !== undefined && (
                <p role="status">{t.value.noBody}</p>
            )}
            {input === "drawing" && <DrawingPad changed={setPicture} />}
            {input === "files" && picture !== undefined && <ShownPicture pixels={picture} points={sight?.points} />}
            {kind.value === "sounds" && sight?.spectrogram && <Spectrogram values={sight.spectrogram} />}
            <ProblemText problem={problem} />
            <Bars sight={sight} />
        </section>
    );
}
