// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the teachable machine keeps and reads, without a browser: projects, their files, exports of Teachable Machine, sounds.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(join(process.env.STRATA_PACKAGES, "package.json"));
const { build } = createRequire(require.resolve("vite/package.json"))("esbuild");
const source = join(dirname(fileURLToPath(import.meta.url)), "../../examples/browser/source/teachable");

const names = ["project", "archive", "checksums", "machine_export", "wave", "skeleton"];
const bundle = await build({
    stdin: { contents: names.map((name) => `export * from "./${name}";`).join("\n"), resolveDir: source, loader: "ts" },
    nodePaths: [process.env.STRATA_PACKAGES],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
});
const m = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);
const { zipSync, strToU8 } = require("fflate");

const picture = (...bytes) => new Uint8Array([0x89, 0x50, 0x4e, 0x47, ...bytes]);

/** Two classes, of two pictures and one. */
function someProject() {
    const [first, second] = m.createProject("pictures", ["Cats", "Dogs"]).classes;
    const filled = m.addExamples(m.createProject("pictures", ["Cats", "Dogs"]), first.key, [picture(1), picture(2)]);
    return m.addExamples(filled, second.key, [picture(3)]);
}

test("teachable: classes and examples are added, renamed and removed", () => {
    const project = someProject();
    const [cats, dogs] = project.classes;
    assert.deepEqual(cats.examples.map(({ file }) => file[4]), [1, 2]);
    const keys = project.classes.flatMap((one) => [one.key, ...one.examples.map(({ key }) => key)]);
    assert.equal(new Set(keys).size, 5, "every key is one of its own");
    assert.ok(project.next > Math.max(...keys));
    assert.equal(m.renameClass(project, cats.key, "  Big \n cats ").classes[0].name, "Big cats");
    assert.equal(m.renameClass(project, cats.key, " ").classes[0].name, "Cats");
    assert.equal([...m.renameClass(project, cats.key, "𝒜".repeat(60)).classes[0].name].length, m.longestName);
    assert.deepEqual(m.removeClass(project, cats.key).classes.map(({ name }) => name), ["Dogs"]);
    assert.deepEqual(m.clearClass(project, cats.key).classes.map(({ examples }) => examples.length), [0, 1]);
    assert.deepEqual(m.removeExample(project, cats.examples[0].key).classes[0].examples.map(({ file }) => file[4]), [2]);
    assert.equal(m.removeExample(project, cats.examples[0].key).classes[1], dogs, "what does not change stays the same");
    assert.equal(m.countExamples(m.addExamples(m.removeClass(project, cats.key), cats.key, [picture(4)])), 1, "a class that has gone takes none");
    assert.equal(m.countExamples(project), 3, "the old project is as it was");
});

test("teachable: says what is lacking, and keeps settings in their ranges", () => {
    const project = someProject();
    assert.deepEqual(m.findLack(project), { what: "examples", name: "Dogs" });
    assert.deepEqual(m.findLack(m.addExamples(project, project.classes[1].key, [picture(4)])), { what: "nothing" });
    assert.deepEqual(m.findLack(m.removeClass(project, project.classes[0].key)), { what: "classes" });
    assert.equal(m.changeSetting(project, "epochs", 12.6).settings.epochs, 13);
    assert.equal(m.changeSetting(project, "epochs", 1e9).settings.epochs, 1000);
    assert.equal(m.changeSetting(project, "rate", Number.NaN).settings.rate, project.settings.rate);
});

test("teachable: a project file gives back what was packed", () => {
    const project = m.changeSetting(someProject(), "seed", 7);
    const head = new Uint8Array([1, 2, 3]);
    const read = m.readProject(m.unpackArchive(m.packProject({ project, head })));
    assert.deepEqual(read.head, head);
    assert.deepEqual(read.project.settings, project.settings);
    assert.deepEqual(
        read.project.classes.map(({ name, examples }) => [name, examples.map(({ file }) => [...file])]),
        project.classes.map(({ name, examples }) => [name, examples.map(({ file }) => [...file])]),
    );
    const keys = read.project.classes.flatMap((one) => [one.key, ...one.examples.map(({ key }) => key)]);
    assert.equal(new Set(keys).size, 5);
    assert.ok(read.project.next > Math.max(...keys));
    assert.equal(m.readProject(m.unpackArchive(m.packProject({ project, head: undefined }))).head, undefined);
});

