// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { Curves } from "../shared/chart";
import { Code } from "../shared/code";
import { Button, Choice, NumberField, Select, Slider } from "../shared/controls";
import { showPage } from "../shared/frame";
import { ProblemText } from "../shared/problem";
import { fixed, number, texts } from "../shared/texts";
import { dataOf, type DataName, type Task } from "./data";
import { Plane } from "./plane";
import * as state from "./state";
import "./style.css";
import { lineTexts } from "./texts";

const t = texts(lineTexts);
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A sum of terms as one writes it: 2 + 3 x − 0.5 x². */
function sumOf(terms: readonly (readonly [coefficient: number, name: string])[]): string {
    return terms
        .map(([coefficient, name], i) => {
            const size = number(i === 0 ? coefficient : Math.abs(coefficient), 4) + (name && ` ${name}`);
            return i === 0 ? size.replace("-", "−") : `${coefficient < 0 ? "−" : "+"} ${size}`;
        })
        .join(" ");
}

function LineControls() {
    return (
        <>
            <Slider label={t.value.degree} value={state.degree.value} min={1} max={8} hint={t.value.degreeHint} onInput={(value) => (state.degree.value = value)} />
            <Slider
                label={t.value.ridge}
                value={state.ridge.value}
                min={state.leastRidge}
                max={4}
                step={0.25}
                format={() => (state.l2.value === 0 ? t.value.noPenalty : number(state.l2.value, 3))}
                onInput={(value) => (state.ridge.value = value)}
            />
            <Choice
                label={t.value.residuals}
                value={state.residuals.value}
                options={(["none", "lines", "squares"] as const).map((kind) => [kind, t.value.residualKinds[kind]] as const)}
                onChange={(kind) => (state.residuals.value = kind)}
            />
        </>
    );
}

function LineResults() {
    const found = state.curve.value;
    if (!found) return <p role="status">{t.value.needPoint}</p>;
    let squares = 0;
    found.points.forEach((point, i) => (squares += (point.y - found.fitted[i]!) ** 2));
    const terms = Array.from(found.coefficients, (value, power) => [value, power === 0 ? "" : power === 1 ? "x" : `x${superscripts[power]}`] as const);
    return (
        <>
            <div role="status">
                <h2>{t.value.formula}</h2>
                <p class="formula" data-testid="formula" data-coefficients={Array.from(found.coefficients).join(" ")}>
                    y = {sumOf(terms)}
                </p>
            </div>
            <dl class="facts">
                <dt>{t.value.rSquared}</dt>
                <dd data-testid="r-squared" data-value={found.rSquared}>
                    {fixed(found.rSquared, 4)}
                </dd>
                <dt>{t.value.squares}</dt>
                <dd data-testid="squares" data-value={squares}>
                    {number(squares, 4)}
                </dd>
                {found.rank < found.coefficients.length - 1 && (
                    <>
                        <dt>{t.value.rank}</dt>
                        <dd>{t.value.rankOf(fixed(found.rank + 1), fixed(found.coefficients.length))}</dd>
                    </>
                )}
            </dl>
            <NumberField
                label={t.value.predictX}
                unit={state.axisNames.value[0] === "x" ? "" : state.axisNames.value[0]}
                value={state.predictedX.value}
                hint={`${t.value.predicted}: ${number(found.predicted, 5)}${state.axisNames.value[1] === "y" ? "" : ` ${state.axisNames.value[1]}`}`}
                onChange={(value) => (state.predictedX.value = value)}
            />
        </>
    );
}

function ClusterControls() {
    const enough = state.enoughForClusters.value;
    return (
        <>
            <Slider label={t.value.clusterCount} value={state.k.value} min={1} max={8} onInput={(value) => (state.k.value = value)} />
            <div class="row">
                <Button disabled={!enough} onClick={() => void state.drawCenters()}>
                    {t.value.newCenters}
                </Button>
                <Button disabled={!enough || state.running.value} onClick={() => void state.stepClusters()}>
                    {t.value.step}
                </Button>
                <Button primary disabled={!enough} onClick={() => (state.running.value ? (state.running.value = false) : void state.runClusters())}>
                    {state.running.value ? t.value.pause : t.value.run}
                </Button>
                <Button disabled={!enough} onClick={() => void state.findBest()}>
                    {t.value.best}
                </Button>
            </div>
        </>
    );
}

function ClusterResults() {
    const found = state.clusters.value;
    if (!state.enoughForClusters.value) return <p role="status">{t.value.needPoints(fixed(state.k.value))}</p>;
    return (
        <>
            <dl class="facts" role="status">
                <dt>{t.value.steps}</dt>
                <dd data-testid="steps">{fixed(found?.steps ?? 0)}</dd>
                <dt>{t.value.inertia}</dt>
                <dd data-testid="inertia" data-value={found?.inertia} data-centers={found && Array.from(found.centers).join(" ")}>
                    {found?.inertia === undefined ? "–" : number(found.inertia, 5)}
                </dd>
            </dl>
            {found?.settled && <p>{t.value.settled}</p>}
            {state.inertias.value.length > 0 && (
                <>
                    <h3>{t.value.inertias}</h3>
                    <Curves label={t.value.inertias} xName={t.value.groups} curves={[{ name: t.value.inertias, color: "var(--class-0)", values: state.inertias.value, first: 1 }]} />
                </>
            )}
        </>
    );
}

