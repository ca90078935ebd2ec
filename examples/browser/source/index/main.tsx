// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { pageNames, pageTitle, showPage } from "../shared/frame";
import { texts } from "../shared/texts";
import { indexTexts } from "./texts";
import "./style.css";

const t = texts(indexTexts);

showPage(
    "index",
    () => t.value,
    () => (
        <ul class="page-list">
            {pageNames.map((name) => (
                <li key={name} class="panel">
                    <h2>
                        <a href={`${name}.html`}>{pageTitle(name)}</a>
                    </h2>
                    <p>{t.value.pages[name]}</p>
                </li>
            ))}
        </ul>
    ),
);
