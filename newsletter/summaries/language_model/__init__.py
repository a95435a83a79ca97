"""A language model behind an OpenAI-compatible address: asked, and its replies read."""
