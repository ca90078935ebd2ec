// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What Teachable Machine itself exports ("TensorFlow.js, download"): model.json, weights.bin and metadata.json, as a zip or
// as the three files. Here they are found, checked and told apart; the numbers are the engine's.
import { describe, FileError, parseJson, readFields, type Fields } from "./archive";
import type { Kind } from "./project";

export interface MachineExport {
    readonly kind: Kind;
    readonly labels: readonly string[];
    /** The text of model.json: layers and the names, shapes and types of the weights. */
    readonly model: string;
    /** All weights, in the order in which model.json names them. */
    readonly weights: Uint8Array;
    /** Side of the square picture that the model takes, in pixels; 0 where it takes none. */
    readonly side: number;
}

function findFile(files: { readonly [path: string]: Uint8Array }, name: string): Uint8Array | undefined {
    const path = Object.keys(files).find((known) => known === name || known.endsWith(`/${name}`));
    return path === undefined ? undefined : files[path];
}

function needFile(files: { readonly [path: string]: Uint8Array }, name: string): Uint8Array {
    const bytes = findFile(files, name);
    if (bytes === undefined) throw new FileError("the export", name, Object.keys(files).slice(0, 4).join(", ") || "no file");
    return bytes;
}

function findKind(metadata: Fields): Kind {
    const packageName = String(metadata["packageName"] ?? "");
    if (packageName.endsWith("/pose")) return "poses";
    if (packageName.endsWith("/audio") || metadata["tfjsSpeechCommandsVersion"] !== undefined || metadata["wordLabels"] !== undefined) return "sounds";
    return "pictures";
}

const bytesPerNumber: { readonly [type: string]: number } = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 };

/** Bytes of one weight that model.json describes. */
function countBytes(place: string, value: unknown): number {
    const weight = readFields(place, value);
    const shape = weight["shape"];
    if (!Array.isArray(shape) || !shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
        throw new FileError(`${place}, shape`, "whole numbers", describe(shape));
    }
    const quantization = weight["quantization"];
    const type = String(quantization === undefined ? weight["dtype"] : readFields(place, quantization)["dtype"]);
    const size = bytesPerNumber[type];
    if (size === undefined) throw new FileError(`${place}, type`, Object.keys(bytesPerNumber).join(" or "), type);
    return shape.reduce((product: number, extent: number) => product * extent, size);
}

export function isMachineExport(files: { readonly [path: string]: Uint8Array }): boolean {
    return findFile(files, "metadata.json") !== undefined || findFile(files, "model.json") !== undefined;
}

/** Reads an export of Teachable Machine of its files, whatever folder they are in. */
export function readMachineExport(files: { readonly [path: string]: Uint8Array }): MachineExport {
    const metadata = readFields("metadata.json", parseJson("metadata.json", needFile(files, "metadata.json")));
    const modelBytes = needFile(files, "model.json");
    const model = readFields("model.json", parseJson("model.json", modelBytes));
    const named = metadata["labels"] ?? metadata["wordLabels"];
    if (!Array.isArray(named) || named.length < 2 || !named.every((label) => typeof label === "string")) {
        throw new FileError("metadata.json, labels", "the names of two classes or more", describe(named));
    }
    const groups = model["weightsManifest"];
    if (!Array.isArray(groups)) throw new FileError("model.json, weightsManifest", "a list", describe(groups));
    let expected = 0;
    const parts: Uint8Array[] = [];
    for (const [place, value] of groups.entries()) {
        const where = `model.json, weightsManifest ${place + 1}`;
        const group = readFields(where, value);
        const { paths, weights } = group;
        if (!Array.isArray(paths) || !Array.isArray(weights)) throw new FileError(where, "paths and weights", Object.keys(group).join(", "));
        for (const path of paths) parts.push(needFile(files, String(path).replace(/^\.\//, "")));
        weights.forEach((weight, number) => (expected += countBytes(`${where}, weight ${number + 1}`, weight)));
    }
    const found = parts.reduce((sum, part) => sum + part.length, 0);
    if (found !== expected) throw new FileError("weights.bin", `${expected} bytes`, `${found}`);
    const weights = new Uint8Array(found);
    let offset = 0;
    for (const part of parts) {
        weights.set(part, offset);
        offset += part.length;
    }
    const side = metadata["imageSize"];
    return {
        kind: findKind(metadata),
        labels: named,
        model: new TextDecoder().decode(modelBytes),
        weights,
        side: typeof side === "number" ? side : 0,
    };
}

const pictureEndings = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"];
const soundEndings = [".wav", ".mp3", ".ogg", ".oga", ".flac", ".m4a", ".webm", ".weba"];

/** Whether the browser is asked to decode a file as a picture or a sound, by its name and the type it was given. */
export function isExampleFile(kind: Kind, name: string, type: string = ""): boolean {
    const endings = kind === "sounds" ? soundEndings : pictureEndings;
    return type.startsWith(kind === "sounds" ? "audio/" : "image/") || endings.some((ending) => name.toLowerCase().endsWith(ending));
}

/** What systems put beside a folder's own files, as macOS does: __MACOSX with the same tree in it, and files that are not shown. */
const isHidden = (step: string): boolean => step.startsWith("__") || step.startsWith(".");

/** Examples that an archive has in folders: each folder is a class (Teachable Machine's samples, or whoever sorted pictures). */
export function findFolders(kind: Kind, files: { readonly [path: string]: Uint8Array }): Map<string, Uint8Array[]> {
    const folders = new Map<string, Uint8Array[]>();
    for (const path of Object.keys(files).sort()) {
        const steps = path.split("/");
        const file = files[path];
        const name = steps.length > 1 ? steps[steps.length - 2] : "";
        if (file === undefined || file.length === 0 || name === undefined || name === "" || steps.some(isHidden) || !isExampleFile(kind, path)) continue;
        folders.set(name, [...(folders.get(name) ?? []), file]);
    }
    return folders;
}
