"""Whether a comment withdraws its paper, in many languages."""
