// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).

/** How many numbers the tensors of a safetensors file have, or what is wrong with its header. The engine checks the rest. */
export function countNumbers(file: Uint8Array): number | string {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const begin = 8;
    if (file.length < begin) return "expected the length of a safetensors header, found the end of the file";
    const length = Number(view.getBigUint64(0, true));
    if (length > file.length - begin) return `expected a safetensors header of ${length} bytes, found ${file.length - begin}`;
    let header: unknown;
    try {
        header = JSON.parse(new TextDecoder().decode(file.subarray(begin, begin + length)));
    } catch {
        return "the header of the safetensors file is no JSON";
    }
    if (typeof header !== "object" || header === null) return "the header of the safetensors file is no object";
    let count = 0;
    for (const [name, tensor] of Object.entries(header as Record<string, { shape?: unknown }>)) {
        if (name === "__metadata__") continue;
        const shape = tensor?.shape;
        if (!Array.isArray(shape)) return `the tensor ${name} has no shape`;
        count += shape.reduce((product: number, extent) => product * Number(extent), 1);
    }
    return count;
}
