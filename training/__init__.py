"""The training of our own stance model: text from frames and a grammar, training, export, measurement.

Read in the order `entities` (names), `frames` (passages with slots), `grammar` (frames written by rule),
`surface` (the look of news), `examples` (questions to the model), `train`, `export`, `measure`, `bias`.
"""
