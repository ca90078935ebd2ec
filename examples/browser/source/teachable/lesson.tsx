// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Training, and what is under the hood: the numbers that steer it, its curves, and how well each class is told apart.
import { useEffect, useState } from "preact/hooks";
import { Curves, type Curve } from "../shared/chart";
import { Code } from "../shared/code";
import { Button, FileButton, NumberField, Select } from "../shared/controls";
import { fixed } from "../shared/texts";
import { drawnTrunk, ranges, type Settings } from "./project";
import type { History, NetworkTypes, Outcome } from "./service";
import { addTrunk, changeNumber, chooseTrunk, train } from "./session";
import { history, isStale, isTraining, kind, knownNames, lack, offer, project, reading, service, t, trained } from "./state";

const settingNames: readonly (keyof Settings)[] = ["epochs", "batch", "rate", "heldOut", "seed"];

function lackText(): string {
    const missing = lack.value;
    if (missing.what === "classes") return t.value.needClasses;
    if (missing.what === "nothing") return "";
    return kind.value === "poses" ? t.value.needPoints(missing.name) : t.value.needExamples(missing.name);
}

function SettingFields() {
    const units = { epochs: t.value.epochsUnit, batch: t.value.batchUnit, rate: t.value.rateUnit, heldOut: t.value.heldOutUnit, seed: t.value.seedUnit };
    return (
        <div class="settings">
            {settingNames.map((name) => (
                <NumberField
                    key={name}
                    label={t.value[name]}
                    unit={units[name]}
                    value={project.value.settings[name]}
                    min={ranges[name].least}
                    max={ranges[name].most}
                    step={ranges[name].whole ? 1 : "any"}
                    disabled={isTraining.value}
                    onChange={(value) => changeNumber(name, value)}
                />
            ))}
        </div>
    );
}

function curves(learnt: readonly number[], heldOut: readonly number[], scale: number): Curve[] {
    const drawn: Curve[] = [{ name: t.value.curveLearnt, color: "var(--class-0)", values: learnt.map((value) => value * scale), first: 1 }];
    if (heldOut.length > 0) drawn.push({ name: t.value.curveHeldOut, color: "var(--class-1)", values: heldOut.map((value) => value * scale), first: 1, dashed: true });
    return drawn;
}

function Charts(props: { shown: History }) {
    const { loss, accuracy, heldOutLoss, heldOutAccuracy } = props.shown;
    return (
        <>
            <h3>{t.value.lossChart}</h3>
            <Curves curves={curves(loss, heldOutLoss, 1)} label={t.value.lossChart} xName={t.value.epochAxis} height={150} />
            <h3>{t.value.accuracyChart}</h3>
            <Curves curves={curves(accuracy, heldOutAccuracy, 100)} label={t.value.accuracyChart} xName={t.value.epochAxis} height={150} yRange={[0, 100]} />
        </>
    );
}

