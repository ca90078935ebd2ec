// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The project file: a zip whose `project.json` names the classes, the examples' files and the settings, beside the examples
// themselves and the trained head as safetensors. Readers refuse what they do not know instead of half reading it.
import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from "fflate";
import { checksum, readChecksums } from "./checksums";
import { freeName, kinds, ranges, longestName, type Class, type Kind, type Project, type Settings } from "./project";

export const projectFormat = "strata teachable machine";
export const projectVersion = 1;
/** More than this is no project of this page: a thousand pictures need a tenth of it. */
export const mostBytes = 1 << 30;

export interface StoredProject {
    readonly project: Project;
    /** The head's weights (safetensors) if it was trained. */
    readonly head: Uint8Array | undefined;
}

/** A project that was read, and the names of classes that another class of the file had as well: they are numbered. */
export interface ReadProject extends StoredProject {
    readonly renamed: readonly string[];
}

/** A file that is no project, or a broken one: where, what was expected and what was found. */
export class FileError extends Error {
    constructor(
        readonly place: string,
        readonly expected: string,
        readonly found: string,
    ) {
        super(`${place}: expected ${expected}, found ${found}`);
        this.name = "FileError";
    }
}

export function fileEnding(kind: Kind): string {
    return kind === "sounds" ? "wav" : "png";
}

/** Packs a project. Pictures are packed already, so that nothing is squeezed twice. */
export function packProject(stored: StoredProject): Uint8Array {
    const { project, head } = stored;
    const ending = fileEnding(project.kind);
    const entries: Zippable = {};
    const classes = project.classes.map((value, place) => ({
        name: value.name,
        examples: value.examples.map((example, number) => {
            const path = `examples/${place + 1}/${number + 1}.${ending}`;
            entries[path] = [example.file, { level: project.kind === "sounds" ? 3 : 0 }];
            return path;
        }),
    }));
    const manifest = {
        format: projectFormat,
        version: projectVersion,
        kind: project.kind,
        trunk: project.trunk,
        settings: project.settings,
        classes,
        ...(head === undefined ? {} : { head: "head.safetensors" }),
    };
    entries["project.json"] = strToU8(JSON.stringify(manifest, undefined, 1));
    if (head !== undefined) entries["head.safetensors"] = [head, { level: 0 }];
    return zipSync(entries);
}

/** A value of JSON, or its beginning. */
export function describe(value: unknown): string {
    const text = JSON.stringify(value);
    return text === undefined ? "nothing" : text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export type Fields = { readonly [name: string]: unknown };

export function readFields(place: string, value: unknown): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new FileError(place, "named values", describe(value));
    return value as Fields;
}

function readText(place: string, value: unknown): string {
    if (typeof value !== "string") throw new FileError(place, "a text", describe(value));
    return value;
}

function readList(place: string, value: unknown): readonly unknown[] {
    if (!Array.isArray(value)) throw new FileError(place, "a list", describe(value));
    return value;
}

/** Unzips whatever archive this is, but not more than `mostBytes` of it. An entry that is damaged is named. */
export function unpackArchive(bytes: Uint8Array): { [path: string]: Uint8Array } {
    let total = 0;
    const names: string[] = [];
    const unpack = () => {
        try {
            return unzipSync(bytes, {
                // Is asked in the order of the directory, right before an entry is unpacked.
                filter: (entry) => {
                    names.push(entry.name);
                    total += entry.originalSize;
                    if (total > mostBytes) throw new FileError(entry.name, `at most ${mostBytes} bytes in all`, `${total}`);
                    return true;
                },
            });
        } catch (error) {
            if (error instanceof FileError) throw error;
            const reason = error instanceof Error ? error.message : "something else";
            const damaged = names.at(-1);
            throw damaged === undefined ? new FileError("the file", "a zip archive", reason) : new FileError(damaged, "a whole entry", reason);
        }
    };
    const entries = unpack();
    const write = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
    for (const [place, expected] of readChecksums(bytes).entries()) {
        const name = names[place] ?? "";
        // Of entries with one name the last is there.
        const content = names.lastIndexOf(name) === place ? entries[name] : undefined;
        const found = content === undefined ? expected : checksum(content);
        if (found !== expected) throw new FileError(name, `a whole entry, with the checksum ${write(expected)}`, write(found));
    }
    return entries;
}

