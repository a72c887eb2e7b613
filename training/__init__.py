"""Makes the embedded stance model: text from frames and a grammar, training, export, measurement.

Read in the order `entities` (who), `frames` (what is said), `grammar` (frames written by rule), `surface`
(how news looks), `examples` (what the model is asked), `train`, `export`, `measure`, `bias`.
"""
