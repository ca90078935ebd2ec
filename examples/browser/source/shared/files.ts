// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Files that come to the page and go from it.

/** Offers bytes or a text as a file to save. */
export function download(name: string, content: BlobPart, type = "application/octet-stream"): void {
    const address = URL.createObjectURL(new Blob([content], { type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Lets files be dropped on an element; returns what ends it. The element has the class `dropping` under a file. */
export function acceptFiles(element: HTMLElement, take: (files: File[]) => void): () => void {
    let depth = 0; // a child that the pointer enters is left later
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const mark = (change: number) => {
        depth = Math.max(0, depth + change);
        element.classList.toggle("dropping", depth > 0);
    };
    const enter = (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        mark(1);
    };
    const over = (event: DragEvent) => {
        if (hasFiles(event)) event.preventDefault();
    };
    const leave = (event: DragEvent) => {
        if (hasFiles(event)) mark(-1);
    };
    const drop = (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        mark(-depth);
        take([...(event.dataTransfer?.files ?? [])]);
    };
    element.addEventListener("dragenter", enter);
    element.addEventListener("dragover", over);
    element.addEventListener("dragleave", leave);
    element.addEventListener("drop", drop);
    return () => {
        element.removeEventListener("dragenter", enter);
        element.removeEventListener("dragover", over);
        element.removeEventListener("dragleave", leave);
        element.removeEventListener("drop", drop);
    };
}
