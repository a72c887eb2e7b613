"""Engines that judge the stance of an actor in a passage."""
