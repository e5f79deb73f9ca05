"""A Module holds parameters and says how its output follows from its input; modules nest.

Names, results and `repr` are those of `torch.nn`; the layers themselves are in `nn.py`.
"""

import numpy as np

from nnkit.creation import tensor
from nnkit.tensor import Tensor


class Parameter(Tensor):
    """A tensor that a module learns: it requires grad, and `parameters()` finds it."""

    def __init__(self, data, requires_grad=True):
        super().__init__(data.array if isinstance(data, Tensor) else data, requires_grad)

    def __repr__(self):
        return f"Parameter containing:\n{super().__repr__()}"


class Buffer(Tensor):
    """A tensor that a module keeps and saves but does not learn, such as a running mean."""

    def __init__(self, data):
        super().__init__(data.array if isinstance(data, Tensor) else data)


class Module:
    """What all layers and networks share. Parameters, buffers and submodules are whatever tensors
    and modules the object has as attributes, in the order in which they were set."""

    training = True

    def __setattr__(self, name, value):
        if isinstance(vars(self).get(name), Parameter):
            if value is not None and not isinstance(value, Parameter):
                raise TypeError(
                    f"cannot assign {type(value).__name__} as parameter {name!r}: it would no "
                    "longer be learnt; use nn.Parameter(...), or change it inside no_grad()"
                )
        super().__setattr__(name, value)

    def forward(self, *inputs):
        """The output for these inputs; every module defines its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, ...)")

    def __call__(self, *inputs, **options):
        return self.forward(*inputs, **options)

    def register_buffer(self, name, tensor):
        """Keep `tensor` as the attribute `name` and in `state_dict()`, but don't learn it."""
        setattr(self, name, None if tensor is None else Buffer(tensor))

    def named_children(self):
        """The submodules that are direct attributes, with their names."""
        return ((name, m) for name, m in vars(self).items() if isinstance(m, Module))

    def children(self):
        return (module for _, module in self.named_children())

    def named_modules(self, prefix=""):
        """This module and all modules within, with names such as "0.linear"."""
        yield prefix, self
        for name, child in self.named_children():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    def modules(self):
        return (module for _, module in self.named_modules())

    def _named_tensors(self, kinds):
        seen = set()  # a tensor that is shared counts once
        for prefix, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, kinds) and value not in seen:
                    seen.add(value)
                    yield f"{prefix}.{name}" if prefix else name, value

    def named_parameters(self):
        """All parameters with their names, such as "0.weight"."""
        return self._named_tensors(Parameter)

    def parameters(self):
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self):
        return self._named_tensors(Buffer)

    def buffers(self):
        return (buffer for _, buffer in self.named_buffers())

    def train(self, mode=True):
        """Behave as in training (dropout drops, batch norm uses the batch); returns the module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        """Behave as when predicting; returns the module."""
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Freeze (False) or unfreeze all parameters; returns the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.zero_()

    def apply(self, fn):
        """Call `fn` on every submodule and on this module; returns the module."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def to(self, dtype):
        """Convert all floating-point parameters and buffers; returns the module."""
        for _, value in self._named_tensors((Parameter, Buffer)):
            if value.dtype.kind == "f":
                value.array = value.array.astype(dtype)
        return self

    def float(self):
        return self.to(np.float32)

    def double(self):
        return self.to(np.float64)

    def state_dict(self):
        """Name -> tensor for all parameters and buffers; the memory is shared, as in PyTorch."""
        return {name: value.detach() for name, value in self._named_tensors((Parameter, Buffer))}

    def load_state_dict(self, state_dict):
        """Overwrite all parameters and buffers with tensors or arrays of equal names and shapes."""
        own = dict(self._named_tensors((Parameter, Buffer)))
        if own.keys() != state_dict.keys():
            missing, extra = own.keys() - state_dict.keys(), state_dict.keys() - own.keys()
            raise RuntimeError(
                f"load_state_dict(): missing {sorted(missing)}, unexpected {sorted(extra)}"
            )
        for name, value in own.items():
            new = tensor(state_dict[name])
            if new.shape != value.shape:
                raise RuntimeError(
                    f"load_state_dict(): {name} has shape {value.shape}, got {new.shape}"
                )
            value.array[...] = new.array

    def extra_repr(self):
        """What stands between the parentheses of `repr`."""
        return ""

    def __repr__(self):
        children = [f"({name}): {child!r}".replace("\n", "\n  ")
                    for name, child in self.named_children()]  # fmt: skip
        inside = "".join(f"\n  {line}" for line in children) + "\n" if children else ""
        return f"{type(self).__name__}({self.extra_repr()}{inside})"


class Sequential(Module):
    """Modules one after the other: the output of each is the input of the next."""

    def __init__(self, *modules):
        for i, module in enumerate(modules):
            if not isinstance(module, Module):
                kind = type(module).__name__
                raise TypeError(f"Sequential: expected modules, got {kind} at place {i}")
        self._layers = list(modules)

    def named_children(self):
        return ((str(i), layer) for i, layer in enumerate(self._layers))

    def forward(self, input):
        for layer in self._layers:
            input = layer(input)
        return input

    def append(self, module):
        self._layers.append(module)
        return self

    def __len__(self):
        return len(self._layers)

    def __iter__(self):
        return iter(self._layers)

    def __getitem__(self, index):
        layers = self._layers[index]
        return Sequential(*layers) if isinstance(index, slice) else layers

    def __setitem__(self, index, module):
        self._layers[index] = module
