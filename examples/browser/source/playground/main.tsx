// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import "./style.css";
import { showPage } from "../shared/frame";
import { ProblemText } from "../shared/problem";
import { open, problem, snapshot } from "./model";
import { Network, Weights } from "./network";
import { Bar, Data, Learning, Losses, Program } from "./panels";
import { Plane } from "./plane";
import { t } from "./texts";

void open();

function Content() {
    if (!snapshot.value) return problem.value ? <ProblemText problem={problem.value} /> : <p role="status">{t.value.loading}</p>;
    return (
        <div class="stack">
            <Bar />
            <div class="playground">
                <Data />
                <section class="panel stack middle" aria-labelledby="network-title">
                    <h2 id="network-title">{t.value.network}</h2>
                    <Network />
                    <Weights />
                </section>
                <section class="panel stack last" aria-labelledby="result-title">
                    <h2 id="result-title">{t.value.result}</h2>
                    <Plane />
                    <Losses />
                </section>
                <Learning />
            </div>
            <Program />
        </div>
    );
}

showPage(
    "playground",
    () => ({ title: t.value.title, introduction: t.value.introduction }),
    () => <Content />,
);
