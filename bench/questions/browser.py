# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does a network cost in a browser?"""

import json
import os
import shutil
import subprocess
from statistics import median

from comparison import Question, bench, build, data, engine, environment, mode, root

pages = root / "examples" / "browser"
engines = {"browser": bench / "strata" / "browser.cpp", **{
    name: pages / "engines" / f"{name}.cpp" for name in ("playground", "teachable_pictures", "teachable_poses")}}


def prepare():
    """What bench/browser/run.mjs reads, or why there is no answer."""
    if shutil.which("clang++-19") is None or shutil.which("node") is None:
        return None, "clang++-19 or node (Debian: the sections wasm and node of .ci/packages.txt)"
    chromium = os.environ.get("STRATA_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        return None, "chromium (Debian: the section peers of .ci/packages.txt)"
    peers = build / "npm" / "node_modules"
    if not (peers / "@tensorflow" / "tfjs").exists():
        return None, "no module @tensorflow/tfjs (npm)"
    if subprocess.run([str(pages / "build"), "--packages"], stdout=subprocess.DEVNULL).returncode != 0:
        return None, "the packages of examples/browser (npm)"
    packages = root / "build" / "browser" / "node_modules"
    human, work = packages / "@vladmandic" / "human", build / "browser"
    (work / "engines").mkdir(parents=True, exist_ok=True)
    for name, source in engines.items():
        for variant, ending in (("wasm", "wasm"), ("relaxed", "relaxed.wasm")):
            program, why = engine(source, variant)
            if not program:
                return None, why
            shutil.copy(program, work / "engines" / f"{name}.{ending}")
    subprocess.run(["node", str(pages / "trunks.mjs"), str(human), str(work / "models")], check=True, stdout=subprocess.DEVNULL)
    # TensorFlow's playground is no package: its sources are where the variable says.
    sources = os.environ.get("PLAYGROUND")
    places = {"packages": [str(peers), str(packages)], "chromium": chromium,
              "original": f"{sources}/src/nn.ts" if sources else "",
              "folders": {"engines": str(work / "engines"), "models": str(work / "models"), "graphs": str(human / "models"),
                          "data": str(data()[1]), "tensorflow": str(peers / "@tensorflow" / "tfjs-backend-wasm" / "dist")}}
    (work / "places.json").write_text(json.dumps(places, indent=1))
    return work / "places.json", "" if sources else "no package; PLAYGROUND does not name its sources"


def run():
    question = Question(
        "browser", "Networks in a browser", "seconds", "s",
        text="strata's engines and peers in the same worker of the same headless Chromium, in turn; one thread, for TensorFlow.js's "
             "backend in WebAssembly takes several on a page alone that is isolated from other origins. The processor's time of "
             "the worker, an item of each case: a prediction, an epoch or a picture. `strata` has multiply-add instructions "
             "(relaxed SIMD), `difference` is the largest one from its numbers, `passed` the time that passed on the machine "
             "and `load` how busy that was. MNIST's images are mostly dark; strata leaves dark pixels out. An epoch is 3,200 "
             "images and Adam; one of the playground 250 points in batches of 10, or one by one, and the losses of 500.")
    places, why = prepare()
    names = ["strata", "strata, plain SIMD", "TensorFlow.js", "TensorFlow Playground"]
    for name in names:
        question.contenders[name] = {"how": "clang++-19 -O3, SIMDe" if name.startswith("strata") else "npm, bundled by esbuild",
                                     "missing": why if not places or name == names[-1] else ""}
    if not places:
        print(f"  {why}")
    if not places or mode == "build":
        return question
    with subprocess.Popen(["node", str(bench / "browser" / "run.mjs"), str(places)], stdout=subprocess.PIPE, text=True,
                          env=environment(1)) as process:
        for line in process.stdout:
            case = json.loads(line)
            if "error" in case:
                raise RuntimeError(f"{case['name']}: {case['error']}")
            question.add(case["name"], {each["name"]: (each["seconds"], {
                "difference": each["difference"], "passed": median(each["passed"]), "load": case["load"]})
                for each in case["contenders"]})
    if process.returncode != 0:
        raise RuntimeError(f"bench/browser/run.mjs: exit code {process.returncode}")
    return question
