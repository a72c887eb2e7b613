"""The engines, which a config can exchange: readers, translators, stance judges and executors.

`base` holds the Protocols, `registry` finds an engine by name and checks its options. Heavy libraries are
imported inside engines only, and a model is loaded by `load`, never by the constructor.
"""
