// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// WAV files of one channel and 16 bits: how an example of a sound is stored. A sample that was stored once is stored again
// without any change, so that a project file gives the numbers that were recorded.

/** The rate of every example, in samples a second. */
export const soundRate = 16000;

const headerBytes = 44;

/** A sample in -1..1 as the 16 bits that stand for it. */
function roundSample(value: number): number {
    return Math.max(-32768, Math.min(32767, Math.round(value * 32768)));
}

/** Samples as they will be once stored. */
export function quantize(samples: Float32Array): Float32Array {
    return samples.map((value) => roundSample(value) / 32768);
}

export function writeWave(samples: Float32Array, rate: number = soundRate): Uint8Array {
    const bytes = new Uint8Array(headerBytes + samples.length * 2);
    const view = new DataView(bytes.buffer);
    const mark = (offset: number, text: string) => [...text].forEach((letter, place) => view.setUint8(offset + place, letter.charCodeAt(0)));
    mark(0, "RIFF");
    view.setUint32(4, bytes.length - 8, true);
    mark(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, rate, true);
    view.setUint32(28, rate * 2, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    mark(36, "data");
    view.setUint32(40, samples.length * 2, true);
    samples.forEach((value, place) => view.setInt16(headerBytes + place * 2, roundSample(value), true));
    return bytes;
}

/** Reads what `writeWave` wrote; other files of sound are the browser's to decode. */
export function readWave(bytes: Uint8Array): Float32Array<ArrayBuffer> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const own = bytes.length >= headerBytes && view.getUint32(0, false) === 0x52494646 && view.getUint16(20, true) === 1;
    if (!own || view.getUint16(22, true) !== 1 || view.getUint16(34, true) !== 16 || view.getUint32(36, false) !== 0x64617461) {
        throw new Error("a sound of the project is no WAV of one channel and 16 bits");
    }
    const count = Math.min(view.getUint32(40, true), bytes.length - headerBytes) >> 1;
    return Float32Array.from({ length: count }, (_, place) => view.getInt16(headerBytes + place * 2, true) / 32768);
}

/** Cuts a sound into pieces of one second; a rest of half a second or more is a piece that silence fills up. */
export function cutPieces(samples: Float32Array, length: number = soundRate): Float32Array[] {
    const pieces: Float32Array[] = [];
    for (let first = 0; first < samples.length; first += length) {
        const piece = samples.subarray(first, first + length);
        if (piece.length * 2 < length && pieces.length > 0) break;
        const whole = new Float32Array(length);
        whole.set(piece);
        pieces.push(whole);
    }
    return pieces;
}
