// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Files that go from the page, and projects and models that come to it.
import { Button, FileButton } from "../shared/controls";
import { download } from "../shared/files";
import { FileError, readProject, unpackArchive } from "./archive";
import { findFolders, isMachineExport, readMachineExport } from "./machine_export";
import { addFolders, openEngine, saveExamples, showNames, showProject } from "./session";
import { isStale, isTraining, kind, knownNames, message, offer, project, service, t, trained } from "./state";
import type { ExportFormat } from "./service";

const fileNames: { readonly [Name in ExportFormat]: string } = { safetensors: "model.safetensors", onnx: "model.onnx", header: "model.hpp" };
const formats: readonly ExportFormat[] = ["safetensors", "onnx", "header"];

function tell(error: unknown): void {
    const reason = error instanceof FileError ? t.value.wrong(error.place, error.expected, error.found) : error instanceof Error ? error.message : String(error);
    message.value = t.value.unreadable(reason);
}

async function saveModel(format: ExportFormat): Promise<void> {
    const content = await service.save(kind.value, format, knownNames.value);
    download(fileNames[format], content.slice());
    message.value = t.value.saved(fileNames[format]);
}

async function saveNumbers(): Promise<void> {
    download("examples.safetensors", (await saveExamples()).slice());
    message.value = t.value.saved("examples.safetensors");
}

async function saveProject(): Promise<void> {
    // A head of other classes than the project's would not be its head.
    const fits = trained.value !== undefined && !isStale.value;
    const head = fits ? await service.save(kind.value, "safetensors", knownNames.value) : undefined;
    download(`${kind.value}.zip`, (await service.pack({ project: project.value, head })).slice(), "application/zip");
    message.value = t.value.saved(`${kind.value}.zip`);
}

async function readFiles(files: readonly File[]): Promise<{ [path: string]: Uint8Array }> {
    const entries: { [path: string]: Uint8Array } = {};
    for (const file of files) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        if (bytes[0] === 0x50 && bytes[1] === 0x4b) Object.assign(entries, unpackArchive(bytes));
        else entries[file.name] = bytes;
    }
    return entries;
}

async function openFiles(files: readonly File[]): Promise<void> {
    message.value = "";
    try {
        const entries = await readFiles(files);
        if (entries["project.json"] === undefined && isMachineExport(entries)) {
            const model = readMachineExport(entries);
            await openEngine(model.kind);
            showNames(model.kind, model.labels, await service.adopt(model));
            return;
        }
        const folders = findFolders(kind.value, entries);
        if (entries["project.json"] === undefined && folders.size > 0) return await addFolders(folders);
        await showProject(readProject(entries));
    } catch (error) {
        tell(error);
    }
}

export function Store() {
    const ready = trained.value !== undefined && !isTraining.value;
    const isEmpty = project.value.classes.every((value) => value.examples.length === 0);
    const titles: { readonly [Name in ExportFormat]: string } = { safetensors: t.value.safetensors, onnx: t.value.onnx, header: t.value.header };
    return (
        <section class="panel stack" aria-label={t.value.store}>
            <h2>{t.value.store}</h2>
            <div class="row">
                {formats.map((format) => (
                    <Button key={format} disabled={!ready} onClick={() => void saveModel(format).catch(tell)}>
                        {titles[format]}
                    </Button>
                ))}
            </div>
            <p class="quiet small">{t.value.onnxNote}</p>
            <div class="row">
                <Button disabled={offer.value === undefined || isTraining.value || isEmpty} onClick={() => void saveNumbers().catch(tell)}>
                    {t.value.numbers}
                </Button>
            </div>
            <div class="row">
                <Button disabled={isTraining.value} onClick={() => void saveProject().catch(tell)}>
                    {t.value.projectFile}
                </Button>
                <FileButton accept=".zip,.json,.bin" multiple onFiles={(files) => void openFiles(files)}>
                    {t.value.openProject}
                </FileButton>
            </div>
            <p class="quiet small">{t.value.projectNote}</p>
            <p class="quiet small">{t.value.openNote}</p>
        </section>
    );
}
