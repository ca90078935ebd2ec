// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// A card for each class: its name, its examples, and the ways to more of them.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, FileButton } from "../shared/controls";
import { acceptFiles } from "../shared/files";
import { CameraView, MicrophoneView, microphone, type TakePicture } from "./capture";
import { DrawingPad } from "./drawing";
import { RecordButtons } from "./recording";
import { longestName, type Class, type Kind } from "./project";
import { addChosenFiles, addNamedClass, addPicture, addSound, clearOne, removeOne, renameOne } from "./session";
import { isStoring, isTraining, kind, offer, project, t } from "./state";
import { Thumbnails } from "./thumbnails";
import { soundRate } from "./wave";

type Way = "camera" | "microphone" | "drawing";
const ways: { readonly [Name in Kind]: readonly Way[] } = { pictures: ["camera", "drawing"], sounds: ["microphone"], poses: ["camera"] };
export const accepted = (shown: Kind): string => (shown === "sounds" ? "audio/*" : "image/*");

const recordMilliseconds = 100;

function CameraWay(props: { classKey: number }) {
    const [take, setTake] = useState<TakePicture | undefined>(undefined);
    const record = () => {
        const store = () => {
            const pixels = take?.();
            if (pixels !== undefined) void addPicture(props.classKey, pixels);
        };
        store();
        const timer = setInterval(store, recordMilliseconds);
        return () => clearInterval(timer);
    };
    return (
        <>
            <CameraView ready={(ready) => setTake(() => ready)} />
            <RecordButtons note={t.value.holdNote} seconds={5} disabled={take === undefined} begin={record} />
        </>
    );
}

function MicrophoneWay(props: { classKey: number }) {
    const [open, setOpen] = useState(false);
    const record = () => {
        let stored = microphone.seconds;
        return microphone.listen(() => {
            if (microphone.seconds < stored + 1) return;
            stored += 1;
            void addSound(props.classKey, microphone.takeSound({ rate: soundRate, samples: soundRate }));
        });
    };
    return (
        <>
            <MicrophoneView ready={setOpen} />
            <RecordButtons note={t.value.holdSoundNote} seconds={10} disabled={!open} begin={record} />
        </>
    );
}

function countText(shown: Class): string {
    const count = shown.examples.length;
    if (kind.value === "pictures") return t.value.countPictures(count);
    return kind.value === "sounds" ? t.value.countSounds(count) : t.value.countPoses(count);
}

function Card(props: { shown: Class; place: number; way: Way | undefined; chooseWay: (way: Way | undefined) => void; removable: boolean }) {
    const { shown, way } = props;
    const card = useRef<HTMLElement>(null);
    useEffect(() => (card.current ? acceptFiles(card.current, (files) => void addChosenFiles(shown.key, files)) : undefined), [shown.key]);
    return (
        <section ref={card} class="panel stack card" aria-label={shown.name} style={{ "--class": `var(--class-${props.place % 8})` }}>
            <div class="row">
                <input
                    type="text"
                    class="name"
                    value={shown.name}
                    maxLength={longestName}
                    aria-label={t.value.nameLabel(shown.name)}
                    autocomplete="off"
                    onChange={(event) => {
                        renameOne(shown.key, event.currentTarget.value);
                        // What was typed may be no name, or have got a number.
                        event.currentTarget.value = project.value.classes.find((value) => value.key === shown.key)?.name ?? shown.name;
                    }}
                />
                <span class="quiet">{countText(shown)}</span>
            </div>
            <div class="row" role="group" aria-label={t.value.ways}>
                {ways[kind.value].map((each) => (
                    <Button key={each} pressed={way === each} onClick={() => props.chooseWay(way === each ? undefined : each)}>
                        {t.value[each]}
                    </Button>
                ))}
                <FileButton accept={accepted(kind.value)} multiple onFiles={(files) => void addChosenFiles(shown.key, files)}>
                    {t.value.files}
                </FileButton>
            </div>
            {way === "camera" && <CameraWay classKey={shown.key} />}
            {way === "microphone" && <MicrophoneWay classKey={shown.key} />}
            {way === "drawing" && (
                <DrawingPad>{(take) => <Button primary onClick={() => void addPicture(shown.key, take())}>{t.value.addDrawing}</Button>}</DrawingPad>
            )}
            {shown.examples.length === 0 && way === undefined && <p class="quiet small">{t.value.dropNote}</p>}
            <Thumbnails shown={shown} />
            <div class="row">
                <Button disabled={shown.examples.length === 0} label={t.value.clearClass(shown.name)} onClick={() => clearOne(shown.key)}>
                    {t.value.clear}
                </Button>
                <Button disabled={!props.removable} label={t.value.removeClass(shown.name)} onClick={() => removeOne(shown.key)}>
                    {t.value.remove}
                </Button>
            </div>
        </section>
    );
}

export function Cards() {
    // One way is open at a time: one camera, one card.
    const [open, setOpen] = useState<{ key: number; way: Way } | undefined>(undefined);
    useEffect(() => setOpen(undefined), [kind.value]);
    const { classes } = project.value;
    const most = offer.value?.mostClasses ?? 2;
    return (
        <section class="stack" aria-label={t.value.classes} aria-busy={isStoring.value}>
            <h2>{t.value.classes}</h2>
            <p>{t.value.kindNotes[kind.value]}</p>
            {classes.map((shown, place) => (
                <Card
                    key={`${kind.value} ${shown.key}`}
                    shown={shown}
                    place={place}
                    way={open?.key === shown.key && ways[kind.value].includes(open.way) ? open.way : undefined}
                    chooseWay={(way) => setOpen(way === undefined ? undefined : { key: shown.key, way })}
                    removable={classes.length > 1 && !isTraining.value}
                />
            ))}
            <div class="row">
                <Button disabled={classes.length >= most} onClick={addNamedClass}>
                    {t.value.addClass}
                </Button>
                {classes.length >= most && <span class="quiet">{t.value.mostClasses(most)}</span>}
            </div>
        </section>
    );
}
