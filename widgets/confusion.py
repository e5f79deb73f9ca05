"""Yes or no at a threshold: who is called sick, the four counts, and what is made of them."""

import math
from dataclasses import dataclass

import numpy as np

LOW, HIGH = -4.0, 8.0  # of the scores, and of the threshold
THRESHOLDS = np.linspace(LOW, HIGH, 241)
MOST = 5000  # people


def density(score, distance=0.0, spread=1.0):
    """How common a score is among people whose scores are normal; 1 at the peak."""
    return np.exp(-(((score - distance) / spread) ** 2) / 2)


def draw_people(n, prevalence, distance, spread, seed):
    """(scores, sick): n people, of whom the share `prevalence`, but at least one, is sick.

    The scores of the healthy are standard normal, those of the sick have mean `distance` and
    standard deviation `spread`. Another prevalence exchanges as few people as possible.
    """
    ill = max(1, round(n * prevalence))
    healthy = np.random.default_rng([seed, 0]).normal(size=MOST)[: n - ill]
    sick = distance + spread * np.random.default_rng([seed, 1]).normal(size=MOST)[:ill]
    scores = np.clip(np.concatenate([sick, healthy]), LOW + 0.1, HIGH - 0.1)
    return scores, np.arange(n) < ill


def count(scores, sick, thresholds):
    """(TP, FP, FN, TN) where scores from a threshold on are called sick; arrays if it is one."""
    found = np.sum(sick) - np.searchsorted(np.sort(scores[sick]), thresholds)
    alarms = np.sum(~sick) - np.searchsorted(np.sort(scores[~sick]), thresholds)
    return found, alarms, np.sum(sick) - found, np.sum(~sick) - alarms


def precision_recall_f1(tp, fp, fn):
    """(precision, recall, F1) of three counts; what is 0 / 0 counts as 0."""
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


@dataclass(frozen=True)
class Called:
    """Everybody's score, a threshold, and what there is to say of those who are called sick.

    now: (precision, recall, F1) at the threshold; curve: the same at THRESHOLDS, shape (241, 3);
    own: by a learner's function.
    """

    scores: np.ndarray
    sick: np.ndarray
    threshold: float
    shape: tuple  # distance and spread of the sick
    now: tuple
    curve: np.ndarray
    own: bool

    @property
    def counts(self):
        """TP, FP, FN, TN, whole numbers."""
        return tuple(int(c) for c in count(self.scores, self.sick, self.threshold))

    @property
    def lines(self):
        """Precision, recall, F1 and accuracy at THRESHOLDS, one a row; precision nan where 0/0."""
        tp, fp, _, tn = count(self.scores, self.sick, THRESHOLDS)
        precision, recall, f1 = self.curve.T
        return np.where(tp + fp > 0, precision, np.nan), recall, f1, (tp + tn) / len(self.sick)

    @property
    def marks(self):
        """The four numbers at the threshold; precision nan where it is 0/0."""
        tp, fp, _, tn = self.counts
        precision, recall, f1 = self.now
        return precision if tp + fp else np.nan, recall, f1, (tp + tn) / len(self.sick)

    @property
    def counts_words(self):
        tp, fp, fn, tn = self.counts
        return (
            f"{len(self.sick)} people, {tp + fn} of them sick. Called sick from a score of "
            f"{self.threshold:.4g} on: <b>TP {tp}, FP {fp}, FN {fn}, TN {tn}</b>."
        )

    @property
    def rates_words(self):
        tp, fp, fn, _ = self.counts
        p = ratio("Precision", "TP/(TP+FP)", tp, fp, self.now[0])
        return f"{p}; {ratio('recall', 'TP/(TP+FN)', tp, fn, self.now[1])}."

    @property
    def summary_words(self):
        """F1 and accuracy, each one number for everything."""
        tp, fp, fn, tn = self.counts
        precision, recall, f1 = self.now
        harmonic = "0/0, counted as"
        if tp:
            product = f"2·{precision:.3g}·{recall:.3g}/({precision:.3g} + {recall:.3g})"
            harmonic = f"2PR/(P+R) = {product} ="
        n = len(self.sick)
        return (
            f"F1 = {harmonic} <b>{f1:.3g}</b>; accuracy = (TP+TN)/all = {tp + tn}/{n} = "
            f"<b>{(tp + tn) / n:.4g}</b> (none called: {(fp + tn) / n:.4g})."
        )

    @property
    def meaning(self):
        tp, fp, fn, tn = self.counts
        if tp + fp == 0:
            return f"<b>Nobody is called sick:</b> of {tp + fn} sick, {fn} are missed."
        if fn + tn == 0:
            return "<b>Everybody is called sick:</b> precision is the share of the sick, no more."
        share = (tp + fn) / len(self.sick)
        if tp / (tp + fp) <= 1.15 * share:
            return (
                f"<b>No use:</b> {tp / (tp + fp):.1%} of those who are called sick are, and "
                f"{share:.1%} of all people."
            )
        if tp + tn <= fp + tn:
            return (
                "By accuracy this is no better than to call everybody healthy, yet it finds "
                f"{tp} of {tp + fn} sick."
            )
        best = self.curve[:, 2].argmax()
        return (
            f"Of 100 who are called sick, about {100 * tp / (tp + fp):.0f} are; of 100 sick, about "
            f"{100 * tp / (tp + fn):.0f} are found. The best F1 here is "
            f"{self.curve[best, 2]:.3g}, at a threshold of {THRESHOLDS[best]:.3g}."
        )


def ratio(name, formula, part, rest, value):
    """A share with its numbers plugged in, honest where it is 0/0."""
    if part + rest == 0:
        return f"{name} = {formula} = 0/0: <b>undefined</b>, counted as {value:.3g}"
    return f"{name} = {formula} = {part}/({part}+{rest}) = <b>{value:.3g}</b>"


def checked(rates):
    """What a learner's function has returned as three floats, or ValueError in one sentence."""
    try:
        three = tuple(float(rate) for rate in rates)
    except (TypeError, ValueError):
        three = ()
    if len(three) != 3 or not all(math.isfinite(rate) for rate in three):
        raise ValueError(
            f"precision_recall_f1 must return three numbers, (precision, recall, F1), got {rates!r}"
        )
    return three
