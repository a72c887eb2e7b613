"""Languages, sentences and names: what several stages need of a text."""
