"""A training run to walk along: its knob may turn on the way, and every epoch can be revisited."""

import itertools
import operator

EVERY, SHOWN = 5, 50  # epochs from measure to measure, and from yield to yield


class Timeline:
    """What `model` is after 0, 1, 2, ... epochs, trained as far as anyone has asked.

    train(epoch, knob) trains the model for one epoch and must depend on nothing but its weights,
    `memory` and these arguments. measure() returns what is to be known of the model; it is called
    after every EVERY epochs. memory: what else an epoch changes, such as an optimiser, with
    state_dict() and load_state_dict(state). shown: epochs from yield to yield.
    """

    def __init__(self, model, train, measure, memory=None, shown=SHOWN):
        self.train, self.measure, self.memory, self.shown = train, measure, memory, shown
        self._arrays = [p.array for p in model.parameters()]
        self._knobs, self._states, self._measures = [], [self._copy()], [measure()]

    def walk(self, knobs):
        """Lead the model to where training with these knobs, one an epoch, ends; a generator.

        What is known is not trained again. Yields (epochs, measures) now and then and at the end:
        the epochs that were measured, the present one last, and what was measured there.
        """
        pairs = itertools.starmap(operator.eq, zip(knobs, self._knobs, strict=False))
        known = sum(itertools.takewhile(bool, pairs))
        if known < len(knobs):
            del self._knobs[known:], self._states[known + 1 :], self._measures[known // EVERY + 1 :]
        arrays, memory = self._states[known]
        for array, saved in zip(self._arrays, arrays, strict=True):
            array[...] = saved
        if self.memory:
            self.memory.load_state_dict(memory)
        for epoch in range(known, len(knobs)):
            self.train(epoch, knobs[epoch])
            self._knobs.append(knobs[epoch])
            self._states.append(self._copy())
            if (epoch + 1) % EVERY == 0:
                self._measures.append(self.measure())
            if (epoch + 1) % self.shown == 0:
                yield self._so_far(epoch + 1)
        yield self._so_far(len(knobs))

    def _so_far(self, epochs):
        measured = epochs // EVERY + 1
        marks, found = [EVERY * i for i in range(measured)], self._measures[:measured]
        if epochs % EVERY:
            marks, found = [*marks, epochs], [*found, self.measure()]
        return marks, found

    def _copy(self):
        memory = self.memory.state_dict() if self.memory else None
        return [array.copy() for array in self._arrays], memory
