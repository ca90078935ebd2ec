// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Where a pointer or an arrow key points to in a picture.

/** Where an event points: shares of the element's width and height, from its left and its top; below 0 or above 1 outside. */
export function pointedShares(element: Element, event: MouseEvent): readonly [number, number] {
    const box = element.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

const ways: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** The way of an arrow key, to the right and up; nothing of another key. */
export const arrowWay = (key: string): readonly [number, number] | undefined => ways[key];