test("teachable: a project file that does not fit is refused by its place", () => {
    const entries = m.unpackArchive(m.packProject({ project: someProject(), head: undefined }));
    const manifest = JSON.parse(new TextDecoder().decode(entries["project.json"]));
    const refused = (change, place) => {
        const changed = structuredClone(manifest);
        const files = { ...entries };
        change(changed, files);
        if (files["project.json"]) files["project.json"] = strToU8(JSON.stringify(changed));
        assert.throws(() => m.readProject(m.unpackArchive(zipSync(files))), (error) => error.place === place && error.expected && error.found && true, place);
    };
    refused((changed) => (changed.format = "another"), "project.json, format");
    refused((changed) => (changed.version = 2), "project.json, version");
    refused((changed) => (changed.kind = "smells"), "project.json, kind");
    refused((changed) => (changed.settings.batch = 0), "project.json, settings, batch");
    refused((changed) => delete changed.settings, "project.json, settings");
    refused((changed) => (changed.classes = {}), "project.json, classes");
    refused((changed) => (changed.classes[1].name = ""), "project.json, class 2, name");
    refused((changed) => (changed.classes[0].examples[0] = "__proto__"), "__proto__");
    refused((changed, files) => delete files["examples/1/2.png"], "examples/1/2.png");
    refused((changed, files) => (files["examples/2/1.png"] = strToU8("no picture")), "examples/2/1.png");
    refused((changed) => (changed.head = "head.safetensors"), "head.safetensors");
    refused((changed, files) => delete files["project.json"], "the archive");
    assert.throws(() => m.unpackArchive(strToU8("no zip")), (error) => error.place === "the file");
    assert.throws(() => m.readProject({ "project.json": strToU8("{") }), (error) => error.place === "project.json");
});

test("teachable: a damaged archive is refused by the entry that is damaged", () => {
    const packed = m.packProject({ project: someProject(), head: new Uint8Array(300).fill(7) });
    const damaged = (place, expected, change) => {
        const bytes = packed.slice();
        change(bytes);
        assert.throws(() => m.unpackArchive(bytes), (error) => error.place === place && expected.test(error.message), place);
    };
    const find = (text) => Buffer.from(packed).indexOf(text) + text.length;
    // A picture is stored as it is, behind its name; the list of entries is squeezed.
    damaged("examples/1/2.png", /the checksum 0x[0-9a-f]{8}, found 0x/, (bytes) => (bytes[find("examples/1/2.png") + 4] ^= 1));
    damaged("head.safetensors", /checksum/, (bytes) => (bytes[find("head.safetensors") + 299] ^= 128));
    damaged("project.json", /a whole entry/, (bytes) => bytes.fill(255, find("project.json") + 20, find("project.json") + 60));
    assert.equal(Object.keys(m.unpackArchive(packed)).length, 5);
    assert.equal(m.checksum(strToU8("123456789")), 0xcbf43926);
});

test("teachable: no two classes have one name", () => {
    const project = someProject();
    assert.equal(m.renameClass(project, project.classes[1].key, "Cats").classes[1].name, "Cats 2");
    assert.equal(m.renameClass(project, project.classes[1].key, "Dogs").classes[1].name, "Dogs");
    assert.deepEqual(m.createProject("sounds", ["One", "One", "One 2", "One"]).classes.map(({ name }) => name), ["One", "One 2", "One 2 2", "One 3"]);
    const long = "w".repeat(m.longestName);
    assert.deepEqual(m.createProject("sounds", [long, long]).classes.map(({ name }) => name), [long, `${"w".repeat(m.longestName - 2)} 2`]);
    const files = m.unpackArchive(m.packProject({ project, head: undefined }));
    files["project.json"] = strToU8(new TextDecoder().decode(files["project.json"]).replace("Dogs", "Cats"));
    const read = m.readProject(files);
    assert.deepEqual([read.project.classes.map(({ name }) => name), read.renamed], [["Cats", "Cats 2"], ["Cats 2"]]);
    assert.deepEqual(m.readProject(m.unpackArchive(m.packProject({ project, head: undefined }))).renamed, []);
});

