"""What several stages need of languages and their texts."""
