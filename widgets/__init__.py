"""Interactive explorers: move a slider and the picture follows your hand."""
