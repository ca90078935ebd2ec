#!/usr/bin/env python3
# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Prints audio_models.hpp: what RTNeural and NeuralAmpModelerCore make of the models that the suite io/audio_models writes.

    STRATA_AUDIO_MODELS=MODELS build/default/tests/io_audio_models
    RTNEURAL=... NEURALAMPMODELER=... tests/io/audio_models.py MODELS >tests/io/audio_models.hpp

RTNEURAL and NEURALAMPMODELER name the folders of their sources. Both begin in zeros."""
import os
import pathlib
import subprocess
import sys
import tempfile

STEPS = 24

RTNEURAL = """
#include <RTNeural/RTNeural.h>
#include <RTNeural/RTNeural.cpp>
#include <cstdio>
#include <fstream>
int main(int, char** arguments) {
    std::ifstream file(arguments[1]);
    const auto net = RTNeural::json_parser::parseJson<float>(file);
    net->reset();
    const int inputs = net->getInSize(), outputs = net->getOutSize();
    for (int step = 0; step < STEPS; ++step) {
        std::vector<float> x(inputs);
        for (int i = 0; i < inputs; ++i)
            x[i] = ((step * inputs + i) * 29 % 17 - 8) / 16.0F;
        net->forward(x.data());
        for (int i = 0; i < outputs; ++i)
            std::printf("%.9g ", net->getOutputs()[i]);
    }
}
"""

NEURAL_AMP_MODELER = """
#include <NAM/dsp.h>
#include <NAM/get_dsp.h>
#include <cstdio>
#include <filesystem>
int main(int, char** arguments) {
    const nam::ScopedPrewarmOnResetDefault in_zeros(false);
    const auto net = nam::get_dsp(std::filesystem::path(arguments[1]));
    net->Reset(48000, STEPS);
    std::vector<NAM_SAMPLE> x(STEPS), y(STEPS);
    for (int step = 0; step < STEPS; ++step)
        x[step] = (step * 29 % 17 - 8) / 16.0F;
    NAM_SAMPLE *input = x.data(), *output = y.data();
    net->process(&input, &output, STEPS);
    for (const NAM_SAMPLE each : y)
        std::printf("%.9g ", each);
}
"""


def build(folder, name, text, words):
    source = folder / f"{name}.cpp"
    source.write_text(text)
    program = folder / name
    subprocess.run(["g++", "-std=c++20", f"-DSTEPS={STEPS}", str(source), *words, "-I/usr/include/eigen3", "-o", str(program)],
                   check=True)
    return program


def main():
    models = pathlib.Path(sys.argv[1])
    rtneural, core = (pathlib.Path(os.environ[each]) for each in ["RTNEURAL", "NEURALAMPMODELER"])
    print("// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).")
    print("#pragma once\n\n#include <vector>\n\n/// What audio_models.py found.\nnamespace audio_models {")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        players = {
            ".json": build(folder, "rtneural", RTNEURAL,
                           ["-DRTNEURAL_NO_DEBUG=1", "-DRTNEURAL_USE_STL=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=32", f"-I{rtneural}"]),
            ".nam": build(folder, "core", NEURAL_AMP_MODELER,
                          ["-DNAM_SAMPLE_FLOAT", f"-I{core}", f"-I{core}/Dependencies/nlohmann",
                           *(str(each) for each in sorted((core / "NAM").rglob("*.cpp")))])}
        for model in sorted(models.iterdir()):
            found = subprocess.run([players[model.suffix], model], check=True, capture_output=True, text=True).stdout.split()
            numbers = ", ".join(each + ("F" if "." in each or "e" in each else ".0F") for each in found)
            print(f"inline const std::vector<float> {model.stem} = {{{numbers}}};")
    print("} // namespace audio_models")


if __name__ == "__main__":
    main()
