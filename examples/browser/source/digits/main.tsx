// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { Choice } from "../shared/controls";
import { showPage } from "../shared/frame";
import { ProblemText } from "../shared/problem";
import { texts } from "../shared/texts";
import { Mail } from "./mail";
import { Orders } from "./orders";
import { Pictures } from "./pictures";
import { Plane } from "./plane";
import { Reader } from "./reader";
import { descriptions, keepAddress, microseconds, relaxed, tab, tabs, tell, trouble, worker } from "./state";
import { digitsTexts } from "./texts";
import "./style.css";

const t = texts(digitsTexts);

async function begin(): Promise<void> {
    relaxed.value = await worker.open(document.baseURI);
    const [reader, encoder, decoder, generator] = await Promise.all([worker.describe("reader"), worker.describe("encoder"), worker.describe("decoder"), worker.describe("generator")]);
    descriptions.value = { reader, encoder, decoder, generator };
    microseconds.value = await worker.measure();
}
begin().catch(tell);

const contents = { reader: Reader, plane: Plane, orders: Orders, pictures: Pictures, mail: Mail } as const;

showPage(
    "digits",
    () => t.value,
    () => {
        const Content = contents[tab.value];
        return (
            <div class="stack">
                <Choice
                    label={t.value.network}
                    value={tab.value}
                    options={tabs.map((name) => [name, t.value.tabs[name]] as const)}
                    onChange={(name) => {
                        tab.value = name;
                        trouble.value = undefined;
                        keepAddress();
                    }}
                />
                <ProblemText problem={trouble.value} />
                {descriptions.value ? <Content key={tab.value} /> : !trouble.value && <p role="status">{t.value.loading}</p>}
            </div>
        );
    },
);
