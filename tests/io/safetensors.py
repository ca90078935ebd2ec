#!/usr/bin/env python3
"""Reads a safetensors file with nothing but Python's own modules and prints it as JSON: safetensors.py FILE"""
import json
import math
import struct
import sys

with open(sys.argv[1], "rb") as file:
    data = file.read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + length])
numbers = data[8 + length :]
result = {"metadata": header.pop("__metadata__", {}), "tensors": {}, "begin": 8 + length}
place = 0
for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, end = tensor["data_offsets"]
    code = {"BF16": "H", "F32": "f", "F64": "d"}[tensor["dtype"]]
    count = math.prod(tensor["shape"])
    assert begin == place and end - begin == count * struct.calcsize(code)
    values = struct.unpack(f"<{count}{code}", numbers[begin:end])
    if code == "H":  # the upper halves of floats
        values = struct.unpack(f"<{count}f", b"".join(struct.pack("<HH", 0, value) for value in values))
    result["tensors"][name] = {"type": tensor["dtype"], "shape": tensor["shape"], "numbers": values}
    place = end
assert place == len(numbers)
print(json.dumps(result))