function Tables(props: { outcome: Outcome }) {
    const names = knownNames.value;
    const { confusion } = props.outcome;
    const count = names.length;
    const rows = names.map((name, row) => {
        const counts = names.map((_, column) => confusion[row * count + column] ?? 0);
        return { name, counts, all: counts.reduce((sum, value) => sum + value, 0), right: counts[row] ?? 0 };
    });
    const note = props.outcome.heldOut ? t.value.checkedHeldOut : t.value.checkedLearnt;
    return (
        <>
            <div class="scroll" tabIndex={0} role="region" aria-label={t.value.perClass}>
                <table class="accuracies">
                    <caption>
                        {t.value.perClass}. {note}
                    </caption>
                    <thead>
                        <tr>
                            <th scope="col">{t.value.classColumn}</th>
                            <th scope="col" class="number">{t.value.examplesColumn}</th>
                            <th scope="col" class="number">{t.value.accuracyColumn}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map(({ name, all, right }, row) => (
                            <tr key={row}>
                                <th scope="row">{name}</th>
                                <td class="number">{all}</td>
                                <td class="number">{all === 0 ? "–" : `${fixed((right / all) * 100)} %`}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            <div class="scroll" tabIndex={0} role="region" aria-label={t.value.confusion}>
                <table class="confusion">
                    <caption>
                        {t.value.confusion}. {t.value.confusionNote}
                    </caption>
                    <thead>
                        <tr>
                            <td />
                            {names.map((name, column) => (
                                <th key={column} scope="col" class="number">
                                    {name}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map(({ name, counts, all }, row) => (
                            <tr key={row}>
                                <th scope="row">{name}</th>
                                {counts.map((value, column) => (
                                    <td key={column} class="number" title={t.value.taken(value, name, names[column] ?? "")}>
                                        <span style={{ "--share": all === 0 ? 0 : value / all }}>{value}</span>
                                    </td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </>
    );
}

function NetworkType() {
    const [types, setTypes] = useState<NetworkTypes | undefined>(undefined);
    const { trunk } = project.value;
    const ready = offer.value !== undefined;
    const classes = project.value.classes.length;
    useEffect(() => {
        let current = true;
        const show = (found: NetworkTypes | undefined) => current && setTypes(found);
        // Where it cannot be said, what opens the network says why.
        if (ready) service.describe(kind.value, trunk, classes).then(show, () => show(undefined));
        return () => {
            current = false;
        };
    }, [kind.value, trunk, ready, classes, trained.value]);
    if (types === undefined) return null;
    return (
        <>
            <Code title={t.value.type} text={types.head} />
            {types.trunk !== "" && !types.trunk.includes("input<") && (
                <p class="quiet small">
                    {t.value.wordsBelow} <span lang="en">{types.trunk}</span>
                </p>
            )}
            {types.trunk.includes("input<") && (
                <details>
                    <summary>{t.value.typeBelow}</summary>
                    <Code title={t.value.typeBelow} text={types.trunk} />
                </details>
            )}
        </>
    );
}

function Trunks() {
    const names = offer.value?.trunks ?? [];
    const { trunk } = project.value;
    if (kind.value !== "pictures" && names.length < 2) return null;
    return (
        <>
            <div class="row">
                <Select label={t.value.trunk} value={trunk} options={names.map((name) => [name, name] as const)} disabled={isTraining.value} onChange={(name) => void chooseTrunk(name)} />
                {kind.value === "pictures" && (
                    <FileButton accept=".safetensors" onFiles={(files) => void addTrunk(files)}>
                        {t.value.trunkFile}
                    </FileButton>
                )}
            </div>
            {trunk === drawnTrunk && <p class="quiet small">{t.value.weakTrunk}</p>}
        </>
    );
}

export function Lesson() {
    const epochs = project.value.settings.epochs;
    const shown = history.value ?? trained.value?.outcome?.history;
    const epoch = history.value?.loss.length ?? 0;
    const looking = reading.value;
    const missing = lackText();
    return (
        <section class="panel stack" aria-label={t.value.learning}>
            <h2>{t.value.learning}</h2>
            <div class="row">
                <Button primary disabled={offer.value === undefined || isTraining.value || missing !== ""} onClick={() => void train()}>
                    {t.value.train}
                </Button>
                {isTraining.value && <Button onClick={() => void service.stop()}>{t.value.pause}</Button>}
            </div>
            {isTraining.value && (
                <label class="control">
                    <span>{looking.all > 0 ? t.value.reading(looking.done, looking.all) : t.value.progress(epoch, epochs)}</span>
                    {looking.all > 0 ? <progress value={looking.done} max={looking.all} /> : <progress value={epoch} max={epochs} />}
                </label>
            )}
            <p role="status" class="small" data-state={isTraining.value ? "training" : trained.value ? (isStale.value ? "stale" : "trained") : "new"}>
                {!isTraining.value && missing}
                {!isTraining.value && missing === "" && trained.value?.outcome && !isStale.value && t.value.learnt(fixed(trained.value.outcome.seconds, 1))}
                {!isTraining.value && missing === "" && trained.value && isStale.value && t.value.stale}
            </p>
            <details>
                <summary>{t.value.hood}</summary>
                <div class="stack">
                    <Trunks />
                    <SettingFields />
                    {shown && <Charts shown={shown} />}
                    {!isTraining.value && trained.value?.outcome && <Tables outcome={trained.value.outcome} />}
                </div>
            </details>
            <NetworkType />
        </section>
    );
}
