#!/usr/bin/env python3
"""Reads TensorBoard's event files as published: event_files.py FOLDER prints a JSON list of its files, each a list of
events [step, tag, number], or [step, "file_version", text]. Records and their checksums as in TFRecord, CRC-32C from its
polynomial, the messages by Google's own protobuf with the fields of tensorflow/core/util/event.proto and
tensorflow/core/framework/summary.proto."""
import json
import pathlib
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELD = descriptor_pb2.FieldDescriptorProto


def event_class():
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="tensorflow", syntax="proto3")

    def message(name, *fields):
        result = file.message_type.add(name=name)
        for field, number, kind, type_name in fields:
            added = result.field.add(name=field, number=number, type=kind, label=FIELD.LABEL_OPTIONAL)
            if type_name:
                added.type_name = ".tensorflow." + type_name
        return result

    message("Value", ("tag", 1, FIELD.TYPE_STRING, ""), ("simple_value", 2, FIELD.TYPE_FLOAT, ""))
    message("Summary", ("value", 1, FIELD.TYPE_MESSAGE, "Value")).field[0].label = FIELD.LABEL_REPEATED
    message("Event", ("wall_time", 1, FIELD.TYPE_DOUBLE, ""), ("step", 2, FIELD.TYPE_INT64, ""),
            ("file_version", 3, FIELD.TYPE_STRING, ""), ("summary", 5, FIELD.TYPE_MESSAGE, "Summary"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("tensorflow.Event"))


def crc32c(data):
    rest = 0xFFFFFFFF
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)
    return rest ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283  # the check value of the catalogue of CRCs


def check(data, mask):
    found = crc32c(data)
    assert struct.unpack("<I", mask)[0] == ((found >> 15 | found << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(path, event_type):
    data = path.read_bytes()
    last = 1.6e9  # seconds since 1970, of the year 2020
    while data:
        length, = struct.unpack("<Q", data[:8])
        check(data[:8], data[8:12])
        content = data[12:12 + length]
        check(content, data[12 + length:16 + length])
        data = data[16 + length:]
        event = event_type.FromString(content)
        assert event.wall_time >= last > 0 and not event.FindInitializationErrors()
        last = event.wall_time
        if event.file_version:
            yield [event.step, "file_version", event.file_version]
        for value in event.summary.value:
            yield [event.step, value.tag, value.simple_value]


kind = event_class()
print(json.dumps([list(events(path, kind)) for path in sorted(pathlib.Path(sys.argv[1]).iterdir())
                  if "tfevents" in path.name]))
