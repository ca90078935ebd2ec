// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Makes tensorflow_graphs.json: small graphs of TensorFlow's operations, and what TensorFlow.js gives for them.
//   NODE_PATH=build/graph_models/node_modules node tests/io/tensorflow_graphs.js >tests/io/tensorflow_graphs.json
const tf = require("@tensorflow/tfjs");

let state = 7; // Knuth's and Lewis's quick generator
const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const size = (shape) => shape.reduce((a, b) => a * b, 1);

/// A graph: what it reads, its operations and its constants.
class Graph {
    node = [];
    weights = [];
    bytes = [];
    inputs = [];

    input(name, shape, values, type = "DT_FLOAT") {
        this.node.push({name, op: "Placeholder", attr: {shape: {shape: {dim: shape.map((each) => ({size: String(each)}))}},
                                                        dtype: {type}}});
        const fixed = shape.map((each) => Math.abs(each));
        this.inputs.push({name, type, shape: fixed, values: values || Array.from({length: size(fixed)}, () => Math.round(64 * (2 * next() - 1)) / 32)});
        return name;
    }
    constant(shape, values, packed) {
        const name = `c${this.weights.length}`;
        const spec = {name, shape, dtype: "float32"};
        this.node.push({name, op: "Const", attr: {dtype: {type: "DT_FLOAT"}}});
        values ||= Array.from({length: size(shape)}, () => Math.round(32 * (2 * next() - 1)) / 32);
        if (packed === "uint8" || packed === "uint16") {
            const step = packed === "uint8" ? 1 / 64 : 1 / 4096, whole = values.map((each) => Math.round((each + 1) / step));
            spec.quantization = {dtype: packed, scale: step, min: -1};
            this.bytes.push(Buffer.from((packed === "uint8" ? Uint8Array : Uint16Array).from(whole).buffer));
        } else if (packed === "float16") { // of 1 and -2, whose halves are 3C00 and C000
            spec.quantization = {dtype: "float16"};
            this.bytes.push(Buffer.from(Uint16Array.from({length: size(shape)}, (_, i) => i % 3 ? 0x3c00 : 0xc000).buffer));
        } else
            this.bytes.push(Buffer.from(Float32Array.from(values).buffer));
        this.weights.push(spec);
        return name;
    }
    wholes(values, shape) {
        const name = `c${this.weights.length}`;
        this.node.push({name, op: "Const", attr: {dtype: {type: "DT_INT32"}}});
        this.weights.push({name, shape: shape || (Array.isArray(values) ? [values.length] : []), dtype: "int32"});
        this.bytes.push(Buffer.from(Int32Array.from([values].flat()).buffer));
        return name;
    }
    /// Adds an operation. A list of texts is fused_ops, a text that begins with DT_ a type.
    add(op, inputs, attributes = {}, name = `n${this.node.length}`) {
        const code = (text) => Buffer.from(text).toString("base64");
        const attr = {};
        for (const [key, value] of Object.entries(attributes)) {
            if (Array.isArray(value)) attr[key] = {list: typeof value[0] === "string" ? {s: value.map(code)} : {i: value.map(String)}};
            else if (typeof value === "boolean") attr[key] = {b: value};
            else if (typeof value === "string") attr[key] = value.startsWith("DT_") ? {type: value} : {s: code(value)};
            else if (Number.isInteger(value)) attr[key] = {i: String(value)};
            else attr[key] = {f: value};
        }
        this.node.push({name, op, input: inputs, attr});
        return name;
    }
}
const window = (stride, padding, more = {}) => ({strides: [1, stride, stride, 1], padding, dilations: [1, 1, 1, 1], data_format: "NHWC", ...more});

