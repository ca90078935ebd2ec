// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import "./style.css";
import { Choice } from "../shared/controls";
import { showPage } from "../shared/frame";
import { Cards } from "./cards";
import { Lesson } from "./lesson";
import { Preview } from "./preview";
import { kinds } from "./project";
import { chooseKind, openEngines } from "./session";
import { broken, isTraining, kind, message, offer, t } from "./state";
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
            {offer.value === undefined && broken.value === "" && <p role="status">{t.value.loading}</p>}
            <p class="error" role="alert">
                {broken.value === "" ? "" : t.value.broken(broken.value)}
            </p>
            <p role="status" class="message">
                {message.value}
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
