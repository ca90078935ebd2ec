// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Files that go from the page, and projects and models that come to it.
import { Button, FileButton } from "../shared/controls";
import { download } from "../shared/files";
import { problemOf } from "../shared/problem";
import { FileError, readProject, unpackArchive } from "./archive";
import { findFolders, isMachineExport, readMachineExport } from "./machine_export";
import { addFolders, openEngine, saveExamples, showNames, showProject } from "./session";
import { isStale, isTraining, kind, knownNames, offer, project, service, t, tell, trained } from "./state";
import type { ExportFormat } from "./service";

const fileNames: { readonly [Name in ExportFormat]: string } = { safetensors: "model.safetensors", onnx: "model.onnx", header: "model.hpp" };
const formats: readonly ExportFormat[] = ["safetensors", "onnx", "header"];

/** Makes a file, hands it to the reader, and says so. */
async function save(name: string, make: () => Promise<Uint8Array>, type?: string): Promise<void> {
    try {
        download(name, (await make()).slice(), type);
        tell(() => t.value.saved(name));
    } catch (error) {
        tell(undefined, problemOf(error, () => t.value.notSaved(name)));
    }
}

const saveModel = (format: ExportFormat): Promise<void> => save(fileNames[format], () => service.save(kind.value, format, knownNames.value));

const saveNumbers = (): Promise<void> => save("examples.safetensors", saveExamples);

async function packProject(): Promise<Uint8Array> {
    const shown = project.value;
    // A head of other classes than the project's would not be its head.
    const fits = trained.value !== undefined && !isStale.value;
    const head = fits ? await service.save(shown.kind, "safetensors", knownNames.value) : undefined;
    return service.pack({ project: shown, head });
}
const saveProject = (): Promise<void> => save(`${kind.value}.zip`, packProject, "application/zip");

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
    tell(undefined);
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
        const wrong = error instanceof FileError ? { say: () => t.value.unreadable, words: error.message } : problemOf(error, () => t.value.unreadable);
        tell(undefined, wrong);
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
                    <Button key={format} disabled={!ready} onClick={() => void saveModel(format)}>
                        {titles[format]}
                    </Button>
                ))}
            </div>
            <p class="quiet small">{t.value.onnxNote}</p>
            <div class="row">
                <Button disabled={offer.value === undefined || isTraining.value || isEmpty} onClick={() => void saveNumbers()}>
                    {t.value.numbers}
                </Button>
            </div>
            <div class="row">
                <Button disabled={isTraining.value} onClick={() => void saveProject()}>
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
