// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The cart that is shown, and how the reader pushes it.
import { Button, Choice, Slider } from "../shared/controls";
import { fixed, number } from "../shared/texts";
import { Picture, type Side } from "./picture";
import { ask, choose, described, driver, fallenAfter, moving, press, release, setPace, shown, state, worker } from "./state";
import { t } from "./texts";

const degrees = (radians: number) => fixed((radians * 180) / Math.PI, 1);

let keyed = false; // whether a key presses one of the buttons that push

/** A button that pushes while it is held, by a finger, the mouse or a key. */
function pushing(side: Side) {
    const isKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";
    return {
        // A click that no pointer and no key made is that of an assistive technology.
        onClick: (event: MouseEvent) => {
            if (event.detail !== 0 || keyed) return;
            press(side);
            setTimeout(release, 100);
        },
        onPointerDown: (event: PointerEvent) => {
            if (event.button !== 0) return;
            (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
            press(side);
        },
        onPointerUp: release,
        onPointerCancel: release,
        onKeyDown: (event: KeyboardEvent) => {
            if (!isKey(event) || event.repeat) return;
            keyed = true;
            press(side);
        },
        onKeyUp: (event: KeyboardEvent) => {
            if (!isKey(event)) return;
            release();
            setTimeout(() => (keyed = false)); // behind the click that the key makes
        },
        onBlur: release,
    };
}

export function Cart() {
    const told = described.value;
    const texts = t.value;
    const label = told ? texts.picture(fixed(told.seconds, 1), degrees(told.angle), fixed(told.position, 2)) : texts.starting;
    const longest = driver.value === "agent" ? told?.longestOfAgent : told?.longestOfReader;
    return (
        <section class="panel stack" aria-labelledby="cart">
            <h2 id="cart">{texts.cart}</h2>
            <Picture shown={shown} poleLength={state.value.length} push={state.value.push} label={label} onPress={press} onRelease={release} />
            <p class="quiet">{driver.value === "agent" ? texts.pushHint : texts.playHint}</p>
            <div class="row">
                <button type="button" class="push" aria-label={texts.left} {...pushing(-1)}>
                    ◀
                </button>
                <button type="button" class="push" aria-label={texts.right} {...pushing(1)}>
                    ▶
                </button>
                <Button
                    onClick={() => {
                        fallenAfter.value = undefined;
                        ask(worker.beginShown());
                    }}
                >
                    {texts.again}
                </Button>
                <Button
                    pressed={!moving.value}
                    onClick={() => {
                        moving.value = !moving.value;
                        ask(setPace());
                    }}
                >
                    {texts.still}
                </Button>
            </div>
            <Choice
                label={texts.who}
                value={driver.value}
                options={[
                    ["agent", texts.agent],
                    ["reader", texts.reader],
                ]}
                onChange={(chosen) => {
                    driver.value = chosen;
                    fallenAfter.value = undefined;
                    ask(worker.setDriver(chosen));
                }}
            />
            <Slider label={texts.pace} value={state.value.pace} min={0.1} max={2} step={0.1} format={(pace) => texts.times(number(pace, 2))} onInput={(pace) => choose({ pace })} />
            <dl class="facts">
                <dt>{texts.stands}</dt>
                <dd data-fact="seconds">{texts.seconds(fixed(told?.seconds ?? 0, 1))}</dd>
                <dt>{texts.longest}</dt>
                <dd data-fact="longest">{texts.seconds(fixed(longest ?? 0, 1))}</dd>
                <dt>{texts.lean}</dt>
                <dd>{texts.degrees(degrees(told?.angle ?? 0))}</dd>
            </dl>
            <p role="status" class="solved">
                {fallenAfter.value !== undefined && texts.fell(fixed(fallenAfter.value, 1))}
            </p>
        </section>
    );
}
