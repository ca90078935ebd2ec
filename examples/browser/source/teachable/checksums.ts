// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What a zip archive says of its entries to find damage by; fflate does not look at it.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; ++bit) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
});

/** CRC-32 as zip, gzip and PNG have it: the polynomial 0xedb88320, bits reversed. */
export function checksum(bytes: Uint8Array): number {
    let value = 0xffffffff;
    for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 255] ?? 0);
    return (value ^ 0xffffffff) >>> 0;
}

const endMark = 0x06054b50;
const entryMark = 0x02014b50;

/** Where the directory of an archive begins; an archive of more than 4 GB, of which `bytes` is none, says it elsewhere. */
function findDirectory(view: DataView): number | undefined {
    for (let place = view.byteLength - 22; place >= 0; --place) if (view.getUint32(place, true) === endMark) return view.getUint32(place + 16, true);
    return undefined;
}

/** The checksums of an archive's entries, in the order of its directory (APPNOTE of PKWARE, 4.3.12). */
export function readChecksums(bytes: Uint8Array): number[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const checksums: number[] = [];
    let place = findDirectory(view) ?? bytes.length;
    while (place + 46 <= bytes.length && view.getUint32(place, true) === entryMark) {
        checksums.push(view.getUint32(place + 16, true));
        place += 46 + view.getUint16(place + 28, true) + view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
    }
    return checksums;
}
