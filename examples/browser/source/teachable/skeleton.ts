// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The points of a body that MoveNet finds, in its order, and which of them bones join.

export const bodyPoints = [
    "nose", "leftEye", "rightEye", "leftEar", "rightEar", "leftShoulder", "rightShoulder", "leftElbow", "rightElbow",
    "leftWrist", "rightWrist", "leftHip", "rightHip", "leftKnee", "rightKnee", "leftAnkle", "rightAnkle",
] as const;

const named = (name: (typeof bodyPoints)[number]): number => bodyPoints.indexOf(name);

const bones: readonly (readonly [number, number])[] = (
    [
        ["leftEar", "leftEye"], ["leftEye", "nose"], ["nose", "rightEye"], ["rightEye", "rightEar"],
        ["leftShoulder", "rightShoulder"], ["leftShoulder", "leftElbow"], ["leftElbow", "leftWrist"],
        ["rightShoulder", "rightElbow"], ["rightElbow", "rightWrist"], ["leftShoulder", "leftHip"],
        ["rightShoulder", "rightHip"], ["leftHip", "rightHip"], ["leftHip", "leftKnee"], ["leftKnee", "leftAnkle"],
        ["rightHip", "rightKnee"], ["rightKnee", "rightAnkle"],
    ] as const
).map(([first, second]) => [named(first), named(second)]);

/** Points that are less sure are not drawn: MoveNet answers for hidden ones too. */
export const leastScore = 0.2;

export interface Point {
    /** Place in the square picture, 0..1 from the left and from the top. */
    readonly x: number;
    readonly y: number;
    /** How sure the network is, 0..1. */
    readonly score: number;
}

/** MoveNet's 17 rows of y, x and score. */
export function readPoints(numbers: Float32Array): readonly Point[] {
    return bodyPoints.map((_, place) => ({
        y: numbers[place * 3] ?? 0,
        x: numbers[place * 3 + 1] ?? 0,
        score: numbers[place * 3 + 2] ?? 0,
    }));
}

export const seenPoints = (points: readonly Point[]): readonly Point[] => points.filter((point) => point.score >= leastScore);

/** The bones whose two ends are seen. */
export function seenBones(points: readonly Point[]): readonly (readonly [Point, Point])[] {
    const seen: [Point, Point][] = [];
    for (const [first, second] of bones) {
        const [start, end] = [points[first], points[second]];
        if (start && end && start.score >= leastScore && end.score >= leastScore) seen.push([start, end]);
    }
    return seen;
}
