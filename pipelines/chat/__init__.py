"""Language models behind an OpenAI-compatible address, as engines ask them."""
