"""The flame graph in terminal cells: a model without a terminal (graph, rows, search), its colours, and the widget."""
