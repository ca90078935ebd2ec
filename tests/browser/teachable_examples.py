#!/usr/bin/python3
# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
# Makes what the fake camera and microphone of a browser play, for teachable.test.mjs:
#   teachable_examples.py DIRECTORY
# Films (.y4m) of photographs that scikit-image carries, moved, turned, lit differently and noisy, in classes; sounds (.wav) in
# classes; and of each class a film or a sound that is new: moved further, noisier, of tones between those that were heard.
import importlib.util
import os
import sys
import wave

import numpy
from PIL import Image, ImageOps

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
# The package itself takes a second to import, and only its files are needed.
photographs = os.path.join(importlib.util.find_spec("skimage").submodule_search_locations[0], "data")
random = numpy.random.default_rng(7)
width, height = 320, 240


def photograph(name):
    return Image.open(os.path.join(photographs, name)).convert("RGB")


def frame(picture, turn, move, size, light, noise):
    """A picture in the middle of a frame, turned by degrees, moved by a share of its side, at `size` of the frame's height."""
    side = round(height * size)
    fitted = ImageOps.fit(picture, (side, side)).rotate(turn, Image.BICUBIC, fillcolor=(128, 128, 128))
    ground = Image.new("RGB", (width, height), (128, 128, 128))
    ground.paste(fitted, (round((width - side) / 2 + move[0] * side), round((height - side) / 2 + move[1] * side)))
    pixels = numpy.asarray(ground, dtype=numpy.float64) * light + random.normal(0, noise, (height, width, 3))
    return pixels.clip(0, 255)


def write_film(name, frames):
    """Uncompressed: ten frames a second, luma and halved chroma as in BT.601."""
    with open(os.path.join(folder, name + ".y4m"), "wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420mpeg2\n".encode())
        for pixels in frames:
            red, green, blue = numpy.moveaxis(pixels, -1, 0)
            luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
            halves = [
                128 - 0.148 * red - 0.291 * green + 0.439 * blue,
                128 + 0.439 * red - 0.368 * green - 0.071 * blue,
            ]
            planes = [luma] + [half.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)) for half in halves]
            file.write(b"FRAME\n" + b"".join(plane.round().clip(0, 255).astype(numpy.uint8).tobytes() for plane in planes))


def write_class(name, picture, turn=0):
    seen = [
        frame(picture, turn + random.uniform(-4, 4), random.uniform(-0.05, 0.05, 2), random.uniform(0.9, 1.05), random.uniform(0.85, 1.1), 4)
        for _ in range(8)
    ]
    write_film(name, seen)
    new = [frame(picture, turn + way * 6, (way * 0.08, -way * 0.06), 0.85, 0.8, 10) for way in (-1, 1)]
    write_film(name + "_new", new)
    Image.fromarray(new[0].astype(numpy.uint8)).save(os.path.join(folder, name + "_new.png"))


for name, file in {"astronaut": "astronaut.png", "cat": "chelsea.png", "coffee": "coffee.png"}.items():
    write_class(name, photograph(file))

# One person, three postures: as she stands, to the other side, and leaning.
person = photograph("astronaut.png")
write_class("upright", person)
write_class("mirrored", ImageOps.mirror(person))
write_class("leaning", person, turn=35)

rate = 48000


def write_sound(name, parts):
    """Each part is a second."""
    samples = (numpy.concatenate(parts).clip(-1, 1) * 32767).astype("<i2")
    with wave.open(os.path.join(folder, name + ".wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


seconds = numpy.arange(rate) / rate


def hiss(loudness):
    return random.normal(0, loudness, rate)


def tone(pitch, loudness=0.3):
    """A tone and its first overtones, as of an instrument."""
    waves = sum(numpy.sin(2 * numpy.pi * pitch * k * seconds) / k for k in (1, 2, 3))
    return loudness * waves / 1.5 + hiss(0.005)


def knocks(count, loudness=0.6):
    """Short beats of noise, evenly through the second."""
    phase = (seconds * count) % 1
    return loudness * numpy.exp(-phase * 40 / count) * random.normal(0, 0.5, rate) + hiss(0.005)


write_sound("background", [hiss(loudness) for loudness in (0.003, 0.006, 0.01, 0.004)])
write_sound("background_new", [hiss(0.008)] * 2)
write_sound("tone", [tone(pitch) for pitch in (392, 440, 494, 523)])
write_sound("tone_new", [tone(pitch, 0.2) for pitch in (466, 415)])
write_sound("knocks", [knocks(count) for count in (3, 4, 5, 6)])
write_sound("knocks_more", [knocks(7, 0.3)])
write_sound("knocks_new", [knocks(count, 0.4) for count in (4, 5)])
