"""The workshop that makes the demo library: films, sound, posters, texts."""
