// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Records examples while a button is held down, or for some seconds with both hands free.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../shared/controls";
import { t } from "./state";

const delaySeconds = 3;

/** "waiting" counts down before a timed recording. */
export type RecordingState = { readonly what: "idle" | "recording" } | { readonly what: "waiting"; readonly seconds: number };

/**
 * The two buttons of a recording.
 * @param seconds how long a timed recording lasts
 * @param begin called when recording begins; what it returns is called when it ends
 */
export function RecordButtons(props: { note: string; seconds: number; disabled: boolean; begin: () => () => void }) {
    const [state, setState] = useState<RecordingState>({ what: "idle" });
    const running = useRef<(() => void) | undefined>(undefined);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

    const end = () => {
        clearTimeout(timer.current);
        timer.current = undefined;
        running.current?.();
        running.current = undefined;
        setState({ what: "idle" });
    };
    const begin = () => {
        if (running.current !== undefined || props.disabled) return;
        running.current = props.begin();
        setState({ what: "recording" });
    };
    const wait = (seconds: number) => {
        if (seconds === 0) {
            begin();
            timer.current = setTimeout(end, props.seconds * 1000);
            return;
        }
        setState({ what: "waiting", seconds });
        timer.current = setTimeout(() => wait(seconds - 1), 1000);
    };
    // A card that is closed does not go on.
    useEffect(
        () => () => {
            clearTimeout(timer.current);
            running.current?.();
        },
        [],
    );

    const isKey = (key: string) => key === " " || key === "Enter";
    const timed = timer.current !== undefined;
    return (
        <div class="stack">
            <div class="row">
                <button
                    type="button"
                    class={`primary hold${state.what === "recording" ? " recording" : ""}`}
                    disabled={props.disabled}
                    onPointerDown={(event) => {
                        if (event.button !== 0) return;
                        event.currentTarget.setPointerCapture(event.pointerId);
                        begin();
                    }}
                    onPointerUp={end}
                    onPointerCancel={end}
                    onLostPointerCapture={() => !timed && end()}
                    onContextMenu={(event) => event.preventDefault()}
                    onKeyDown={(event) => {
                        if (!isKey(event.key)) return;
                        event.preventDefault();
                        if (!event.repeat) begin();
                    }}
                    onKeyUp={(event) => isKey(event.key) && end()}
                    onBlur={() => !timed && end()}
                >
                    {state.what === "recording" ? t.value.recording : t.value.hold}
                </button>
                {state.what === "idle" ? (
                    <Button disabled={props.disabled} onClick={() => wait(delaySeconds)}>
                        {t.value.timed(props.seconds)}
                    </Button>
                ) : (
                    <Button onClick={end}>{t.value.stop}</Button>
                )}
                <span role="status">{state.what === "waiting" ? t.value.countdown(state.seconds) : ""}</span>
            </div>
            <p class="quiet small">
                {props.note} {t.value.timedNote}
            </p>
        </div>
    );
}
