"""A training run to walk along: its knob may turn on the way, and every epoch can be revisited."""

import itertools
import operator

EVERY, SHOWN = 5, 50  # epochs from measure to measure, and from yield to yield


class Timeline:
    """What `model` is after 0, 1, 2, ... epochs, trained as far as anyone has asked.

    train(epoch, knob) trains the model for one epoch and must depend on nothing but its weights
    and these arguments. measure() returns what is to be known of the model; it is called after
    every EVERY epochs.
    """

    def __init__(self, model, train, measure):
        self.train, self.measure = train, measure
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
        for array, saved in zip(self._arrays, self._states[known], strict=True):
            array[...] = saved
        for epoch in range(known, len(knobs)):
            self.train(epoch, knobs[epoch])
            self._knobs.append(knobs[epoch])
            self._states.append(self._copy())
            if (epoch + 1) % EVERY == 0:
                self._measures.append(self.measure())
            if (epoch + 1) % SHOWN == 0:
                yield self._so_far(epoch + 1)
        yield self._so_far(len(knobs))

    def _so_far(self, epochs):
        measured = epochs // EVERY + 1
        marks, found = [EVERY * i for i in range(measured)], self._measures[:measured]
        if epochs % EVERY:
            marks, found = [*marks, epochs], [*found, self.measure()]
        return marks, found

    def _copy(self):
        return [array.copy() for array in self._arrays]