function ClassControls() {
    return (
        <>
            <Choice
                label={t.value.newClass}
                value={String(state.newLabel.value)}
                options={state.classNames.map((name, label) => [String(label), t.value.className(name)] as const)}
                onChange={(label) => (state.newLabel.value = Number(label))}
            />
            <Slider label={t.value.classDegree} value={state.curving.value} min={1} max={3} hint={t.value.classDegreeHint} onInput={(value) => (state.curving.value = value)} />
            <Slider
                label={t.value.trust}
                value={state.trust.value}
                min={-4}
                max={4}
                step={0.25}
                hint={t.value.trustHint}
                format={() => number(state.c.value, 3)}
                onInput={(value) => (state.trust.value = value)}
            />
        </>
    );
}

function ClassResults() {
    const found = state.boundary.value;
    if (!found) return <p role="status">{t.value.needTwoClasses}</p>;
    const total = state.points.value.length;
    return (
        <dl class="facts" role="status">
            <dt>{t.value.accuracy}</dt>
            <dd data-testid="accuracy" data-value={found.accuracy} data-coefficients={Array.from(found.coefficients).join(" ")}>
                {fixed(100 * found.accuracy, 1)} % ({fixed(Math.round(found.accuracy * total))} / {fixed(total)})
            </dd>
            <dt>{t.value.iterations}</dt>
            <dd>{fixed(found.iterations)}</dd>
            <dt>{t.value.shares}</dt>
            <dd data-testid="shares">
                {found.classes.map((label, i) => `${state.classNames[label]} ${fixed(100 * found.atCursor[i]!, 1)} %`).join(", ")}
            </dd>
        </dl>
    );
}

function PointTable() {
    const { points, bounds } = state;
    const labelled = state.task.value === "classes";
    return (
        <details class="panel">
            <summary>{t.value.points}</summary>
            <div class="numbers scroll" tabIndex={0} role="region" aria-label={t.value.points}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{state.axisNames.value[0]}</th>
                            <th scope="col">{state.axisNames.value[1]}</th>
                            {labelled && <th scope="col">{t.value.label}</th>}
                            <th scope="col">
                                <span class="unseen">{t.value.remove}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {points.value.map((point, i) => {
                            const change = (typed: HTMLInputElement, name: "x" | "y") => {
                                const value = typed.valueAsNumber;
                                if (state.isPlace(value)) state.typePoint(i, name === "x" ? value : point.x, name === "y" ? value : point.y);
                                else typed.value = String(point[name]);
                            };
                            return (
                                <tr key={i}>
                                    <td>
                                        <input type="number" step="any" aria-label={`x ${i + 1}`} value={point.x} onChange={(event) => change(event.currentTarget, "x")} />
                                    </td>
                                    <td>
                                        <input type="number" step="any" aria-label={`y ${i + 1}`} value={point.y} onChange={(event) => change(event.currentTarget, "y")} />
                                    </td>
                                    {labelled && (
                                        <td>
                                            <select aria-label={`${t.value.label} ${i + 1}`} value={point.label} onChange={(event) => state.labelPoint(i, Number(event.currentTarget.value))}>
                                                {state.classNames.map((name, label) => (
                                                    <option key={name} value={label}>
                                                        {name}
                                                    </option>
                                                ))}
                                            </select>
                                        </td>
                                    )}
                                    <td>
                                        <Button label={`${t.value.remove} ${i + 1}`} onClick={() => state.removePoint(i)}>
                                            ×
                                        </Button>
                                    </td>
                                </tr>
                            );
                        })}
                    </tbody>
                </table>
            </div>
            <div class="row">
                <Button onClick={() => state.addPoint((bounds.value.x[0] + bounds.value.x[1]) / 2, (bounds.value.y[0] + bounds.value.y[1]) / 2)}>{t.value.addRow}</Button>
                <Button onClick={state.removeAll}>{t.value.removeAll}</Button>
            </div>
        </details>
    );
}

function Content() {
    const { task, dataName } = state;
    const program = task.value === "line" ? state.curve.value?.program : task.value === "clusters" ? state.clusters.value?.program : state.boundary.value?.program;
    const names = [...dataOf[task.value], ...(dataName.value === "own" ? (["own"] as const) : [])];
    return (
        <div class="columns">
            <div class="stack">
                <Choice
                    label={t.value.task}
                    value={task.value}
                    options={(["line", "clusters", "classes"] as const).map((one) => [one, t.value.tasks[one]] as const)}
                    onChange={(chosen: Task) => state.chooseTask(chosen)}
                />
                <Plane />
                <PointTable />
            </div>
            <div class="stack">
                <section class="panel stack">
                    <Select
                        label={t.value.data}
                        value={dataName.value}
                        options={names.map((name) => [name, t.value.dataNames[name]] as const)}
                        onChange={(name) => name !== "own" && state.chooseData(name as DataName)}
                    />
                    <Choice
                        label={t.value.tool}
                        value={state.tool.value}
                        options={(["add", "remove"] as const).map((tool) => [tool, t.value.tools[tool]] as const)}
                        onChange={(tool) => (state.tool.value = tool)}
                    />
                    {task.value === "line" ? <LineControls /> : task.value === "clusters" ? <ClusterControls /> : <ClassControls />}
                </section>
                <section class="panel stack">
                    {state.relaxed.value === undefined && !state.failure.value ? (
                        <p role="status">{t.value.loading}</p>
                    ) : task.value === "line" ? (
                        <LineResults />
                    ) : task.value === "clusters" ? (
                        <ClusterResults />
                    ) : (
                        <ClassResults />
                    )}
                    <ProblemText problem={state.failure.value} />
                </section>
                {program && <Code title={t.value.program} text={program} />}
                {state.relaxed.value !== undefined && <p class="quiet">{state.relaxed.value ? t.value.fast : t.value.plain}</p>}
            </div>
        </div>
    );
}

state.begin();
showPage("line", () => t.value, Content);
