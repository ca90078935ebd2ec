#!/usr/bin/env python3
"""Writes the archives that the suite data/npz reads, with NumPy, beside this file."""
import pathlib

import numpy

here = pathlib.Path(__file__).resolve().parent
x = (numpy.arange(12).reshape(3, 4) / 8).astype("<f4")
halves = numpy.array([0, -0.0, 1, -2.5, 65504, 6e-8, 6.1e-5, numpy.inf, -numpy.inf, numpy.nan, 2**-24 * 1023], "<f2")
y = numpy.array([3, -1, 2], ">i8")
numpy.savez(here / "stored.npz", x=x, y=y, h=halves.astype(">f2"), t=numpy.asfortranarray(x))
numpy.savez_compressed(here / "deflated.npz", x=x, y=y, h=halves, t=numpy.asfortranarray(x))
