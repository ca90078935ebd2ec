// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).

/** What is wrong with the header of a safetensors file. */
export type BadHeader = { what: "short" } | { what: "noHeader" } | { what: "noShape"; tensor: string };

/** How many numbers the tensors of a safetensors file have, or what is wrong with its header. The engine checks the rest. */
export function countNumbers(file: Uint8Array): number | BadHeader {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const begin = 8;
    if (file.length < begin) return { what: "short" };
    const length = Number(view.getBigUint64(0, true));
    if (length > file.length - begin) return { what: "short" };
    let header: unknown;
    try {
        header = JSON.parse(new TextDecoder().decode(file.subarray(begin, begin + length)));
    } catch {
        return { what: "noHeader" };
    }
    if (typeof header !== "object" || header === null) return { what: "noHeader" };
    let count = 0;
    for (const [name, tensor] of Object.entries(header as Record<string, { shape?: unknown }>)) {
        if (name === "__metadata__") continue;
        const shape = tensor?.shape;
        if (!Array.isArray(shape)) return { what: "noShape", tensor: name };
        count += shape.reduce((product: number, extent) => product * Number(extent), 1);
    }
    return count;
}
