// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWidth } from "../shared/chart";
import { Check, FileButton, Select } from "../shared/controls";
import { acceptFiles } from "../shared/files";
import { PageError, ProblemText, problemOf, type Problem } from "../shared/problem";
import { fixed, number, texts } from "../shared/texts";
import { Maps, shapeText, sizeOf } from "./maps";
import { NetworkTexts, percent } from "./reader";
import { worker } from "./state";
import { countNumbers } from "./tensors";
import { digitsTexts } from "./texts";
import type { Classified, Layer, NetworkText } from "./worker";

const t = texts(digitsTexts);

/** The classifiers that the page has engines for, and how many numbers their weights are. */
const classifiers = {
    squeezenet_1_1: { name: "SqueezeNet 1.1", numbers: 1_235_496 },
    mobilenet_v2: { name: "MobileNet v2", numbers: 3_538_984 },
    densenet121: { name: "DenseNet-121", numbers: 8_062_504 },
    resnet18: { name: "ResNet-18", numbers: 11_699_112 },
    resnet50: { name: "ResNet-50", numbers: 25_610_152 },
    inception_v3: { name: "Inception v3", numbers: 23_869_000 },
} as const;
type Classifier = keyof typeof classifiers;
const names = Object.keys(classifiers) as Classifier[];

/** Means and deviations of red, green and blue. */
const scalings = {
    torchvision: [0.485, 0.456, 0.406, 0.229, 0.224, 0.225],
    symmetric: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    plain: [0, 0, 0, 1, 1, 1],
} as const;
type Scaling = keyof typeof scalings;

type Pixels = { bytes: Uint8Array; width: number; height: number };
type Stage = Layer & { begin: number; values: Float32Array };

const chosen = signal<Classifier | "automatic">("automatic");
const scaling = signal<Scaling>("torchvision");
const weights = signal<Uint8Array | undefined>(undefined);
const ready = signal<{ classifier: Classifier; text: NetworkText } | undefined>(undefined);
/** What the page says, in the language that is chosen when it is read. */
const message = signal<(() => string) | undefined>(undefined);
const problem = signal<Problem | undefined>(undefined);
const picture = signal<Pixels | undefined>(undefined);
const result = signal<Classified | undefined>(undefined);
const classNames = signal<readonly string[]>([]);
const showsStages = signal(false);
const stages = signal<readonly Stage[]>([]);

async function imageNetNames(): Promise<readonly string[]> {
    const { IMAGENET_CLASSES } = await import("@tensorflow-models/mobilenet/dist/imagenet_classes");
    return Object.values(IMAGENET_CLASSES);
}

let usualScaling: Scaling = "torchvision"; // of the network that was opened last

/** Opens a file of weights. One that cannot be read leaves all as it was. */
async function open(bytes: Uint8Array): Promise<void> {
    const counted = countNumbers(bytes);
    if (typeof counted !== "number") {
        problem.value = { say: () => (counted.what === "noShape" ? t.value.badWeights.noShape(counted.tensor) : t.value.badWeights[counted.what]) };
        return;
    }
    weights.value = bytes;
    ready.value = undefined;
    result.value = undefined;
    stages.value = [];
    message.value = undefined;
    const classifier = chosen.value === "automatic" ? names.find((name) => classifiers[name].numbers === counted) : chosen.value;
    if (!classifier) {
        problem.value = { say: () => t.value.unknownWeights(number(counted, 12)) };
        return;
    }
    const { name } = classifiers[classifier];
    message.value = () => t.value.loadingNetwork(name);
    const isUsual = scaling.value === usualScaling;
    usualScaling = classifier === "inception_v3" ? "symmetric" : "torchvision";
    if (isUsual) scaling.value = usualScaling;
    try {
        const opened = await worker.openPictures(classifier, bytes);
        if (opened.problem) {
            message.value = undefined;
            problem.value = { say: () => t.value.strangeWeights(name), words: opened.problem };
            return;
        }
        ready.value = { classifier, text: opened.text };
    } catch (error) {
        message.value = undefined;
        problem.value = problemOf(error, () => t.value.brokenWeights);
        return;
    }
    message.value = () => t.value.ready(name);
    if (!classNames.value.length) classNames.value = await imageNetNames();
}

async function classify(): Promise<void> {
    const pixels = picture.value;
    if (!ready.value || !pixels) return;
    result.value = await worker.classify(pixels.bytes, pixels.width, pixels.height, Float32Array.from(scalings[scaling.value]));
    if (!showsStages.value) {
        stages.value = [];
        return;
    }
    const seen: Stage[] = [];
    for (const stage of await worker.look()) seen.push({ ...stage, values: await worker.stageNumbers(stage.begin, sizeOf(stage.shape)) });
    stages.value = seen;
}

