"""Writes a BertModel as the int8 ONNX graph of the site, operator by operator.

The graph takes `input_ids` (int64, 1 x length: one text, no padding) and returns `embedding` (float32, 1 x
dimension): the mean of the token vectors at unit length. Weights are bytes with one scale per column, embeddings bytes
with one scale per row. The products quantise their input as they go, with one scale per text: fine after a layer
normalisation, too coarse for the inner vectors of the feed-forward part, where one loud token would drown the others;
there each token is divided by its peak first. Attention is written out from one product for query, key and value:
faster than the exporter's graph and than ONNX Runtime's own attention operator on a CPU.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPERATORS, RUNTIME_OPERATORS = 21, "com.microsoft"
LEAST_PEAK = 0.2  # GELU goes down to -0.17: from here on the largest value of a token is also its largest size

Weights = Mapping[str, NDArray[np.float32]]


def encoder_graph(weights: Weights, config: Mapping[str, Any], max_tokens: int) -> onnx.ModelProto:
    """`weights` and `config` as a BertModel names them, without pooler; texts of up to `max_tokens` pieces."""
    graph = _Graph()
    rows = _embeddings(graph, weights, config, max_tokens)
    for number in range(config["num_hidden_layers"]):
        rows = _layer(graph, _part(weights, f"encoder.layer.{number}."), config, rows)
    total = graph.add("ReduceSum", rows, graph.constant(np.array([1])), keepdims=0)
    return graph.model(graph.add("LpNormalization", total, output="embedding", axis=-1, p=2), config["hidden_size"])


def _embeddings(graph: "_Graph", weights: Weights, config: Mapping[str, Any], max_tokens: int) -> str:
    weights = _part(weights, "embeddings.")
    table, scale = _bytes(weights["word_embeddings.weight"], axis=1)
    places = weights["position_embeddings.weight"] + weights["token_type_embeddings.weight"][0]
    words = graph.add("Gather", graph.constant(table), "input_ids")
    words = graph.add("Cast", words, to=TensorProto.FLOAT)
    words = graph.add("Mul", words, graph.add("Gather", graph.constant(scale), "input_ids"))
    length = graph.add("Shape", "input_ids", start=1, end=2)
    zero = graph.constant(np.array([0]))
    order = graph.add("Slice", graph.constant(places[:max_tokens]), zero, length, zero)
    return _normal(graph, weights, config, graph.add("Add", words, order))


def _layer(graph: "_Graph", weights: Weights, config: Mapping[str, Any], rows: str) -> str:
    mixed = _attention(graph, _part(weights, "attention.self."), config, rows)
    mixed = _product(graph, weights, "attention.output.dense", mixed)
    rows = _normal(graph, _part(weights, "attention.output."), config, graph.add("Add", mixed, rows))
    inner = _product(graph, weights, "intermediate.dense", rows)
    inner = graph.add("Gelu", inner, domain=RUNTIME_OPERATORS)
    peak = graph.add("ReduceMax", inner, graph.constant(np.array([-1])), keepdims=1)
    peak = graph.add("Max", peak, graph.constant(np.float32(LEAST_PEAK)))
    inner = _product(graph, weights, "output.dense", graph.add("Div", inner, peak), times=peak)
    return _normal(graph, _part(weights, "output."), config, graph.add("Add", inner, rows))


def _attention(graph: "_Graph", weights: Weights, config: Mapping[str, Any], rows: str) -> str:
    width, heads = config["hidden_size"], config["num_attention_heads"]
    names = ("query", "key", "value")
    three = {
        f"three.{kind}": np.concatenate([weights[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias")
    }
    joined = _product(graph, three, "three", rows)
    joined = graph.add("Reshape", joined, graph.constant(np.array([0, 0, 3, heads, width // heads])))
    joined = graph.add("Transpose", joined, perm=[2, 0, 3, 1, 4])
    query, key, value = graph.split(joined, 3)
    scale = (width // heads) ** -0.5
    scores = graph.add("FusedMatMul", query, key, domain=RUNTIME_OPERATORS, transB=1, alpha=scale)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    mixed = graph.add("Transpose", mixed, perm=[0, 1, 3, 2, 4])
    mixed = graph.add("Squeeze", mixed, graph.constant(np.array([0])))
    return graph.add("Reshape", mixed, graph.constant(np.array([0, 0, width])))


def _product(graph: "_Graph", weights: Weights, name: str, rows: str, times: str | None = None) -> str:
    """`rows` through the linear part `name`; `times` multiplies the product before the bias is added."""
    matrix, scale = _bytes(np.ascontiguousarray(weights[f"{name}.weight"].T), axis=0)
    inputs = [rows, graph.constant(matrix), graph.constant(scale[0])]
    bias = graph.constant(weights[f"{name}.bias"])
    if times is None:
        return graph.add("DynamicQuantizeMatMul", *inputs, "", bias, domain=RUNTIME_OPERATORS)
    product = graph.add("DynamicQuantizeMatMul", *inputs, domain=RUNTIME_OPERATORS)
    return graph.add("Add", graph.add("Mul", product, times), bias)


def _normal(graph: "_Graph", weights: Weights, config: Mapping[str, Any], rows: str) -> str:
    factors = (graph.constant(weights[f"LayerNorm.{kind}"]) for kind in ("weight", "bias"))
    return graph.add("LayerNormalization", rows, *factors, axis=-1, epsilon=config["layer_norm_eps"])


def _part(weights: Weights, prefix: str) -> dict[str, NDArray[np.float32]]:
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _bytes(matrix: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The matrix in steps of a scale per row (axis 1) or per column (axis 0)."""
    scale = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-12) / 127
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


class _Graph:
    """Nodes and constants in order; names are numbers."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator: str, *inputs: str, output: str = "", domain: str = "", **attributes: object) -> str:
        output = output or f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def split(self, value: str, parts: int) -> list[str]:
        outputs = [f"value_{len(self._nodes)}_{i}" for i in range(parts)]
        self._nodes.append(helper.make_node("Split", [value], outputs, axis=0, num_outputs=parts))
        return outputs

    def model(self, output: str, width: int) -> onnx.ModelProto:
        ends = (
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, width])],
        )
        graph = helper.make_graph(self._nodes, "encoder", *ends, self._constants)
        versions = [helper.make_opsetid("", OPERATORS), helper.make_opsetid(RUNTIME_OPERATORS, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=10)
