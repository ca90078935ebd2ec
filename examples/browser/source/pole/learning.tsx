// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// How the agent learns, and what it thinks.
import { Curves } from "../shared/chart";
import { Button, Slider } from "../shared/controls";
import { ProblemText } from "../shared/problem";
import { fixed, number } from "../shared/texts";
import { sideColor, valueColor } from "./colors";
import { Map } from "./map";
import { ask, chances, choose, chooseFirst, curve, described, failure, fastest, learn, learning, opened, progress, rate, restart, shown, state, values, worker } from "./state";
import { t } from "./texts";

/** What is pressed first, on top of all. */
export function Course() {
    const texts = t.value;
    return (
        <section class="panel course" aria-label={texts.course}>
            <div class="row">
                <Button primary disabled={!opened.value} onClick={() => learn(!learning.value)}>
                    {learning.value ? texts.pause : texts.learn}
                </Button>
                <Button disabled={!opened.value || learning.value} onClick={() => ask(worker.takeLesson())}>
                    {texts.lesson}
                </Button>
                <Button disabled={!opened.value} onClick={() => ask(restart())}>
                    {texts.reset}
                </Button>
                <Button disabled={!opened.value} onClick={chooseFirst}>
                    {texts.firstSettings}
                </Button>
            </div>
            <Slider
                label={texts.speed}
                value={state.value.speed}
                logarithmic
                min={2}
                max={6}
                step={0.1}
                format={(speed) => (speed >= fastest ? texts.fastest : `${number(speed, 2)} ${texts.stepsASecond}`)}
                onInput={(speed) => choose({ speed })}
            />
        </section>
    );
}

export function Learning() {
    const texts = t.value;
    const { steps, lessons, episodes, mean, solvedEpisode } = progress.value;
    const { step, each, means } = curve.value;
    const drawn = { first: step, step };
    return (
        <section class="panel stack" aria-labelledby="learning">
            <h2 id="learning">{texts.progress}</h2>
            <ProblemText problem={failure.value} />
            {episodes === 0 && <p class="quiet">{opened.value ? texts.learnHint : texts.starting}</p>}
            <p role="status" class="solved">
                {solvedEpisode > 0 && texts.solved(number(solvedEpisode, 7))}
            </p>
            <Curves
                curves={[
                    { name: texts.each, color: "var(--edge)", values: each, ...drawn },
                    { name: texts.mean, color: "var(--class-0)", values: means, ...drawn },
                ]}
                label={texts.chart(fixed(mean))}
                xName={texts.episodes}
                height={220}
                yRange={[0, 500]}
            />
            <dl class="facts">
                <dt>{texts.mean}</dt>
                <dd data-fact="mean">{texts.ofFiveHundred(fixed(mean, 1))}</dd>
                <dt>{texts.episodes}</dt>
                <dd data-fact="episodes">{number(episodes, 9)}</dd>
                <dt>{texts.steps}</dt>
                <dd data-fact="steps">{number(steps, 12)}</dd>
                <dt>{texts.lessons}</dt>
                <dd data-fact="lessons">{number(lessons, 9)}</dd>
                <dt>{texts.rate}</dt>
                <dd data-fact="rate">{learning.value ? number(rate.value, 3) : "–"}</dd>
            </dl>
        </section>
    );
}

export function Maps() {
    const texts = t.value;
    const told = described.value;
    return (
        <section class="panel stack" aria-labelledby="maps">
            <h2 id="maps">{texts.maps}</h2>
            <p class="quiet">{texts.mapsHint}</p>
            <div class="maps">
                <Map
                    name={texts.value}
                    numbers={values}
                    shown={shown}
                    colorOf={valueColor}
                    low={texts.valueLow}
                    high={texts.valueHigh}
                    said={fixed(told?.value ?? 0, 2)}
                />
                <Map
                    name={texts.policy}
                    numbers={chances}
                    shown={shown}
                    colorOf={sideColor}
                    low={texts.policyLow}
                    high={texts.policyHigh}
                    said={`${texts.policyHigh} ${fixed(100 * (told?.chanceOfRight ?? 0))} %`}
                />
            </div>
        </section>
    );
}
