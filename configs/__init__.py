"""Sample configs and articles, which `polystance init` copies."""