const cases = {
    convolutions(g) {
        const x = g.input("x", [-1, 6, 7, 3]);
        const c = g.add("Conv2D", [x, g.constant([3, 3, 3, 4])], window(2, "SAME"));
        const b = g.add("Elu", [g.add("BiasAdd", [c, g.constant([4])])]);
        const p = g.add("_FusedConv2D", [b, g.constant([2, 2, 4, 3]), g.constant([3]), g.constant([1, 1, 3])],
                        window(1, "EXPLICIT", {explicit_paddings: [0, 0, 1, 0, 0, 1, 0, 0], fused_ops: ["BiasAdd", "Prelu"], num_args: 2}));
        const d = g.add("FusedDepthwiseConv2dNative", [p, g.constant([2, 2, 3, 2]), g.constant([6])],
                        window(1, "VALID", {fused_ops: ["BiasAdd", "Relu6"], num_args: 1}));
        return [g.add("FusedBatchNormV3", [d, g.constant([6]), g.constant([6]), g.constant([6]), g.constant([6], [1, 2, 3, .5, .25, 2])],
                      {epsilon: 0.001, is_training: false, data_format: "NHWC"})];
    },
    dilations(g) {
        const x = g.input("x", [-1, 7, 6, 2]), block = g.wholes([2, 2]);
        const s = g.add("SpaceToBatchND", [x, block, g.wholes([2, 3, 2, 2], [2, 2])]);
        const d = g.add("DepthwiseConv2dNative", [s, g.constant([3, 3, 2, 1])], window(1, "VALID"));
        const y = g.add("BatchToSpaceND", [d, block, g.wholes([0, 1, 0, 0], [2, 2])]);
        const biased = g.add("Add", [y, g.constant([2])]);
        return [g.add("Conv2D", [biased, g.constant([2, 2, 2, 3])], {...window(1, "SAME"), dilations: [1, 2, 2, 1]})];
    },
    transposed(g) {
        const x = g.input("x", [1, 3, 4, 2]);
        const same = g.add("Conv2DBackpropInput", [g.wholes([1, 6, 8, 3]), g.constant([3, 3, 3, 2]), x], window(2, "SAME"));
        const valid = g.add("Conv2DBackpropInput", [g.wholes([1, 8, 10, 2]), g.constant([3, 3, 2, 3]), same], window(1, "VALID"));
        return [g.add("BiasAdd", [valid, g.constant([2])])];
    },
    poolings(g) {
        const x = g.input("x", [-1, 5, 6, 2]), ksize = [1, 3, 2, 1];
        const a = g.add("AvgPool", [x], {...window(2, "SAME"), ksize});
        const m = g.add("MaxPool", [x], {...window(2, "SAME"), ksize});
        return [g.add("ConcatV2", [a, m, g.wholes(3)])];
    },
    paddings(g) {
        const x = g.input("x", [-1, 4, 5, 3]);
        const p = g.add("Pad", [x, g.wholes([0, 0, 0, 1, 1, 2, 0, 0], [4, 2])]);
        const c = g.add("Conv2D", [p, g.constant([3, 3, 3, 2])], window(2, "VALID"));
        const m = g.add("MirrorPad", [c, g.wholes([0, 0, 1, 1, 0, 1, 0, 0], [4, 2])], {mode: "REFLECT"});
        return [g.add("PadV2", [m, g.wholes([0, 0, 0, 0, 1, 0, 1, 2], [4, 2]), g.constant([], [0])])];
    },
    products(g) {
        const x = g.input("x", [-1, 5]);
        const a = g.add("MatMul", [x, g.constant([4, 5])], {transpose_a: false, transpose_b: true});
        const b = g.add("_FusedMatMul", [a, g.constant([4, 6]), g.constant([6])],
                        {fused_ops: ["BiasAdd", "LeakyRelu"], leakyrelu_alpha: 0.25, num_args: 1});
        return [g.add("Softmax", [b])];
    },
    numbers(g) {
        const x = g.input("x", [-1, 3, 4]), one = (number) => g.constant([], [number]);
        const positive = g.add("AddV2", [g.add("Abs", [x]), one(0.5)]);
        const roots = g.add("Add", [g.add("Sqrt", [positive]), g.add("Rsqrt", [positive])]);
        const powers = g.add("Sub", [g.add("Pow", [positive, one(1.5)]), g.add("Pow", [x, one(3)])]);
        const quotients = g.add("Mul", [g.add("RealDiv", [one(2), positive]), g.add("RealDiv", [x, positive])]);
        const rest = g.add("AddN", [g.add("Square", [x]), g.add("Neg", [g.add("Log", [positive])]), g.add("Exp", [x])]);
        const bounds = g.add("Minimum", [g.add("Maximum", [x, one(-0.75)]), one(1.25)]);
        const lines = g.add("Sub", [one(1), g.add("RealDiv", [x, one(4)])]);
        const scaled = g.add("Mul", [x, g.constant([4])]);
        const least = g.add("Minimum", [x, powers]);
        return [roots, powers, quotients, rest, bounds, lines, scaled, least, g.add("SquaredDifference", [x, roots])];
    },
    activations(g) {
        const x = g.input("x", [-1, 3, 4]);
        return ["Relu", "Relu6", "Sigmoid", "Tanh", "Elu", "Selu", "Softplus"].map((each) => g.add(each, [x]))
            .concat([g.add("LeakyRelu", [x], {alpha: 0.125}), g.add("Prelu", [x, g.constant([4])])]);
    },
    gates(g) {
        const x = g.input("x", [-1, 4, 3, 2]), one = (number) => g.constant([], [number]);
        const swish = g.add("Mul", [x, g.add("Sigmoid", [x])]);
        const c = g.add("Conv2D", [swish, g.constant([1, 1, 2, 4])], window(1, "SAME"));
        const shifted = g.add("Relu6", [g.add("AddV2", [c, one(3)])]);
        const hard = g.add("Mul", [g.add("Mul", [c, shifted]), one(1 / 6)]);
        const mean = g.add("Mean", [hard, g.wholes([1, 2])], {keep_dims: true});
        const squeezed = g.add("_FusedConv2D", [mean, g.constant([1, 1, 4, 4]), g.constant([4])],
                               window(1, "SAME", {fused_ops: ["BiasAdd"], num_args: 1}));
        const gate = g.add("RealDiv", [g.add("Relu6", [g.add("Add", [squeezed, one(3)])]), one(6)]);
        return [g.add("Mul", [hard, gate])];
    },
    scales(g) { // batch normalizations as converters leave them
        const x = g.input("x", [-1, 4, 4, 2]);
        const d = g.add("DepthwiseConv2dNative", [x, g.constant([3, 3, 2, 2])], window(1, "SAME"));
        const n = g.add("Add", [g.add("Mul", [d, g.constant([4])]), g.constant([1, 1, 1, 4])]);
        const a = g.add("Conv2D", [n, g.constant([1, 1, 4, 3])], window(1, "SAME"));
        const b = g.add("Conv2D", [n, g.constant([1, 1, 4, 3])], window(1, "SAME"));
        const sum = g.add("AddV2", [g.constant([3]), g.add("AddN", [a, b])]);
        const bounded = g.add("Maximum", [g.add("Minimum", [g.add("Relu", [sum]), g.constant([], [6])]), g.constant([], [0])]);
        const shared = g.add("Conv2D", [bounded, g.constant([1, 1, 3, 2])], window(1, "SAME"));
        return [g.add("Mul", [shared, g.constant([2])]), g.add("Sub", [shared, g.constant([2])])];
    },
    reductions(g) {
        const x = g.input("x", [-1, 3, 4, 2]);
        return [g.add("Mean", [x, g.wholes([1, 2])], {keep_dims: false}), g.add("Max", [x, g.wholes([1, 2])], {keep_dims: true}),
                g.add("Sum", [x, g.wholes([-1])], {keep_dims: false}), g.add("Min", [x, g.wholes([2])], {keep_dims: true}),
                g.add("Mean", [x, g.wholes([1, 3])], {keep_dims: false})];
    },
    parts(g) {
        const x = g.input("x", [-1, 4, 6]);
        const s = g.add("Split", [g.wholes(2), x], {num_split: 3}), v = g.add("SplitV", [x, g.wholes([1, -1]), g.wholes(1)], {num_split: 2});
        const u = g.add("Unpack", [v + ":1"], {axis: 1, num: 3});
        const packed = g.add("Pack", [u + ":2", u], {axis: 1, N: 2});
        // Not with a stride and without an axis at once, which TensorFlow.js's processor takes for other places.
        const row = g.add("StridedSlice", [x, g.wholes([0, 1]), g.wholes([0, 2]), g.wholes([1, 1])],
                          {begin_mask: 1, end_mask: 1, shrink_axis_mask: 2});
        const strided = g.add("StridedSlice", [x, g.wholes([0, -5]), g.wholes([0, 6]), g.wholes([1, 2])],
                              {begin_mask: 3, end_mask: 3, ellipsis_mask: 1});
        const gathered = g.add("GatherV2", [x, g.wholes([0, 2]), g.wholes(1)]);
        return [g.add("ConcatV2", [s + ":2", s, g.wholes(-1)]), packed, row, strided, gathered,
                g.add("Slice", [x, g.wholes([0, 1, 2]), g.wholes([-1, 2, 3])])];
    },
    shapes(g) {
        const x = g.input("x", [-1, 2, 3, 4]);
        const shape = g.add("Shape", [x], {out_type: "DT_INT32"});
        const extent = (place) => g.add("StridedSlice", [shape, g.wholes([place]), g.wholes([place + 1]), g.wholes([1])], {shrink_axis_mask: 1});
        const target = g.add("Pack", [extent(0), g.add("Mul", [extent(1), extent(2)]), extent(3)], {axis: 0, N: 3});
        const rows = g.add("Reshape", [x, target]);
        const turned = g.add("Transpose", [rows, g.wholes([0, 2, 1])]);
        const wide = g.add("Squeeze", [g.add("ExpandDims", [turned, g.wholes(2)])], {squeeze_dims: [2]});
        return [g.add("Reshape", [wide, g.wholes([-1, 24])]), wide];
    },
    single_sample(g) { // whose axis the graph takes away and brings back
        const x = g.input("x", [1, 3, 4, 2]);
        const one = g.add("Unpack", [g.add("Cast", [x], {SrcT: "DT_INT32", DstT: "DT_FLOAT"})], {axis: 0, num: 1});
        const image = g.add("Squeeze", [g.add("ExpandDims", [one, g.wholes(0)])], {squeeze_dims: [0]});
        const again = g.add("ExpandDims", [image, g.wholes(0)]);
        const c = g.add("Conv2D", [again, g.constant([2, 2, 2, 3])], window(1, "SAME"));
        return [g.add("Reshape", [c, g.wholes([12, 3])]), g.add("Reshape", [c, g.wholes([1, -1, 9])])];
    },
    sizes(g) {
        const x = g.input("x", [-1, 3, 4, 2]);
        const to = (op, height, width, more) => g.add(op, [x, g.wholes([height, width])], {align_corners: false, half_pixel_centers: false, ...more});
        return [to("ResizeBilinear", 6, 8, {half_pixel_centers: true}), to("ResizeBilinear", 5, 7, {half_pixel_centers: true}),
                to("ResizeBilinear", 5, 7, {align_corners: true}), to("ResizeBilinear", 6, 8, {}), to("ResizeNearestNeighbor", 6, 8, {}),
                to("ResizeNearestNeighbor", 5, 3, {}), to("ResizeNearestNeighbor", 6, 12, {half_pixel_centers: true})];
    },
    packed_weights(g) {
        const x = g.input("x", [-1, 3]);
        const a = g.add("MatMul", [x, g.constant([3, 4], null, "uint8")]);
        const b = g.add("MatMul", [a, g.constant([4, 5], null, "uint16")]);
        return [g.add("MatMul", [b, g.constant([5, 2], null, "float16")])];
    },
    tokens(g) {
        const x = g.input("x", [-1, 4], [2, 0, 1, 2], "DT_INT32");
        const rows = g.add("GatherV2", [g.constant([3, 5]), x, g.wholes(0)]);
        return [g.add("Mean", [rows, g.wholes([1])], {keep_dims: false})];
    },
    several_inputs(g) {
        const x = g.input("x", [-1, 2, 3]), z = g.input("z", [-1, 1, 3]);
        return [g.add("Sub", [x, z], {}, "b"), g.add("Maximum", [x, x], {}, "a")];
    },
};