/** What Teachable Machine exports of pictures, with a head of 2 x 3 and 3 numbers. */
function someExport() {
    const weights = [
        { name: "dense/kernel", shape: [2, 3], dtype: "float32" },
        { name: "dense/bias", shape: [3], dtype: "float32" },
    ];
    return {
        "tm/metadata.json": strToU8(JSON.stringify({ packageName: "@teachablemachine/image", labels: ["Cat", "Dog", "Cup"], imageSize: 224 })),
        "tm/model.json": strToU8(JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: ["weights.bin"], weights }] })),
        "tm/weights.bin": new Uint8Array(36).fill(5),
    };
}

test("teachable: exports of Teachable Machine are read, as a zip or as files", () => {
    const read = m.readMachineExport(m.unpackArchive(zipSync(someExport())));
    assert.deepEqual([read.kind, read.labels, read.side, read.weights.length], ["pictures", ["Cat", "Dog", "Cup"], 224, 36]);
    const files = Object.fromEntries(Object.entries(someExport()).map(([path, bytes]) => [path.replace("tm/", ""), bytes]));
    assert.equal(m.isMachineExport(files), true);
    const kindOf = (metadata) => m.readMachineExport({ ...files, "metadata.json": strToU8(JSON.stringify(metadata)) }).kind;
    assert.equal(kindOf({ packageName: "@teachablemachine/pose", labels: ["a", "b"] }), "poses");
    assert.equal(kindOf({ tfjsSpeechCommandsVersion: "0.4.0", wordLabels: ["Background Noise", "a"] }), "sounds");
    const refused = (changed, place) => assert.throws(() => m.readMachineExport({ ...files, ...changed }), (error) => error.place === place, place);
    refused({ "weights.bin": new Uint8Array(35) }, "weights.bin");
    refused({ "metadata.json": strToU8("{}") }, "metadata.json, labels");
    refused({ "model.json": strToU8("{}") }, "model.json, weightsManifest");
    assert.throws(() => m.readMachineExport({ "model.json": strToU8("{}") }), (error) => error.place === "the export");
});

test("teachable: folders of examples become classes", () => {
    const folders = m.findFolders("pictures", {
        "all/cats/b.png": picture(2), "all/cats/a.png": picture(1), "all/dogs/c.JPG": picture(3), "__MACOSX/a.png": picture(4), "__MACOSX/all/cats/._a.png": picture(7), "all/cats/.a.png": picture(8), "loose.png": picture(5), "all/dogs/notes.txt": picture(6),
    });
    assert.deepEqual([...folders].map(([name, files]) => [name, files.map((file) => file[4])]), [["cats", [1, 2]], ["dogs", [3]]]);
});

test("teachable: sounds are stored without another loss", () => {
    const samples = m.quantize(Float32Array.from({ length: 100 }, (_, i) => 1.2 * Math.sin(i)));
    assert.ok(samples.some((value) => value === 32767 / 32768) && samples.every((value) => Math.abs(value) <= 1));
    const read = m.readWave(m.writeWave(samples));
    assert.deepEqual(read, samples);
    assert.deepEqual(m.quantize(read), samples);
    assert.throws(() => m.readWave(m.writeWave(samples).fill(0, 20, 22)), /WAV/);
    const pieces = m.cutPieces(Float32Array.from({ length: 26 }, (_, i) => i), 10);
    assert.deepEqual(pieces.map((piece) => piece.length), [10, 10, 10]);
    assert.deepEqual([...pieces[2]], [20, 21, 22, 23, 24, 25, 0, 0, 0, 0]);
    assert.equal(m.cutPieces(new Float32Array(14), 10).length, 1, "less than half a second more is no piece");
    assert.equal(m.cutPieces(new Float32Array(3), 10).length, 1);
});

test("teachable: of a body only sure points and bones are seen", () => {
    const numbers = new Float32Array(51);
    const place = (name) => m.bodyPoints.indexOf(name) * 3;
    numbers.set([0.5, 0.25, 0.9], place("leftShoulder"));
    numbers.set([0.5, 0.75, 0.9], place("rightShoulder"));
    numbers.set([0.9, 0.8, 0.1], place("rightElbow"));
    const points = m.readPoints(numbers);
    assert.equal(m.seenPoints(points).length, 2);
    const bones = m.seenBones(points);
    assert.equal(bones.length, 1);
    assert.deepEqual(bones[0].map(({ x, y }) => [x, y]), [[0.25, 0.5], [0.75, 0.5]]);
});
