"""int8 arithmetic with one scale per token, so that the vector of a text does not depend on its neighbours.

ONNX Runtime's own dynamic quantisation has one scale per batch: one loud token coarsens all others, and a text's vector
changes with the batch it is in. Here each matrix product gets, from its input row by row, `row / max|row| x 127` as
bytes; the weights are bytes per column; the products are exact integers. The embedding table is bytes per row.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

RUNTIME = "com.microsoft"  # domain of ONNX Runtime's own operators
LEAST_ROWS = 1000  # from which a table is worth storing as bytes


def quantise(source: Path, target: Path) -> None:
    """Write `source`, a float32 graph, as `target` with byte weights."""
    model = onnx.load(source)
    graph = _Graph(model.graph)
    for node in model.graph.node:
        graph.take(node)
    graph.finish()
    model.opset_import.append(helper.make_opsetid(RUNTIME, 1))
    onnx.checker.check_model(model)
    onnx.save(model, target)


class _Graph:
    """The graph under rewriting: `take` every old node in order, then `finish`."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._graph = graph
        self._weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._nodes: list[onnx.NodeProto] = []
        self._scaled: dict[str, str] = {}  # input of a product -> name of its row scales

    def take(self, node: onnx.NodeProto) -> None:
        second = self._weights.get(node.input[1]) if node.op_type == "MatMul" else None
        table = self._weights.get(node.input[0]) if node.op_type == "Gather" else None
        if second is not None and second.ndim == 2:
            self._product(node.input[0], node.input[1], second, node.output[0])
        elif table is not None and table.ndim == 2 and len(table) >= LEAST_ROWS:
            self._lookup(node.input[0], table, node.input[1], node.output[0])
        else:
            self._nodes.append(node)

    def finish(self) -> None:
        used = {name for node in self._nodes for name in node.input}
        tensors = [numpy_helper.from_array(value, name) for name, value in self._weights.items() if name in used]
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(self._nodes)
        self._graph.initializer.extend(tensors)

    def _product(self, rows: str, name: str, weight: NDArray[np.float32], output: str) -> None:
        """`rows` (batch x length x inputs) times `weight` (inputs x outputs)."""
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12) / 127
        weight_bytes = self._constant(f"{name}_bytes", np.round(weight / scale).astype(np.int8))
        weight_scale = self._constant(f"{name}_scale", scale.astype(np.float32))
        one, middle = self._constant("one", np.float32(1)), self._constant("middle", np.uint8(128))
        row_scale = self._scales(rows, weight.shape[0])
        product = [f"{rows}_bytes", weight_bytes, one, weight_scale, middle]
        self._node("MatMulIntegerToFloat", product, f"{output}_unscaled", domain=RUNTIME)
        self._node("Mul", [f"{output}_unscaled", row_scale], f"{output}_rows")
        width = self._constant(f"width_{weight.shape[1]}", np.array([weight.shape[1]]))
        self._node("Concat", [f"{rows}_shape", width], f"{output}_shape", axis=0)
        self._node("Reshape", [f"{output}_rows", f"{output}_shape"], output)

    def _scales(self, rows: str, inputs: int) -> str:
        """Turn `rows` into bytes, once for all products it enters, and return the name of the scales."""
        if rows not in self._scaled:
            flat = self._constant(f"flat_{inputs}", np.array([-1, inputs]))
            self._node("Shape", [rows], f"{rows}_shape", end=2)
            self._node("Reshape", [rows, flat], f"{rows}_flat")
            self._node("Abs", [f"{rows}_flat"], f"{rows}_size")
            self._node("ReduceMax", [f"{rows}_size"], f"{rows}_peak", axes=[1], keepdims=1)
            self._node("Mul", [f"{rows}_peak", self._constant("step", np.float32(1 / 127))], f"{rows}_raw")
            self._node("Max", [f"{rows}_raw", self._constant("least", np.float32(1e-12))], f"{rows}_scale")
            self._node("Div", [f"{rows}_flat", f"{rows}_scale"], f"{rows}_steps")
            self._node("QuantizeLinear", [f"{rows}_steps", "one", "middle"], f"{rows}_bytes")
            self._scaled[rows] = f"{rows}_scale"
        return self._scaled[rows]

    def _lookup(self, name: str, table: NDArray[np.float32], places: str, output: str) -> None:
        """Rows of `table`, stored as bytes with one scale each."""
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        stored = self._constant(f"{name}_bytes", np.round(table / scale).astype(np.int8))
        scales = self._constant(f"{name}_scale", scale.astype(np.float32))
        self._node("Gather", [stored, places], f"{output}_bytes")
        self._node("Cast", [f"{output}_bytes"], f"{output}_steps", to=onnx.TensorProto.FLOAT)
        self._node("Gather", [scales, places], f"{output}_scale")
        self._node("Mul", [f"{output}_steps", f"{output}_scale"], output)

    def _constant(self, name: str, value: object) -> str:
        self._weights[name] = np.asarray(value)
        return name

    def _node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
