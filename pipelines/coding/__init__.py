"""Coding by people: sheets, agreement, and estimates that their codes correct."""
