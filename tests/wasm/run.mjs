// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Runs a program in WebAssembly: node run.mjs PROGRAM.wasm
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const wasi = new WASI({ version: "preview1" });
const program = await WebAssembly.compile(readFileSync(process.argv[2]));
process.exitCode = wasi.start(await WebAssembly.instantiate(program, { wasi_snapshot_preview1: wasi.wasiImport }));
