// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { signal } from "@preact/signals";
import { showPage } from "../shared/frame";
import { both, number, texts } from "../shared/texts";
import { connect } from "../shared/worker";
import type { Curve, LineService } from "./worker";

const t = texts(both({ title: "Line", introduction: "x" }, { title: "직선", introduction: "x" }));
const line = connect<LineService>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
const curve = signal<Curve | undefined>(undefined);

async function begin() {
    console.info("relaxed", await line.open(document.baseURI));
    curve.value = await line.fitCurve(Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(1, 2, 1.6, 3.8, 2.3), 1, 0, Float64Array.of(1, 2));
}
void begin();

showPage(
    "line",
    () => t.value,
    () => <output>{curve.value && Array.from(curve.value.coefficients, (c) => number(c)).join(" ")}</output>,
);
