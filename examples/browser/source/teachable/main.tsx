// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import "./style.css";
import { Choice } from "../shared/controls";
import { showPage } from "../shared/frame";
import { ProblemText } from "../shared/problem";
import { Cards } from "./cards";
import { Lesson } from "./lesson";
import { Preview } from "./preview";
import { kinds } from "./project";
import { chooseKind, openEngines } from "./session";
import { broken, isTraining, kind, notice, offer, problem, t } from "./state";
import { Store } from "./store";

showPage(
    "teachable",
    () => ({ title: t.value.title, introduction: t.value.lead }),
    () => (
        <div class="stack teachable" data-ready={offer.value !== undefined}>
            <p class="privacy">{t.value.privacy}</p>
            <Choice
                label={t.value.kind}
                value={kind.value}
                options={kinds.map((each) => [each, t.value.kinds[each]] as const)}
                disabled={isTraining.value}
                onChange={chooseKind}
            />
            {offer.value === undefined && broken.value === undefined && <p role="status">{t.value.loading}</p>}
            <ProblemText problem={broken.value} />
            <ProblemText problem={problem.value} />
            <p role="status" class="message">
                {notice.value?.()}
            </p>
            <div class="columns">
                <Cards />
                <div class="stack">
                    <Lesson />
                    <Preview />
                    <Store />
                </div>
            </div>
        </div>
    ),
);
openEngines();
