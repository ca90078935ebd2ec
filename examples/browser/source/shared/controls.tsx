// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What a reader turns and presses. Every control has a label, and a unit or a word beside its number.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { both, number, texts } from "./texts";

type SliderProps = {
    label: string;
    unit?: string;
    value: number;
    min: number;
    max: number;
    step?: number;
    /** Powers of ten between equal steps: the numbers min, max and step are exponents then, the value is not. */
    logarithmic?: boolean;
    hint?: string;
    disabled?: boolean;
    format?: (value: number) => string;
    onInput: (value: number) => void;
};

export function Slider(props: SliderProps) {
    const id = useId();
    const { logarithmic, value } = props;
    const shown = (props.format ?? ((shown: number) => number(shown, 3)))(value) + (props.unit ? ` ${props.unit}` : "");
    return (
        <div class="control">
            <label for={id}>
                <span>{props.label}</span>
                <output for={id}>{shown}</output>
            </label>
            <input
                id={id}
                type="range"
                min={props.min}
                max={props.max}
                step={props.step ?? 1}
                value={logarithmic ? Math.log10(value) : value}
                aria-valuetext={shown}
                disabled={props.disabled}
                onInput={(event) => {
                    const moved = event.currentTarget.valueAsNumber;
                    props.onInput(logarithmic ? Number((10 ** moved).toPrecision(12)) : moved);
                }}
            />
            {props.hint && <span class="hint">{props.hint}</span>}
        </div>
    );
}

type SelectProps<Value extends string> = {
    label: string;
    value: Value;
    options: readonly (readonly [value: Value, text: string])[];
    hint?: string;
    disabled?: boolean;
    onChange: (value: Value) => void;
};

export function Select<Value extends string>(props: SelectProps<Value>) {
    const id = useId();
    return (
        <div class="control">
            <label for={id}>{props.label}</label>
            <select id={id} value={props.value} disabled={props.disabled} onChange={(event) => props.onChange(event.currentTarget.value as Value)}>
                {props.options.map(([value, text]) => (
                    <option key={value} value={value}>
                        {text}
                    </option>
                ))}
            </select>
            {props.hint && <span class="hint">{props.hint}</span>}
        </div>
    );
}

/** A few options of which all are seen. */
export function Choice<Value extends string>(props: SelectProps<Value>) {
    const id = useId();
    return (
        <fieldset class="choice" disabled={props.disabled}>
            <legend>{props.label}</legend>
            {props.options.map(([value, text]) => (
                <label key={value}>
                    <input type="radio" name={id} value={value} checked={value === props.value} onChange={() => props.onChange(value)} />
                    <span>{text}</span>
                </label>
            ))}
        </fieldset>
    );
}

type NumberProps = {
    label: string;
    unit?: string;
    value: number;
    min?: number;
    max?: number;
    step?: number | "any";
    hint?: string;
    disabled?: boolean;
    onChange: (value: number) => void;
};

const t = texts(
    both(
        {
            noNumber: "This is no number",
            refused: (typed: string, range: string, value: string) => `${typed}: expected ${range}. It stays ${value}.`,
            range: (whole: boolean, least: string, most: string) => `a ${whole ? "whole " : ""}number from ${least} to ${most}`,
            open: (whole: boolean) => `a ${whole ? "whole " : ""}number that is not too small or too large`,
        },
        {
            noNumber: "수가 아닙니다",
            refused: (typed: string, range: string, value: string) => `${typed}: ${range}를 넣으세요. 값은 그대로 ${value}입니다.`,
            range: (whole: boolean, least: string, most: string) => `${least}부터 ${most}까지의 ${whole ? "정수" : "수"}`,
            open: (whole: boolean) => `너무 크거나 작지 않은 ${whole ? "정수" : "수"}`,
        },
    ),
);

/** A number to type. What is no number, or out of bounds, is not taken, and it is said what would be. */
export function NumberField(props: NumberProps) {
    const id = useId();
    const [refused, refuse] = useState<{ typed: string; kept: number } | undefined>(undefined);
    const { min, max } = props;
    const explain = ({ typed, kept }: { typed: string; kept: number }) => {
        const whole = props.step !== undefined && props.step !== "any" && Number.isInteger(props.step);
        const range = min === undefined || max === undefined ? t.value.open(whole) : t.value.range(whole, String(min), String(max));
        return t.value.refused(typed === "" ? t.value.noNumber : typed, range, String(kept));
    };
    return (
        <div class="control">
            <label for={id}>{props.label}</label>
            <span class="with-unit">
                <input
                    id={id}
                    type="number"
                    value={props.value}
                    min={props.min}
                    max={props.max}
                    step={props.step ?? "any"}
                    disabled={props.disabled}
                    aria-describedby={props.unit ? `${id}-unit` : undefined}
                    onChange={(event) => {
                        const typed = event.currentTarget;
                        const taken = typed.validity.valid && Number.isFinite(typed.valueAsNumber);
                        refuse(taken ? undefined : { typed: typed.value, kept: props.value });
                        if (taken) props.onChange(typed.valueAsNumber);
                        else typed.value = String(props.value);
                    }}
                />
                {props.unit && <span id={`${id}-unit`}>{props.unit}</span>}
            </span>
            {refused !== undefined && (
                <span class="error small" role="alert">
                    {explain(refused)}
                </span>
            )}
            {props.hint && <span class="hint">{props.hint}</span>}
        </div>
    );
}

type TextProps = {
    label: string;
    value: string;
    hint?: string;
    error?: string;
    onInput: (value: string) => void;
};

export function TextField(props: TextProps) {
    const id = useId();
    return (
        <div class="control">
            <label for={id}>{props.label}</label>
            <input
                id={id}
                type="text"
                value={props.value}
                aria-invalid={!!props.error}
                aria-describedby={`${id}-said`}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => props.onInput(event.currentTarget.value)}
            />
            <span id={`${id}-said`} class={props.error ? "error" : "hint"} role={props.error ? "alert" : undefined}>
                {props.error || props.hint}
            </span>
        </div>
    );
}

type ButtonProps = {
    children: ComponentChildren;
    primary?: boolean;
    pressed?: boolean;
    disabled?: boolean;
    /** For a button whose text is a picture. */
    label?: string;
    onClick: () => void;
};

export function Button(props: ButtonProps) {
    return (
        <button
            type="button"
            class={props.primary ? "primary" : undefined}
            aria-pressed={props.pressed}
            aria-label={props.label}
            disabled={props.disabled}
            onClick={props.onClick}
        >
            {props.children}
        </button>
    );
}

export function Check(props: { label: string; checked: boolean; disabled?: boolean; onChange: (checked: boolean) => void }) {
    return (
        <label class="check">
            <input type="checkbox" checked={props.checked} disabled={props.disabled} onChange={(event) => props.onChange(event.currentTarget.checked)} />
            <span>{props.label}</span>
        </label>
    );
}

/** A button that asks for files. */
export function FileButton(props: { children: ComponentChildren; accept: string; multiple?: boolean; onFiles: (files: File[]) => void }) {
    const id = useId();
    return (
        <>
            <input
                id={id}
                class="unseen"
                type="file"
                accept={props.accept}
                multiple={props.multiple}
                onChange={(event) => {
                    const chosen = [...(event.currentTarget.files ?? [])];
                    event.currentTarget.value = ""; // the same file can be chosen again
                    if (chosen.length) props.onFiles(chosen);
                }}
            />
            <label class="file-button" for={id}>
                {props.children}
            </label>
        </>
    );
}