(async () => {
    await tf.setBackend("cpu");
    const result = [];
    for (const [name, build] of Object.entries(cases)) {
        const graph = new Graph(), outputs = build(graph);
        const bytes = Buffer.concat(graph.bytes);
        const model = {format: "graph-model", modelTopology: {node: graph.node, versions: {}},
                       weightsManifest: [{paths: ["weights.bin"], weights: graph.weights}]};
        // Keys that the alphabet orders as the outputs are.
        model.signature = {outputs: Object.fromEntries(outputs.map((each, i) => [`output_${i}`, {name: `${each}:0`}]))};
        const net = await tf.loadGraphModel({load: async () => ({
            modelTopology: model.modelTopology, format: model.format, weightSpecs: graph.weights,
            weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
        })});
        const given = Object.fromEntries(graph.inputs.map(({name: key, type, shape, values}) =>
            [key, tf.tensor(values, shape, type === "DT_INT32" ? "int32" : "float32")]));
        const values = net.execute(given, outputs);
        result.push({
            name, model, weights: bytes.toString("base64"), inputs: graph.inputs.map(({shape, values: numbers}) => ({shape, numbers})),
            outputs: [values].flat().map((each) => ({shape: each.shape, numbers: [...each.dataSync()].map((x) => Number(x.toPrecision(8)))})),
        });
    }
    console.log(`[\n${result.map((each) => JSON.stringify(each)).join(",\n")}\n]`);
})();
