// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import "./style.css";
import { showPage } from "../shared/frame";
import { Cart } from "./cart";
import { Course, Learning, Maps } from "./learning";
import { Agent, Program, World } from "./settings";
import { t } from "./texts";

showPage(
    "pole",
    () => t.value,
    () => (
        <>
            <Course />
            <div class="columns">
                <Cart />
                <Learning />
            </div>
            <div class="columns second">
                <div class="stack">
                    <Maps />
                    <Program />
                </div>
                <div class="stack">
                    <World />
                    <Agent />
                </div>
            </div>
        </>
    ),
);
