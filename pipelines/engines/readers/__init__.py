"""Engines that read articles from files and data sets."""