/** JSON of an archive's entry, as text that may carry a byte order mark. */
export function parseJson(place: string, bytes: Uint8Array): unknown {
    try {
        return JSON.parse(strFromU8(bytes).replace(/^\uFEFF/, ""));
    } catch (error) {
        throw new FileError(place, "JSON", error instanceof Error ? error.message : "something else");
    }
}

function readSettings(value: unknown): Settings {
    const fields = readFields("project.json, settings", value);
    const read = (name: keyof Settings): number => {
        const range = ranges[name];
        const found = fields[name];
        const right = typeof found === "number" && found >= range.least && found <= range.most && (!range.whole || Number.isInteger(found));
        if (!right) {
            const expected = `a ${range.whole ? "whole " : ""}number between ${range.least} and ${range.most}`;
            throw new FileError(`project.json, settings, ${name}`, expected, describe(found));
        }
        return found;
    };
    return { epochs: read("epochs"), batch: read("batch"), rate: read("rate"), heldOut: read("heldOut"), seed: read("seed") };
}

const signatures: { readonly [ending: string]: readonly number[] } = {
    png: [0x89, 0x50, 0x4e, 0x47],
    wav: [0x52, 0x49, 0x46, 0x46],
};

/** Reads a project of `entries` that `unpackArchive` gave. */
export function readProject(entries: { readonly [path: string]: Uint8Array }): ReadProject {
    const manifest = entries["project.json"];
    if (manifest === undefined) throw new FileError("the archive", "project.json", Object.keys(entries).slice(0, 3).join(", ") || "no file");
    const fields = readFields("project.json", parseJson("project.json", manifest));
    if (fields["format"] !== projectFormat) throw new FileError("project.json, format", describe(projectFormat), describe(fields["format"]));
    if (fields["version"] !== projectVersion) {
        throw new FileError("project.json, version", describe(projectVersion), describe(fields["version"]));
    }
    const kind = kinds.find((known) => known === fields["kind"]);
    if (kind === undefined) throw new FileError("project.json, kind", kinds.join(" or "), describe(fields["kind"]));
    const signature = signatures[fileEnding(kind)] ?? [];
    let next = 1;
    const readClass = (value: unknown, place: number): Class => {
        const where = `project.json, class ${place + 1}`;
        const found = readFields(where, value);
        const name = readText(`${where}, name`, found["name"]);
        if (name.trim() === "" || [...name].length > longestName) throw new FileError(`${where}, name`, `1 to ${longestName} letters`, describe(name));
        const key = next++;
        const examples = readList(`${where}, examples`, found["examples"]).map((path) => {
            const named = readText(`${where}, examples`, path);
            const file = Object.hasOwn(entries, named) ? entries[named] : undefined;
            if (file === undefined) throw new FileError(named, "an example", "no such file");
            if (signature.some((byte, offset) => file[offset] !== byte)) throw new FileError(named, fileEnding(kind).toUpperCase(), "other bytes");
            return { key: next++, file };
        });
        return { key, name, examples };
    };
    const classes: Class[] = [];
    const renamed: string[] = [];
    for (const [place, value] of readList("project.json, classes", fields["classes"]).entries()) {
        const read = readClass(value, place);
        const name = freeName(classes, read.name);
        if (name !== read.name) renamed.push(name);
        classes.push({ ...read, name });
    }
    const settings = readSettings(fields["settings"]);
    const trunk = readText("project.json, trunk", fields["trunk"]);
    let head: Uint8Array | undefined;
    if (fields["head"] !== undefined) {
        const path = readText("project.json, head", fields["head"]);
        head = Object.hasOwn(entries, path) ? entries[path] : undefined;
        if (head === undefined) throw new FileError(path, "the head's weights", "no such file");
    }
    return { project: { kind, classes, settings, trunk, next }, head, renamed };
}
