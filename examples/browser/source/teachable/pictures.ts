// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Pictures as examples have them: squares of pixels, cut from the middle of what a camera, a file or a hand gives.

/** Side of a stored picture, in pixels: what trunks for everyday objects were trained on. */
export const pictureSide = 224;

type Source = CanvasImageSource & ({ width: number; height: number } | { videoWidth: number; videoHeight: number });

/** Draws the largest square in the middle of a source over the whole canvas. What lets light through is white behind. */
export function drawSquare(canvas: HTMLCanvasElement | OffscreenCanvas, source: Source): ImageData {
    const width = "videoWidth" in source ? source.videoWidth : source.width;
    const height = "videoHeight" in source ? source.videoHeight : source.height;
    const side = Math.min(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Stores pixels without loss: a picture that is read again has the same numbers. */
export async function encodePicture(pixels: ImageData): Promise<Uint8Array> {
    const canvas = new OffscreenCanvas(pixels.width, pixels.height);
    (canvas.getContext("2d") as OffscreenCanvasRenderingContext2D).putImageData(pixels, 0, 0);
    return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}

/** Reads a picture of any format that the browser knows, as a square of `side` pixels. */
export async function decodePicture(file: Blob, side: number = pictureSide): Promise<ImageData> {
    const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    try {
        return drawSquare(new OffscreenCanvas(side, side), bitmap);
    } finally {
        bitmap.close();
    }
}