async function readPicture(file: File): Promise<Pixels> {
    const bitmap = await createImageBitmap(file).catch(() => {
        throw new PageError(() => t.value.noPicture(file.name));
    });
    // What is far larger than a network sees costs time alone.
    const scale = Math.min(1, 1024 / Math.min(bitmap.width, bitmap.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
    const context = canvas.getContext("2d")!;
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { bytes: new Uint8Array(data.buffer), width, height };
}

async function readNames(file: File): Promise<void> {
    const read = (await file.text()).split(/\r?\n/).filter((line) => line.trim() !== "");
    if (read.length === 0) throw new PageError(() => t.value.noNames(file.name));
    classNames.value = read;
    message.value = () => t.value.namesTaken(fixed(read.length));
}

let turn = Promise.resolve();
/** Does something, behind all that was begun before, and classifies: of two files that come quickly the later one stays. */
function inTurn(what: () => Promise<void>): void {
    turn = turn.then(async () => {
        problem.value = undefined;
        try {
            await what();
            await classify();
        } catch (error) {
            message.value = undefined;
            problem.value = problemOf(error, () => t.value.notClassified);
        }
    });
}
const again = (): void => inTurn(async () => {});

const take = (files: readonly File[]): void =>
    inTurn(async () => {
        for (const file of files)
            if (/\.safetensors$/i.test(file.name)) {
                await open(new Uint8Array(await file.arrayBuffer()));
            } else if (/\.(txt|csv)$/i.test(file.name) || file.type === "text/plain") await readNames(file);
            else {
                picture.value = await readPicture(file);
                if (!ready.value && !problem.value) message.value = () => t.value.needWeights;
            }
    });

function Picture({ pixels }: { pixels: Pixels }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useLayoutEffect(() => {
        if (!canvas.current) return;
        canvas.current.width = pixels.width;
        canvas.current.height = pixels.height;
        const image = new ImageData(new Uint8ClampedArray(pixels.bytes), pixels.width, pixels.height);
        canvas.current.getContext("2d")!.putImageData(image, 0, 0);
    }, [pixels]);
    return <canvas ref={canvas} class="picture" role="img" aria-label={t.value.chosenLabel} />;
}

function Stages() {
    const [element, width] = useWidth<HTMLOListElement>(600);
    return (
        <section class="panel">
            <h2>{t.value.stages}</h2>
            <p class="quiet">{t.value.stagesHint}</p>
            <ol class="layers" ref={element}>
                {stages.value.map((stage, position) => {
                    const shape = shapeText(stage.shape);
                    return (
                        <li key={position}>
                            <div class="layer-title">
                                <h3>
                                    {position + 1}. <code>{stage.label}</code>
                                </h3>
                                <span class="quiet number">{shape}</span>
                            </div>
                            <Maps shape={stage.shape} values={stage.values} room={Math.max(200, width - 2)} label={t.value.mapsLabel(stage.label, shape, "")} />
                        </li>
                    );
                })}
            </ol>
        </section>
    );
}

export function Pictures() {
    const panel = useRef<HTMLElement>(null);
    useLayoutEffect(() => {
        return acceptFiles(panel.current!, take);
    }, []);
    const shares = result.value?.probabilities;
    const best = shares
        ? [...shares.keys()]
              .sort((a, b) => shares[b]! - shares[a]!)
              .slice(0, 5)
        : [];
    return (
        <>
            <div class="columns digits">
                <section class="panel stack" ref={panel}>
                    <h2>{t.value.picturesTitle}</h2>
                    <p class="quiet small">{t.value.picturesHint}</p>
                    <p class="drop">{t.value.drop}</p>
                    <div class="row">
                        <FileButton accept=".safetensors" onFiles={take}>
                            {t.value.weights}
                        </FileButton>
                        <FileButton accept="image/*" onFiles={take}>
                            {t.value.picture}
                        </FileButton>
                        <FileButton accept=".txt,text/plain" onFiles={take}>
                            {t.value.names}
                        </FileButton>
                    </div>
                    <p class="quiet small">{t.value.namesHint}</p>
                    <div class="pair">
                        <Select
                            label={t.value.architecture}
                            value={chosen.value}
                            options={[["automatic", t.value.automatic] as const, ...names.map((name) => [name, classifiers[name].name] as const)]}
                            onChange={(name) => {
                                chosen.value = name;
                                inTurn(async () => {
                                    if (weights.value) await open(weights.value);
                                });
                            }}
                        />
                        <Select
                            label={t.value.scaling}
                            value={scaling.value}
                            options={(Object.keys(scalings) as Scaling[]).map((name) => [name, t.value.scalings[name]] as const)}
                            onChange={(name) => {
                                scaling.value = name;
                                again();
                            }}
                        />
                    </div>
                    <Check
                        label={t.value.showStages}
                        checked={showsStages.value}
                        onChange={(checked) => {
                            showsStages.value = checked;
                            again();
                        }}
                    />
                    <p role="status">{message.value?.()}</p>
                    <ProblemText problem={problem.value} />
                </section>
                <div class="stack">
                    {picture.value && (
                        <section class="panel">
                            <h2>{t.value.chosen}</h2>
                            <Picture pixels={picture.value} />
                        </section>
                    )}
                    {shares && (
                        <section class="panel">
                            <h2 id="top-five">{t.value.topFive}</h2>
                            <table aria-labelledby="top-five">
                                <thead>
                                    <tr>
                                        <th scope="col">{t.value.class}</th>
                                        <th scope="col" class="number">
                                            {t.value.probability}
                                        </th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {best.map((place) => (
                                        <tr key={place}>
                                            <td>{classNames.value[place] ?? t.value.classNumber(String(place))}</td>
                                            <td class="number">{t.value.percent(percent(shares[place]!))}</td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                            <p role="status" class="quiet">
                                {t.value.inTime(fixed(result.value!.milliseconds, 1))}
                            </p>
                        </section>
                    )}
                </div>
            </div>
            {stages.value.length > 0 && <Stages />}
            {ready.value && <NetworkTexts text={ready.value.text} />}
        </>
    );
}
